//! The adapter of a bank with ten million customers, for loads: whoever has a number of seven digits is one, with a phone
//! of their own. `cargo run --example large_bank -- --dev`; what is measured with it stands in `docs/benchmarks.md`.

use std::process::ExitCode;

use countersign_runtime::{Call, HookError, Hooks, Lookup, NotAPhone, Phone, Sms, User, UserKey};

#[rustfmt::skip]
#[allow(dead_code, reason = "the hooks are others than those of the demo bank")]
#[path = "../src/generated/mod.rs"]
mod generated;

/// All endpoints as they are defined.
struct Adapter;

impl generated::DataAdapter for Adapter {}

struct LargeBank;

impl Hooks for LargeBank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let UserKey::Id(id) = &lookup.key else { return Ok(None) };
        if id.len() != 7 || !id.bytes().all(|digit| digit.is_ascii_digit()) {
            return Ok(None);
        }
        let phone = Phone::read(&format!("+49151{id}1")).ok_or(NotAPhone)?;
        Ok(Some(User { id: id.clone(), phone: Some(phone), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("this bank has no gateway; with --dev, messages go to the outbox".to_owned()))
    }
}

fn main() -> ExitCode {
    generated::serve(Adapter, LargeBank)
}
