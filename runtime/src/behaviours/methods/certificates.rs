//! Certificates: whose one is, and whether the bank accepts one. A bank that says nothing of them accepts none.

use crate::behaviours::users::{Tells, counted, in_organization};
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

impl CertificateVerdict {
    /// Turns one of these refusals into the fault that it stands for, and leaves others as they are.
    ///
    /// # Errors
    /// The refusal, if it is among them.
    pub fn apart(mut self, faults: &[&str]) -> Result<Self, Fault> {
        Fault::apart(&mut self.refusal, faults).map(|()| self)
    }

    /// Turns a refusal into the fault that it stands for.
    ///
    /// # Errors
    /// The refusal, if the check did not pass.
    pub fn passed(self) -> Result<(), Fault> {
        self.refusal.map_or(Ok(()), Err)
    }
}

impl Core {
    /// Finds the user of a certificate.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_certificate_user(&self, input: FindCertificateUser) -> Result<User, Fault> {
        self.certificate_user(input, Tells::Always).await?.ok_or_else(|| Fault::new("user.unknown"))
    }

    /// As [`Core::find_certificate_user`]; nobody is an answer where the operation hides unknown users.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_certificate_user_if_known(&self, input: FindCertificateUser) -> Result<Option<User>, Fault> {
        let silent = self.hides_unknown_users(input.operation.as_deref());
        match self.certificate_user(input, if silent { Tells::Nothing } else { Tells::Always }).await? {
            None if !silent => Err(Fault::new("user.unknown")),
            found => Ok(found),
        }
    }

    async fn certificate_user(&self, input: FindCertificateUser, tells: Tells) -> Result<Option<User>, Fault> {
        let organization = input.organization.filter(|id| !id.is_empty());
        let lookup = CertificateLookup {
            certificate: input.certificate.unwrap_or_default(),
            organization: organization.clone(),
            operation: input.operation.clone(),
        };
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let found = self
            .shared
            .guard
            .own("certificate_user", async move { hooks.certificate_user(&call, &lookup).await })
            .await?;
        if let Some(user) = &found {
            crate::behaviours::users::refuse_unsound(user, "certificate_user")?;
        }
        let outcome = if found.is_some() { AuditOutcome::Success } else { AuditOutcome::Failure };
        let entry = AuditEntry {
            user: found.as_ref().map(|user| user.id.clone()),
            organization: found.as_ref().and_then(|user| user.organization.clone().or(organization.clone())),
            operation_name: input.operation,
            method: Some("certificate".to_owned()),
            ..self.event(AuditEvent::UserLookup, outcome)
        };
        let entry = if found.is_some() { entry } else { entry.with_reason("user.unknown") };
        self.record_lookup(entry, tells, found.is_none()).await?;
        Ok(found.map(|user| in_organization(user, organization)))
    }

    /// Asks the bank whether it accepts a certificate. For an account that is not active it is not asked.
    ///
    /// # Errors
    /// Those of the hook, `store.unavailable`. A certificate that is not accepted is in the verdict.
    pub async fn verify_certificate(&self, input: VerifyCertificate) -> Result<CertificateVerdict, Fault> {
        let entry = AuditEntry {
            user: input.user.as_deref().filter(|user| !user.is_empty()).map(counted),
            organization: input.organization.clone(),
            operation_id: input.operation.id.clone(),
            operation_name: input.operation.name.clone(),
            method: Some("certificate".to_owned()),
            ..self.event(AuditEvent::CertificateFailed, AuditOutcome::Failure)
        };
        if input.account == Some(AccountStatus::Inactive) {
            self.record(vec![entry.with_reason("certificate.skipped")]).await?;
            return Ok(self.refuse_certificate("certificate.skipped", Outcome::Skipped, None));
        }
        match self.ask_of_certificate(input).await {
            Ok(CertificateResult::Right) => {
                let (event, outcome) = (AuditEvent::CertificateVerified, AuditOutcome::Success);
                self.record(vec![AuditEntry { event, outcome, ..entry }]).await?;
                let outcome = Outcome::Passed;
                Ok(CertificateVerdict { outcome, error_key: None, attempts_left: None, refusal: None })
            }
            Ok(CertificateResult::Wrong { attempts_left }) => {
                self.record(vec![entry.with_reason("certificate.wrong")]).await?;
                Ok(self.refuse_certificate("certificate.wrong", Outcome::Failed, attempts_left))
            }
            Err(fault) => {
                self.record(vec![entry.with_reason(fault.name)]).await?;
                Err(fault)
            }
        }
    }

    /// Without a certificate there is nothing to ask.
    async fn ask_of_certificate(&self, input: VerifyCertificate) -> Result<CertificateResult, Fault> {
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
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        self.shared.guard.own("verify_certificate", async move { hooks.verify_certificate(&call, &check).await }).await
    }

    fn refuse_certificate(
        &self,
        fault: &'static str,
        outcome: Outcome,
        attempts_left: Option<i64>,
    ) -> CertificateVerdict {
        CertificateVerdict { outcome, error_key: self.key_of(fault), attempts_left, refusal: Some(Fault::new(fault)) }
    }
}
