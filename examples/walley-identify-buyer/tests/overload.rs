//! More look-ups of buyers than a register can answer: what is let in is answered in time, everything else is reported at once to come
//! again, and somebody who asks for little is served beside it. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count; see
//! `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

#[rustfmt::skip]
#[allow(dead_code, reason = "the adapter of these tests has hooks of its own")]
#[path = "../src/generated/mod.rs"]
mod generated;
mod support;

use std::time::Duration;

use countersign_runtime::{Call, HookError, Hooks, Lookup, Sms, User};
use example_test_support::attack::{Overload, overload, request, slots};
use example_test_support::{Server, is_the_adapter};
use serde_json::json;
use support::{CALLERS, SHOP, SHOP_NEXT, SWEDEN};

/// Both endpoints as they are defined.
struct Adapter;

impl generated::DataAdapter for Adapter {}

/// A register that knows nobody, and looks for 20 milliseconds.
struct SlowRegister;

impl Hooks for SlowRegister {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(None)
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }
}

/// The adapter of that register; does nothing unless a test starts it.
#[test]
fn as_the_adapter() {
    if is_the_adapter() {
        std::process::exit(generated::serve_as(Adapter, SlowRegister, ["adapter", "--dev"].map(Into::into)).into());
    }
}

fn identify(token: &str, who: usize) -> Vec<u8> {
    let body = json!({ "Type": "RegistrationNumber", "Value": format!("{}", 100_000 + who) }).to_string();
    request("POST", "/b2b/SE/identify", &format!("Authorization: Bearer {token}\r\n"), &body)
}

#[test]
fn more_look_ups_than_a_register_can_answer() {
    let mut environment = CALLERS.to_vec();
    environment.extend([("SHOP_NEXT_TOKEN", SHOP_NEXT), ("COUNTERSIGN_HOOKS__LOOKUP__SLOTS", slots().1)]);
    let mut server = Server::start_this("as_the_adapter", &environment);
    let of = Overload {
        requests: (0..4000).map(|who| identify(SHOP, who)).collect(),
        modest: (9000..9100).map(|who| identify(SWEDEN, who)).collect(),
        answered: (400, "buyer-not-found"),
        at_once: slots().0,
    };
    let overloaded = overload("look-ups of 20 ms", &mut server, &of);
    println!("{overloaded}");
    overloaded.must_hold();
}
