//! Certificates: whose one is, and whether the bank accepts one. A bank that says nothing of them accepts none.

use crate::behaviours::operations::kind::hides_unknown_users;
use crate::behaviours::users::find::{Discloses, in_organization, record_lookup, refuse_unsound};
use crate::behaviours::users::name::counted;
use crate::context::Core;
use crate::entities::{AccountStatus, Operation, User};
use crate::fault::{Fault, Key, Outcome};
use crate::hooks::{CertificateCheck, CertificateLookup, CertificateResult};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};

/// A user to find.
#[derive(Debug, Clone, Default)]
pub struct FindCertificateUser {
    /// Their certificate, as PEM.
    pub certificate: Option<String>,
    /// The organization in which to look.
    pub organization: Option<String>,
    /// The operation's name.
    pub operation: Option<String>,
}

/// A certificate to check.
#[derive(Debug, Clone, Default)]
pub struct VerifyCertificate {
    /// As PEM.
    pub certificate: Option<String>,
    /// What was signed with it.
    pub signed_message: Option<String>,
    /// What kind of certificate it is, in the API's words.
    pub instrument: Option<String>,
    /// The method that it is used in, in the API's words.
    pub method: Option<String>,
    /// The user whose it must be.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// Whether the user's account is active, if the caller says so.
    pub account: Option<AccountStatus>,
    /// What it is for.
    pub operation: Operation,
}

/// What the check of a certificate found.
#[derive(Debug)]
pub struct CertificateVerdict {
    /// Passed, failed or skipped.
    pub outcome: Outcome,
    /// The key of the refusal's message.
    pub error_key: Option<Key>,
    /// How many attempts are left, if the bank counts them.
    pub attempts_left: Option<i64>,
    /// The refusal, for those who turn it into an error.
    pub refusal: Option<Fault>,
}

/// [`Core::find_certificate_user`].
pub(in crate::behaviours) async fn find_certificate_user(
    core: &Core,
    input: FindCertificateUser,
) -> Result<User, Fault> {
    certificate_user(core, input, Discloses::Always).await?.ok_or_else(|| Fault::new("user.unknown"))
}

/// [`Core::find_certificate_user_if_known`].
pub(in crate::behaviours) async fn find_certificate_user_if_known(
    core: &Core,
    input: FindCertificateUser,
) -> Result<Option<User>, Fault> {
    let silent = hides_unknown_users(core, input.operation.as_deref());
    match certificate_user(core, input, if silent { Discloses::Nothing } else { Discloses::Always }).await? {
        None if !silent => Err(Fault::new("user.unknown")),
        found => Ok(found),
    }
}

async fn certificate_user(
    core: &Core,
    input: FindCertificateUser,
    discloses: Discloses,
) -> Result<Option<User>, Fault> {
    let organization = input.organization.filter(|id| !id.is_empty());
    let lookup = CertificateLookup {
        certificate: input.certificate.unwrap_or_default(),
        organization: organization.clone(),
        operation: input.operation.clone(),
    };
    let found = core
        .hooks()
        .call("certificate_user", |hooks, call| async move { hooks.certificate_user(&call, &lookup).await })
        .await?;
    if let Some(user) = &found {
        refuse_unsound(user, "certificate_user")?;
    }
    let outcome = if found.is_some() { AuditOutcome::Success } else { AuditOutcome::Failure };
    let entry = AuditEntry {
        user: found.as_ref().map(|user| user.id.clone()),
        organization: found.as_ref().and_then(|user| user.organization.clone().or(organization.clone())),
        operation_name: input.operation,
        method: Some("certificate".to_owned()),
        ..core.audit().entry(AuditEvent::UserLookup, outcome)
    };
    let entry = if found.is_some() { entry } else { entry.with_reason("user.unknown") };
    record_lookup(core, entry, discloses, found.is_none()).await?;
    Ok(found.map(|user| in_organization(user, organization)))
}

/// [`Core::verify_certificate`].
pub(in crate::behaviours) async fn verify_certificate(
    core: &Core,
    input: VerifyCertificate,
) -> Result<CertificateVerdict, Fault> {
    let entry = AuditEntry {
        user: input.user.as_deref().filter(|user| !user.is_empty()).map(counted),
        organization: input.organization.clone(),
        operation_id: input.operation.id.clone(),
        operation_name: input.operation.name.clone(),
        method: Some("certificate".to_owned()),
        ..core.audit().entry(AuditEvent::CertificateFailed, AuditOutcome::Failure)
    };
    if input.account == Some(AccountStatus::Inactive) {
        core.audit().record(vec![entry.with_reason("certificate.skipped")]).await?;
        return Ok(refuse_certificate(core, "certificate.skipped", Outcome::Skipped, None));
    }
    match ask_bank_of_certificate(core, input).await {
        Ok(CertificateResult::Right) => {
            let (event, outcome) = (AuditEvent::CertificateVerified, AuditOutcome::Success);
            core.audit().record(vec![AuditEntry { event, outcome, ..entry }]).await?;
            let outcome = Outcome::Passed;
            Ok(CertificateVerdict { outcome, error_key: None, attempts_left: None, refusal: None })
        }
        Ok(CertificateResult::Wrong { attempts_left }) => {
            core.audit().record(vec![entry.with_reason("certificate.wrong")]).await?;
            Ok(refuse_certificate(core, "certificate.wrong", Outcome::Failed, attempts_left))
        }
        Err(fault) => {
            core.audit().record(vec![entry.with_reason(fault.name)]).await?;
            Err(fault)
        }
    }
}

/// Without a certificate there is nothing to ask.
async fn ask_bank_of_certificate(core: &Core, input: VerifyCertificate) -> Result<CertificateResult, Fault> {
    let wrong = CertificateResult::Wrong { attempts_left: None };
    let Some(certificate) = input.certificate.filter(|pem| !pem.is_empty()) else { return Ok(wrong) };
    let check = CertificateCheck {
        certificate,
        signed_message: input.signed_message,
        instrument: input.instrument,
        method: input.method,
        user: input.user,
        organization: input.organization,
        operation: input.operation,
    };
    core.hooks()
        .call("verify_certificate", |hooks, call| async move { hooks.verify_certificate(&call, &check).await })
        .await
}

fn refuse_certificate(
    core: &Core,
    fault: &'static str,
    outcome: Outcome,
    attempts_left: Option<i64>,
) -> CertificateVerdict {
    CertificateVerdict { outcome, error_key: core.key_of(fault), attempts_left, refusal: Some(Fault::new(fault)) }
}
