//! What a bank with one customer writes: the two hooks that it must.

use countersign_runtime::{Call, HookError, Hooks, Lookup, Sms, User, UserKey};

use crate::generated::DataAdapter;

/// All endpoints as they are defined.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// A bank with one customer.
pub struct SmallBank;

/// The hash of `s3cret`.
const S3CRET: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aFgn4lEURwdhu+T39m5LDA$w9937GY4lmyHL5rgc3rSSkEeAZHHRaoGtUYH3CC0PkQ";

impl Hooks for SmallBank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let known = match &lookup.key {
            UserKey::Id(number) => number == "12345678",
            UserKey::Username(login) => login == "user1234",
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => false,
        };
        Ok(known.then_some(User {
            id: "12345678".to_owned(),
            given_name: Some("John".to_owned()),
            family_name: Some("Doe".to_owned()),
            phone: "+420601234567".parse().ok(),
            password_hash: Some(S3CRET.to_owned()),
            ..User::default()
        }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("the bank has no gateway; with --dev, messages go to the outbox".to_owned()))
    }
}
