//! What a bank writes: two hooks that it must, two that it may, and nothing for the fourteen endpoints.

use std::time::Duration;

use countersign_runtime::{
    BankAccount, Call, HookError, Hooks, Lookup, NotAPhone, Phone, SavedConsent, Sms, User, UserKey,
};

use crate::directory::{self, CoreSystem, Customer};
use crate::generated::DataAdapter;

/// All endpoints as they are defined. To answer one differently, write its method here.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// A bank whose core system is a list.
pub struct DemoBank;

impl Hooks for DemoBank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let customer = match &lookup.key {
            UserKey::Id(number) => directory::customer_by_number(number),
            UserKey::Username(login) => directory::customer_by_login(login),
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => None,
        };
        match customer {
            Some(customer) => ask_core_system(customer).await.map(Some),
            None => Ok(None),
        }
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("the demo bank has no gateway; with --dev, messages go to the outbox".to_owned()))
    }

    /// Optional: without it no form is decorated.
    async fn bank_accounts(&self, call: &Call, user_id: &str) -> Result<Vec<BankAccount>, HookError> {
        let mut accounts = directory::accounts(user_id)?;
        for account in accounts.iter_mut().filter(|account| account.currency != "CZK") {
            account.unusable_reason = Some(call.text("operationReview.balanceTooLow"));
        }
        Ok(accounts)
    }

    /// Optional: without it the adapter's own record is all.
    async fn save_consent(&self, _call: &Call, consent: &SavedConsent) -> Result<bool, HookError> {
        let customer = consent.user.as_deref().and_then(directory::customer_by_number);
        Ok(customer.is_none_or(|customer| customer.consents_can_be_saved))
    }
}

/// A customer as the adapter wants to know them. Some of them show what happens when a core system misbehaves.
async fn ask_core_system(customer: &Customer) -> Result<User, HookError> {
    match customer.core_system {
        CoreSystem::Answers => {}
        // A client that blocks its thread: no deadline ends it, and the thread is lost until it answers.
        CoreSystem::Blocks => std::thread::sleep(Duration::from_secs(60)),
        CoreSystem::Fails => return Err(HookError::Broken("the core system is down".to_owned())),
        CoreSystem::Hangs => std::future::pending().await,
        #[expect(clippy::panic, reason = "to show that the adapter outlives it")]
        CoreSystem::Panics => panic!("the core system's client broke"),
    }
    Ok(User {
        id: customer.number.to_owned(),
        username: Some(customer.login.to_owned()),
        given_name: Some(customer.given_name.to_owned()),
        family_name: Some(customer.family_name.to_owned()),
        phone: Some(Phone::read(customer.phone).ok_or(NotAPhone)?),
        password_hash: Some(customer.password_hash.to_owned()),
        locked: customer.locked,
        ..User::default()
    })
}
