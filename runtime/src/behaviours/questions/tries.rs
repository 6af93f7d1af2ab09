//! Failures in a row of a user's answers, whichever endpoint they are given to: the failure that locks the user says
//! so. Failures are counted for the user whichever issuer a request
//! names, so that naming another one gives no further tries.

use super::set::Owner;
use crate::behaviours::tried::Events;
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, AuditRecord};

/// By what users are checked here.
pub(super) const METHOD: &str = "questions";

/// What the audit calls the ends of a check.
pub(super) const EVENTS: Events = Events { failed: AuditEvent::AnswersFailed, blocked: AuditEvent::AnswersBlocked };

impl Core {
    /// The id of a user's row of failures.
    pub(super) fn answers_row(&self, owner: &Owner) -> Result<String, Fault> {
        self.failures_id(None, &owner.user, METHOD)
    }

    /// An audit record of a user's answers.
    pub(super) fn told_of_answers(&self, owner: &Owner, event: AuditEvent, outcome: AuditOutcome) -> AuditRecord {
        AuditRecord {
            user: Some(owner.user.clone()),
            organization: owner.issuer.clone(),
            method: Some(METHOD.to_owned()),
            ..self.event(event, outcome)
        }
    }

    /// Notes that a locked user's answers were not looked at.
    pub(super) async fn note_locked(&self, owner: &Owner, why: &str) -> Result<Fault, Fault> {
        let told = self.told_of_answers(owner, AuditEvent::AnswersBlocked, AuditOutcome::Failure);
        self.note(vec![told.because(why)]).await?;
        Ok(Fault::new("answers.locked"))
    }
}

/// The fault of answers that are wrong.
pub(super) fn wrong(now_locked: bool) -> Fault {
    Fault::new(if now_locked { "answers.locked" } else { "answers.wrong" })
}
