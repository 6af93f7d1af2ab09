//! What a small bank writes: the two hooks that it must.

use countersign_runtime::{AccountStatus, Call, HookError, Hooks, Lookup, Sms, User, UserKey};

use crate::generated::DataAdapter;

/// All endpoints as they are defined.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// A bank with two customers.
pub struct SmallBank;

/// The hash of `s3cret`.
const S3CRET: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aFgn4lEURwdhu+T39m5LDA$w9937GY4lmyHL5rgc3rSSkEeAZHHRaoGtUYH3CC0PkQ";

/// Id, login name, given name, phone, whether the account is active.
const CUSTOMERS: [(&str, &str, &str, &str, AccountStatus); 2] = [
    ("12345678", "user1234", "John", "+420601234567", AccountStatus::Active),
    ("30000004", "inactive", "Ivan", "+420601000014", AccountStatus::Inactive),
];

impl Hooks for SmallBank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let known = CUSTOMERS.iter().find(|(id, login, ..)| match &lookup.key {
            UserKey::Id(number) => number == id,
            UserKey::Username(name) => name == login,
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => false,
        });
        Ok(known.map(|(id, _, given_name, phone, status)| User {
            id: (*id).to_owned(),
            given_name: Some((*given_name).to_owned()),
            family_name: Some("Doe".to_owned()),
            phone: phone.parse().ok(),
            password_hash: Some(S3CRET.to_owned()),
            status: *status,
            ..User::default()
        }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("the bank has no gateway; with --dev, messages go to the outbox".to_owned()))
    }
}
