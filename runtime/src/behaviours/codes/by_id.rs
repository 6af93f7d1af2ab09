//! What can be asked of a code beside checking it: how far it has come (`show_otp`), and that it be good no longer
//! (`cancel_otp`). Neither is an attempt, and neither shows the code.

use super::find::{FoundCode, code_of_request};
use super::inputs::OneTimeCode;
use super::record::{OtpStatus, State, code_entry, code_key};
use super::sealed::kept_values;
use crate::behaviours::retry::Retry;
use crate::behaviours::state::time;
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, Committed, Condition};
use crate::values::Time;

/// A code that is asked for, by its id or by what its kind is found by.
#[derive(Debug, Default)]
pub struct AskOtp<C> {
    /// Its id.
    pub id: Option<String>,
    /// The user, if the request names one.
    pub user: Option<String>,
    /// What it is for, as this request has it.
    pub code: C,
}

/// A code as it stands.
#[derive(Debug)]
pub struct ShownOtp<C> {
    /// Its id.
    pub id: String,
    /// How far it has come.
    pub status: OtpStatus,
    /// When it was made.
    pub made: Time,
    /// Until when it is good.
    pub expires: Time,
    /// How often it was tried.
    pub attempts: i64,
    /// How many attempts are left.
    pub attempts_left: i64,
    /// The user that it was made for.
    pub user: Option<String>,
    /// What it was made for.
    pub code: C,
}

/// [`Core::show_otp`].
pub(in crate::behaviours) async fn show_otp<C: OneTimeCode>(
    core: &Core,
    input: AskOtp<C>,
) -> Result<ShownOtp<C>, Fault> {
    let found = code_of_request(core, input.id.as_deref(), input.user.as_deref(), &input.code).await?;
    Ok(shown_otp(core, input, found))
}

/// [`Core::cancel_otp`].
pub(in crate::behaviours) async fn cancel_otp<C: OneTimeCode>(
    core: &Core,
    input: AskOtp<C>,
) -> Result<ShownOtp<C>, Fault> {
    let mut retry = Retry::default();
    loop {
        let mut found = code_of_request(core, input.id.as_deref(), input.user.as_deref(), &input.code).await?;
        match found.record.status(found.now) {
            OtpStatus::New | OtpStatus::Open => {}
            OtpStatus::Passed => return Err(Fault::new("otp.used")),
            OtpStatus::Spent => return Err(Fault::new("otp.exhausted")),
            OtpStatus::Expired => return Err(Fault::new("otp.expired")),
            OtpStatus::Cancelled => return Ok(shown_otp(core, input, found)),
        }
        found.record.state = State::Cancelled;
        let (key, entry) = (
            code_key(&found.id),
            code_entry(core, &found.id, &found.record, AuditEvent::OtpCancelled, AuditOutcome::Success),
        );
        let batch = core
            .store()
            .batch()
            .only_if(Condition::Version(key.clone(), found.stored.version))
            .put(key, found.record.written()?, found.record.retained_until())
            .audit(entry);
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(shown_otp(core, input, found)),
            other => retry.after(other).await?,
        }
    }
}

fn shown_otp<C: OneTimeCode>(core: &Core, input: AskOtp<C>, found: FoundCode) -> ShownOtp<C> {
    let FoundCode { id, record, now, .. } = found;
    let mut code = input.code;
    code.restore(&kept_values(core, &id, &record));
    ShownOtp {
        status: record.status(now),
        made: time(record.made),
        expires: time(record.expires),
        attempts: record.attempts.into(),
        attempts_left: record.max_attempts.saturating_sub(record.attempts).into(),
        id: input.id.unwrap_or(id),
        user: record.user,
        code,
    }
}
