//! A check of what only a user knows, outside of codes: an attempt is reserved before anything is compared, and how it ended
//! is stored before anything is told.

use super::lockout::{AttemptOutcome, Reservation, shared_id, too_late};
use super::state::{MAX_RETRIES, backoff, too_much_contention, unexpected};
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, RecordKey};

/// What the audit calls the ends of a kind of check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Events {
    pub failed: AuditEvent,
    pub blocked: AuditEvent,
}

impl Events {
    /// How a check is stored that came too late to be told of.
    pub fn late(self, entry: AuditEntry, end: AttemptOutcome) -> (AuditEntry, AttemptOutcome) {
        let end = if end == AttemptOutcome::Success { AttemptOutcome::Neither } else { end };
        let entry = AuditEntry { event: self.failed, outcome: AuditOutcome::Failure, ..entry };
        (entry.with_reason(too_late().name), end)
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
    /// Reserves an attempt in a lockout record; none if its user is blocked.
    pub(super) async fn reserve_attempt(&self, mut row: String) -> Result<Option<Reservation>, Fault> {
        for round in 0..MAX_RETRIES {
            let Some(lockout) = self.lockout_if_open(&row).await? else { return Ok(None) };
            let (batch, reservation) = lockout.begin(Batch::at(self.clock_millis()));
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(Some(reservation)),
                Committed::Conflict(_) => backoff(round).await,
                Committed::Full(full) => row = shared_id(full)?,
                over @ Committed::Over(_) => return Err(unexpected(&over)),
            }
        }
        Err(too_much_contention())
    }

    /// Stores how a reserved attempt ended. Tells whether the user is blocked from now on.
    pub(super) async fn settle_attempt_of_user(
        &self,
        reservation: &Reservation,
        end: AttemptOutcome,
        entry: AuditEntry,
        events: Events,
    ) -> Result<bool, Fault> {
        self.settle_and_rewrite(reservation, end, entry, events, None).await
    }

    /// The same, and with a success a record. If somebody is faster with any of it the record stays as it is: that is
    /// no reason to fail, and the next success will do it.
    pub(super) async fn settle_and_rewrite(
        &self,
        reservation: &Reservation,
        end: AttemptOutcome,
        entry: AuditEntry,
        events: Events,
        mut rewrite: Option<Rewrite>,
    ) -> Result<bool, Fault> {
        for round in 0..MAX_RETRIES {
            let lockout = self.lockout(reservation.id()).await?;
            let in_time = lockout.awaits(reservation);
            let (entry, end) = if in_time { (entry.clone(), end) } else { events.late(entry.clone(), end) };
            let batch = Batch::at(self.clock_millis());
            let (mut batch, lockout_change) = lockout.end(reservation, end, &self.shared.options.limits, batch);
            batch.audit = lockout_change.entry(&entry, events.blocked);
            batch.audit.insert(0, entry);
            if let Some(rewrite) = rewrite.take().filter(|_| end == AttemptOutcome::Success) {
                batch = rewrite.put(batch);
            }
            match self.commit(batch).await? {
                Committed::Applied(_) if !in_time => return Err(too_late()),
                Committed::Applied(_) => return Ok(lockout_change.is_blocked()),
                Committed::Conflict(_) => backoff(round).await,
                other => return Err(unexpected(&other)),
            }
        }
        Err(too_much_contention())
    }
}
