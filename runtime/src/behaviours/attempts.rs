//! A check of what only a user knows, outside of codes: an attempt is reserved before anything is compared, and how it ended
//! is stored before anything is told.

use super::lockout::{AttemptOutcome, Reservation, shared_id, too_late};
use super::retry::Retry;
use crate::context::Core;
use crate::fault::Fault;
use crate::hooks::BoxFuture;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, RecordKey};
use crate::values::Json;

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
    pub value: Json,
    pub expires: Millis,
}

impl Rewrite {
    /// Adds it to a batch.
    pub fn put(self, batch: Batch) -> Batch {
        batch.only_if(Condition::Version(self.key.clone(), self.version)).put(self.key, self.value, self.expires)
    }
}

/// A reserved attempt that is about to be settled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// False if it counted as cut off meanwhile; then nothing of what it found may be answered.
    pub in_time: bool,
    /// True if one more failure blocks the user.
    pub blocks_if_wrong: bool,
}

/// How an attempt is settled: what the audit log and the lockout record of its user get, what else is stored with them,
/// and what is answered.
#[derive(Debug)]
pub(super) struct Settlement<T> {
    pub entry: AuditEntry,
    pub outcome: AttemptOutcome,
    pub batch: Batch,
    pub answer: T,
}

impl Core {
    /// Reserves an attempt in a lockout record; none if its user is blocked.
    pub(super) async fn reserve_attempt(&self, mut row: String) -> Result<Option<Reservation>, Fault> {
        let mut retry = Retry::default();
        loop {
            let Some(lockout) = self.lockout_if_open(&row).await? else { return Ok(None) };
            let (batch, reservation) = lockout.begin(Batch::at(self.clock_millis()));
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(Some(reservation)),
                Committed::Full(full) => {
                    row = shared_id(full)?;
                    retry.again().await?;
                }
                other => retry.after(other).await?,
            }
        }
    }

    /// Settles a reserved attempt. True if the user is blocked from now on.
    pub(super) async fn settle_attempt_of_user(
        &self,
        reservation: &Reservation,
        outcome: AttemptOutcome,
        entry: AuditEntry,
        events: Events,
    ) -> Result<bool, Fault> {
        self.settle_and_rewrite(reservation, outcome, entry, events, None).await
    }

    /// The same, and with a success a record. If somebody is faster with any of it the record stays as it is: that is
    /// no reason to fail, and the next success will do it.
    pub(super) async fn settle_and_rewrite(
        &self,
        reservation: &Reservation,
        outcome: AttemptOutcome,
        entry: AuditEntry,
        events: Events,
        mut rewrite: Option<Rewrite>,
    ) -> Result<bool, Fault> {
        self.settle_with(reservation, events.blocked, |attempt| {
            let (entry, outcome) =
                if attempt.in_time { (entry.clone(), outcome) } else { events.late(entry.clone(), outcome) };
            let batch = Batch::at(self.clock_millis());
            let batch = match rewrite.take().filter(|_| outcome == AttemptOutcome::Success) {
                Some(rewrite) => rewrite.put(batch),
                None => batch,
            };
            let answer = outcome == AttemptOutcome::Failure && attempt.blocks_if_wrong;
            Box::pin(std::future::ready(Ok(Settlement { entry, outcome, batch, answer })))
        })
        .await
    }

    /// Commits how a reserved attempt ended, in one batch with what `settlement` adds, which is asked anew after each
    /// conflict.
    ///
    /// # Errors
    /// `store.unavailable`, also if the attempt took so long that it counted as cut off.
    pub(super) async fn settle_with<'a, T>(
        &'a self,
        reservation: &Reservation,
        blocked: AuditEvent,
        mut settlement: impl FnMut(Attempt) -> BoxFuture<'a, Result<Settlement<T>, Fault>>,
    ) -> Result<T, Fault> {
        let limits = &self.shared.options.limits;
        let mut retry = Retry::default();
        loop {
            let lockout = self.lockout(reservation.id()).await?;
            let in_time = lockout.awaits(reservation);
            let attempt = Attempt { in_time, blocks_if_wrong: lockout.blocks_if_wrong(limits) };
            let Settlement { entry, outcome, batch, answer } = settlement(attempt).await?;
            let (batch, change) = lockout.end(reservation, outcome, limits, batch);
            let audit = std::iter::once(entry.clone()).chain(change.entries(&entry, blocked)).collect();
            match self.commit(Batch { audit, ..batch }).await? {
                Committed::Applied(_) if !in_time => return Err(too_late()),
                Committed::Applied(_) => return Ok(answer),
                other => retry.after(other).await?,
            }
        }
    }
}
