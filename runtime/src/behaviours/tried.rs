//! A check of what only a user knows, outside of codes: a try is reserved before anything is compared, and how it ended
//! is stored before anything is told.

use super::failures::{Ticket, TryEnd, shared_id, too_late};
use super::state::{MOST_ROUNDS, always_late, step_aside, unexpected};
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Batch, Committed, Condition, Millis, RecordKey};

/// What the audit calls the ends of a kind of check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Events {
    pub failed: AuditEvent,
    pub blocked: AuditEvent,
}

impl Events {
    /// How a check is stored that came too late to be told of.
    pub fn late(self, told: AuditRecord, end: TryEnd) -> (AuditRecord, TryEnd) {
        let end = if end == TryEnd::Success { TryEnd::Neither } else { end };
        let told = AuditRecord { event: self.failed, outcome: AuditOutcome::Failure, ..told };
        (told.because(too_late().name), end)
    }
}

/// A record that is written anew together with a success, if nobody else has written it since.
#[derive(Debug, Clone)]
pub(super) struct Rewrite {
    pub key: RecordKey,
    pub version: u64,
    pub value: serde_json::Value,
    pub expires: Millis,
}

impl Rewrite {
    /// Adds it to a batch.
    pub fn put(self, batch: Batch) -> Batch {
        batch.only_if(Condition::Version(self.key.clone(), self.version)).put(self.key, self.value, self.expires)
    }
}

impl Core {
    /// Reserves a try in a row of failures; none if its user is blocked.
    pub(super) async fn reserve_try(&self, mut row: String) -> Result<Option<Ticket>, Fault> {
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

    /// Stores how a reserved try ended. Tells whether the user is blocked from now on.
    pub(super) async fn end_reserved(
        &self,
        ticket: &Ticket,
        end: TryEnd,
        told: AuditRecord,
        events: Events,
    ) -> Result<bool, Fault> {
        self.end_rewriting(ticket, end, told, events, None).await
    }

    /// The same, and with a success a record. If somebody is faster with any of it the record stays as it is: that is
    /// no reason to fail, and the next success will do it.
    pub(super) async fn end_rewriting(
        &self,
        ticket: &Ticket,
        end: TryEnd,
        told: AuditRecord,
        events: Events,
        mut rewrite: Option<Rewrite>,
    ) -> Result<bool, Fault> {
        for round in 0..MOST_ROUNDS {
            let failures = self.failures(ticket.id()).await?;
            let in_time = failures.awaits(ticket);
            let (told, end) = if in_time { (told.clone(), end) } else { events.late(told.clone(), end) };
            let batch = Batch::at(self.clock_millis());
            let (mut batch, aftermath) = failures.end(ticket, end, &self.shared.options.limits, batch);
            batch.audit = aftermath.told(&told, events.blocked);
            batch.audit.insert(0, told);
            if let Some(rewrite) = rewrite.take().filter(|_| end == TryEnd::Success) {
                batch = rewrite.put(batch);
            }
            match self.commit(batch).await? {
                Committed::Applied(_) if !in_time => return Err(too_late()),
                Committed::Applied(_) => return Ok(aftermath.is_blocked()),
                Committed::Conflict(_) => step_aside(round).await,
                other => return Err(unexpected(&other)),
            }
        }
        Err(always_late())
    }
}
