//! Settling an attempt of a code: what it is answered, and what becomes of the code, of its user's lockout and of the audit
//! log, in one batch that holds only if nobody was faster.

use std::borrow::Cow;

use super::claimed::unknown_code_entry;
use super::code_attempt::{CodeAttempt, Finding, IfRight, missing};
use crate::adapter::OtpKind;
use crate::behaviours::attempts::lockout::{AttemptOutcome, too_late};
use crate::behaviours::attempts::reservation::{Settlement, settle_with};
use crate::behaviours::codes::record::{CodeRecord, State, code_entry, code_key, parse};
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Condition, Millis};

/// Stores how an attempt ended. Gives the refusal, or nothing if the code was right and, where asked, is now spent.
pub(super) async fn settle_attempt(
    core: &Core,
    reserved: &CodeAttempt,
    finding: Finding,
    right: IfRight,
    kind: &OtpKind,
) -> Result<Option<Fault>, Fault> {
    settle_with(core, &reserved.reservation, AuditEvent::OtpBlocked, |attempt| {
        Box::pin(async move {
            let (record, version, now) = match attempt.assumed_at {
                Some(now) => (Cow::Borrowed(&reserved.record), reserved.reservation.version(), now),
                None => read_again(core, reserved).await?,
            };
            let ended = match attempt.in_time {
                _ if reserved.unknown.is_some() => AttemptEnd::unknown(),
                true => AttemptEnd::of(finding, right, &record, reserved, now).last(kind),
                false => AttemptEnd::too_late(finding),
            };
            let entry = settled_entry(core, reserved, &ended);
            let batch = settled_batch(core, reserved, &record, version, ended.state)?;
            Ok(Settlement { entry, outcome: ended.outcome, batch, answer: ended.refusal })
        })
    })
    .await
}

/// The code as it is now, its version, and the store's time.
async fn read_again<'a>(core: &Core, reserved: &CodeAttempt) -> Result<(Cow<'a, CodeRecord>, u64, Millis), Fault> {
    let read = core.store().read(&code_key(&reserved.id)).await?;
    let stored = read.record.ok_or_else(|| Fault::new("store.unavailable").with_detail("a code vanished"))?;
    Ok((Cow::Owned(parse(&stored)?), stored.version, read.now))
}

/// What becomes of the code, if anything does.
fn settled_batch(
    core: &Core,
    reserved: &CodeAttempt,
    record: &CodeRecord,
    version: u64,
    state: Option<State>,
) -> Result<Batch, Fault> {
    let batch = core.store().batch();
    let Some(state) = state else { return Ok(batch) };
    let (key, retained_until) = (code_key(&reserved.id), record.retained_until());
    let changed = CodeRecord { state, ..record.clone() }.written()?;
    Ok(batch.only_if(Condition::Version(key.clone(), version)).put(key, changed, retained_until))
}

fn settled_entry(core: &Core, reserved: &CodeAttempt, ended: &AttemptEnd) -> AuditEntry {
    let outcome = if ended.refusal.is_none() { AuditOutcome::Success } else { AuditOutcome::Failure };
    let entry = match &reserved.unknown {
        Some((id, claimed)) => unknown_code_entry(core, id, &reserved.record.kind, claimed.clone(), ended.event),
        None => code_entry(core, &reserved.id, &reserved.record, ended.event, outcome),
    };
    AuditEntry { reason: ended.refusal.as_ref().map(|fault| fault.name.to_owned()), ..entry }
}

/// How an attempt ended.
struct AttemptEnd {
    refusal: Option<Fault>,
    event: AuditEvent,
    /// For the user's lockout record.
    outcome: AttemptOutcome,
    /// What becomes of the code, if anything.
    state: Option<State>,
}

impl AttemptEnd {
    fn of(finding: Finding, right: IfRight, record: &CodeRecord, reserved: &CodeAttempt, now: Millis) -> AttemptEnd {
        let left = Some(i64::from(reserved.record.max_attempts.saturating_sub(reserved.record.attempts)));
        let attempts = i64::from(reserved.record.attempts);
        let failed = |fault, left, event, outcome| AttemptEnd {
            refusal: Some(Fault::new(fault).with_attempts_left(left).after_attempts(attempts)),
            event,
            outcome,
            state: None,
        };
        match finding {
            Finding::Right if right == IfRight::Leave => {
                failed("credentials.wrong", None, AuditEvent::OtpFailed, AttemptOutcome::Neither)
            }
            Finding::Right => match lost(record, now) {
                Some((fault, event)) => failed(fault, None, event, AttemptOutcome::Neither),
                None => AttemptEnd {
                    refusal: None,
                    event: AuditEvent::OtpVerified,
                    outcome: AttemptOutcome::Success,
                    state: Some(State::Used),
                },
            },
            Finding::Missing => AttemptEnd {
                refusal: Some(missing().with_attempts_left(left).after_attempts(attempts)),
                ..failed("otp.missing", left, AuditEvent::OtpFailed, AttemptOutcome::Neither)
            },
            Finding::Wrong => failed("otp.wrong", left, AuditEvent::OtpFailed, AttemptOutcome::Failure),
            Finding::Other => failed("otp.mismatch", left, AuditEvent::OtpBindingMismatch, AttemptOutcome::Failure),
            Finding::Changed => AttemptEnd {
                state: matches!(record.state, State::Open | State::Waived).then_some(State::Void),
                ..failed("otp.mismatch", Some(0), AuditEvent::OtpBindingMismatch, AttemptOutcome::Failure)
            },
        }
    }

    /// There is no such code.
    fn unknown() -> AttemptEnd {
        let refusal = Some(Fault::new("otp.unknown"));
        AttemptEnd { refusal, event: AuditEvent::OtpUnknown, outcome: AttemptOutcome::Nobody, state: None }
    }

    /// It took so long that it counted as cut off: it is a failure if it found one, and no success whatever it found.
    fn too_late(finding: Finding) -> AttemptEnd {
        let outcome = if finding == Finding::Right { AttemptOutcome::Neither } else { AttemptOutcome::Failure };
        AttemptEnd { refusal: Some(too_late()), event: AuditEvent::OtpFailed, outcome, state: None }
    }

    /// The last wrong attempt of a code whose id outlives it says that it was the last.
    fn last(mut self, kind: &OtpKind) -> AttemptEnd {
        let is_wrong = |fault: &Fault| matches!(fault.name, "otp.wrong" | "otp.mismatch");
        let refusal = self.refusal.as_mut().filter(|fault| is_wrong(fault) && fault.carried().attempts_left == Some(0));
        if let (Some(refusal), true) = (refusal, kind.outlives_its_code()) {
            refusal.name = "otp.exhausted";
        }
        self
    }
}

/// Why a code can no longer be spent, although it was right.
fn lost(record: &CodeRecord, now: Millis) -> Option<(&'static str, AuditEvent)> {
    match record.state {
        State::Used | State::Waiting => Some(("otp.used", AuditEvent::OtpReplayed)),
        State::Void => Some(("otp.exhausted", AuditEvent::OtpBlocked)),
        State::Superseded | State::Cancelled => Some(("otp.expired", AuditEvent::OtpExpired)),
        State::Open if now > record.expires => Some(("otp.expired", AuditEvent::OtpExpired)),
        State::New | State::Open | State::Waived => None,
    }
}
