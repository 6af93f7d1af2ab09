//! Failures in a row of a user's answers, whichever endpoint they are given to. A try is reserved before anything is
//! compared, and the failure that locks the user says so. Failures are counted for the user whichever issuer a request
//! names, so that naming another one gives no further tries.

use super::set::Owner;
use crate::behaviours::failures::{Ticket, TryEnd, shared_id, too_late};
use crate::behaviours::state::{MOST_ROUNDS, always_late, step_aside, unexpected};
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Batch, Committed};

/// By what users are checked here.
pub(super) const METHOD: &str = "questions";

impl Core {
    /// The id of a user's row of failures.
    pub(super) fn answers_row(&self, owner: &Owner) -> Result<String, Fault> {
        self.failures_id(None, &owner.user, METHOD)
    }

    /// Reserves a try; none if the user is locked.
    pub(super) async fn begin_answers(&self, owner: &Owner) -> Result<Option<Ticket>, Fault> {
        let mut row = self.answers_row(owner)?;
        for round in 0..MOST_ROUNDS {
            let Some(failures) = self.failures_if_open(&row).await? else { return Ok(None) };
            let (batch, ticket) = failures.begin(Batch::at(self.clock_millis()));
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(Some(ticket)),
                Committed::Conflict(_) => step_aside(round).await,
                Committed::Full(full) => row = shared_id(full)?,
                over @ Committed::Over(_) => return Err(unexpected(&over)),
            }
        }
        Err(always_late())
    }

    /// Stores how a try ended. Tells whether the user is locked from now on.
    pub(super) async fn end_answers(&self, ticket: &Ticket, end: TryEnd, told: AuditRecord) -> Result<bool, Fault> {
        for round in 0..MOST_ROUNDS {
            let failures = self.failures(ticket.id()).await?;
            let in_time = failures.awaits(ticket);
            let (told, end) = if in_time { (told.clone(), end) } else { self.late(told.clone(), end) };
            let batch = Batch::at(self.clock_millis());
            let (mut batch, aftermath) = failures.end(ticket, end, &self.shared.options.limits, batch);
            batch.audit = aftermath.told(&told, AuditEvent::AnswersBlocked);
            batch.audit.insert(0, told);
            match self.commit(batch).await? {
                Committed::Applied(_) if !in_time => return Err(too_late()),
                Committed::Applied(_) => return Ok(aftermath.is_blocked()),
                Committed::Conflict(_) => step_aside(round).await,
                other => return Err(unexpected(&other)),
            }
        }
        Err(always_late())
    }

    /// How a check is stored that came too late to be told of.
    pub(super) fn late(&self, told: AuditRecord, end: TryEnd) -> (AuditRecord, TryEnd) {
        let end = if end == TryEnd::Success { TryEnd::Neither } else { end };
        let told = AuditRecord { event: AuditEvent::AnswersFailed, outcome: AuditOutcome::Failure, ..told };
        (told.because(too_late().name), end)
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
