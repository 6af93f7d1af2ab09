//! Public APIs, each a definition of the language and the hooks of a demo bank. `tests/` calls them over HTTP.

use countersign_runtime::{Call, HookError, Hooks, Lookup, Phone, Sms, User, UserKey};

#[rustfmt::skip]
#[path = "berlin-group-sca/src/generated/mod.rs"]
pub mod berlin_group_sca;
#[rustfmt::skip]
#[path = "okta-telephony-hook/src/generated/mod.rs"]
pub mod okta_telephony_hook;
#[rustfmt::skip]
#[path = "twilio-verify/src/generated/mod.rs"]
pub mod twilio_verify;

/// All endpoints as they are defined.
pub struct Adapter;

impl berlin_group_sca::DataAdapter for Adapter {}
impl okta_telephony_hook::DataAdapter for Adapter {}
impl twilio_verify::DataAdapter for Adapter {}

/// A bank that knows one user.
pub struct Bank;

/// Their id.
pub const USER: &str = "PSU-1234";

/// Their phone.
pub const PHONE: &str = "+4915112345678";

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let is_known = matches!(&lookup.key, UserKey::Id(id) if id == USER);
        Ok(is_known.then(|| User { id: USER.to_owned(), phone: Phone::read(PHONE), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("with --dev, messages go to the outbox".to_owned()))
    }
}
