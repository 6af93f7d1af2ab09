//! What Acme Bank writes: the two hooks that it must, and the one that its own definition adds.

use countersign_runtime::{Call, HookError, Hooks, Lookup, Phone, Sms, Time, User, UserKey};

use crate::generated::{BlockCard, BlockCardFault, BlockCardGives, DataAdapter, OwnHooks};

/// All endpoints as they are defined.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// A bank with one customer, at one branch, with one card.
pub struct AcmeBank;

/// The hash of `s3cret`.
const S3CRET: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aFgn4lEURwdhu+T39m5LDA$w9937GY4lmyHL5rgc3rSSkEeAZHHRaoGtUYH3CC0PkQ";

impl Hooks for AcmeBank {
    async fn lookup_user(&self, call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let known = match &lookup.key {
            UserKey::Id(number) => number == "12345678",
            // Names are given by branches.
            UserKey::Username(login) => login == "user1234" && call.fact("user.branch") == Some("0800"),
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => false,
        };
        Ok(known.then_some(User {
            id: "12345678".to_owned(),
            given_name: Some("John".to_owned()),
            family_name: Some("Doe".to_owned()),
            phone: Phone::read("+420 601 234 567"),
            password_hash: Some(S3CRET.to_owned()),
            ..User::default()
        }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("Acme Bank has no gateway; with --dev, messages go to the outbox".to_owned()))
    }
}

impl OwnHooks for AcmeBank {
    async fn block_card(&self, _call: &Call, input: &BlockCard) -> Result<BlockCardGives, BlockCardFault> {
        if input.user_id != "12345678" || input.card_number != "5500000000000004" {
            return Err(BlockCardFault::CardUnknown);
        }
        Ok(BlockCardGives { card_blocked: Time::now() })
    }
}
