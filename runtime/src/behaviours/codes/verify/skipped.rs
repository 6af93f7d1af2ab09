//! Checks that are skipped, since the caller says that the user's account is not active: nothing is compared, no attempt is
//! counted, and the answer is neither passed nor failed.

use super::otp::verify_otp;
use super::refusal::refuse_otp;
use super::with_password::verify_otp_and_password;
use crate::behaviours::codes::binding::Facts;
use crate::behaviours::codes::inputs::{CredentialsVerdict, OneTimeCode, VerifiedOtp, VerifyOtp};
use crate::behaviours::users::name::counted;
use crate::behaviours::users::password::VerifyPassword;
use crate::context::Core;
use crate::entities::AccountStatus;
use crate::fault::{Fault, Outcome, Verdict};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};

/// The longest id that is recorded in the audit log.
const LONGEST_ID: usize = 256;

/// What the caller's own books say of the user.
#[derive(Debug, Clone, Default)]
pub struct CallersAccount {
    /// Whether the account is active; where that is not said, it is not.
    pub status: Option<AccountStatus>,
    /// The user; without one there is no account.
    pub user: Option<String>,
}

impl CallersAccount {
    fn is_active(&self) -> bool {
        self.status == Some(AccountStatus::Active) && self.user.as_ref().is_some_and(|user| !user.is_empty())
    }
}

/// [`Core::verify_otp_if_active`].
pub(in crate::behaviours) async fn verify_otp_if_active<C: OneTimeCode>(
    core: &Core,
    otp: VerifyOtp<C>,
    account: CallersAccount,
) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
    if account.is_active() {
        return verify_otp(core, otp).await;
    }
    audit_skipped(core, &otp).await?;
    Ok(Verdict { outcome: Outcome::Skipped, ..refuse_otp(core, Fault::new("otp.skipped")) })
}

/// [`Core::verify_otp_and_password_if_active`].
pub(in crate::behaviours) async fn verify_otp_and_password_if_active<C: OneTimeCode>(
    core: &Core,
    otp: VerifyOtp<C>,
    password: VerifyPassword,
    account: CallersAccount,
) -> Result<CredentialsVerdict, Fault> {
    if account.is_active() {
        return verify_otp_and_password(core, otp, password).await;
    }
    audit_skipped(core, &otp).await?;
    Ok(CredentialsVerdict {
        otp: Outcome::Skipped,
        password: Outcome::Skipped,
        error_key: core.key_of("otp.skipped"),
        attempts_left: None,
        user: None,
        refusal: Some(Fault::new("otp.skipped")),
    })
}

async fn audit_skipped<C: OneTimeCode>(core: &Core, otp: &VerifyOtp<C>) -> Result<(), Fault> {
    let facts = Facts::of(&otp.code);
    let fact = |meaning: &str| facts.get(meaning).map(str::to_owned);
    let entry = AuditEntry {
        user: otp.user.as_deref().filter(|user| !user.is_empty()).map(counted),
        organization: fact("organization.id"),
        operation_id: fact("operation.id"),
        operation_name: fact("operation.name"),
        method: Some(C::KIND.name.to_owned()),
        challenge: otp.id.clone().filter(|id| id.len() <= LONGEST_ID),
        ..core.audit().entry(AuditEvent::OtpFailed, AuditOutcome::Failure)
    };
    core.audit().record(vec![entry.with_reason("otp.skipped")]).await
}
