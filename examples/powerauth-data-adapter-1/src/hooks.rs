//! What a bank writes: two hooks that it must, and those that it may. What this generation of the API asks beside
//! codes and passwords stands in `methods.rs`.

use countersign_runtime::{
    BankAccount, Call, CertificateCheck, CertificateLookup, CertificateResult, HookError, Hooks, Lookup,
    MappedOperation, MethodAsked, MethodReply, OperationMapping, Risk, RiskStep, SavedConsent, Sms, User, UserKey,
};

use crate::directory::{self, CoreSystem, Customer};
use crate::generated::DataAdapter;
use crate::methods;

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
        ask_core_system(customer).await
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

    /// Optional: without it no method works with certificates.
    async fn init_method(&self, _call: &Call, asked: &MethodAsked) -> Result<MethodReply, HookError> {
        Ok(methods::needs_of(asked))
    }

    /// Optional: without it a certificate is nobody's.
    async fn certificate_user(&self, _call: &Call, lookup: &CertificateLookup) -> Result<Option<User>, HookError> {
        ask_core_system(methods::owner_of(&lookup.certificate).and_then(directory::customer_by_number)).await
    }

    /// Optional: without it no certificate is accepted.
    async fn verify_certificate(&self, _call: &Call, check: &CertificateCheck) -> Result<CertificateResult, HookError> {
        Ok(methods::check(check))
    }

    /// Optional: without it every operation is shown as it is.
    async fn map_operation(
        &self,
        _call: &Call,
        asked: &OperationMapping,
    ) -> Result<Option<MappedOperation>, HookError> {
        Ok(methods::mapped(asked))
    }

    /// Optional: without it every step needs what it always needs.
    async fn assess_risk(&self, _call: &Call, step: &RiskStep) -> Result<Risk, HookError> {
        Ok(methods::risk_of(step))
    }
}

/// A customer as the adapter wants to know them. Some of them show what happens when a core system misbehaves.
async fn ask_core_system(customer: Option<&Customer>) -> Result<Option<User>, HookError> {
    let Some(customer) = customer else { return Ok(None) };
    match customer.core_system {
        CoreSystem::Answers => {}
        CoreSystem::Fails => return Err(HookError::Broken("the core system is down".to_owned())),
        CoreSystem::Hangs => std::future::pending().await,
        #[expect(clippy::panic, reason = "to show that the adapter outlives it")]
        CoreSystem::Panics => panic!("the core system's client broke"),
    }
    Ok(Some(User {
        id: customer.number.to_owned(),
        username: Some(customer.login.to_owned()),
        given_name: Some(customer.given_name.to_owned()),
        family_name: Some(customer.family_name.to_owned()),
        phone: Some(customer.phone.parse()?),
        password_hash: Some(customer.password_hash.to_owned()),
        locked: customer.locked,
        status: customer.status,
        ..User::default()
    }))
}
