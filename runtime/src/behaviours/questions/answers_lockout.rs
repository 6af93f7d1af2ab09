//! Failures in a row of a user's answers, whichever endpoint they are given to: the failure that locks the user says
//! so. Failures are counted for the user whichever issuer a request
//! names, so that naming another one gives no further attempts.

use super::set::Owner;
use crate::behaviours::attempts::lockout::lockout_id;
use crate::behaviours::attempts::reservation::Events;
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};

/// By what users are checked here.
pub(super) const METHOD: &str = "questions";

/// What the audit calls the ends of a check.
pub(super) const EVENTS: Events = Events { failed: AuditEvent::AnswersFailed, blocked: AuditEvent::AnswersBlocked };

/// The id of a user's lockout record.
pub(super) fn answers_lockout_id(core: &Core, owner: &Owner) -> Result<String, Fault> {
    lockout_id(core, None, &owner.user, METHOD)
}

/// An audit entry of a user's answers.
pub(super) fn answers_entry(core: &Core, owner: &Owner, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
    AuditEntry {
        user: Some(owner.user.clone()),
        organization: owner.issuer.clone(),
        method: Some(METHOD.to_owned()),
        ..core.audit().entry(event, outcome)
    }
}

/// Notes that a locked user's answers were not looked at.
pub(super) async fn audit_locked(core: &Core, owner: &Owner, why: &str) -> Result<Fault, Fault> {
    let entry = answers_entry(core, owner, AuditEvent::AnswersBlocked, AuditOutcome::Failure);
    core.audit().record(vec![entry.with_reason(why)]).await?;
    Ok(Fault::new("answers.locked"))
}

/// The fault of answers that are wrong.
pub(super) fn wrong(now_locked: bool) -> Fault {
    Fault::new(if now_locked { "answers.locked" } else { "answers.wrong" })
}
