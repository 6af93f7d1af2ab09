//! Reservation and settlement of attempts: an attempt is reserved in its user's lockout record before anything is compared, and
//! how it ended is committed before anything is answered.

use super::lockout::{
    Admission, AttemptOutcome, Lockout, Reservation, read_lockout, shared_id, too_late, wait_for_lockout,
};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::fault::Fault;
use crate::hooks::BoxFuture;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, RecordKey};
use crate::values::Json;

/// What the audit calls the ends of a kind of check.
#[derive(Debug, Clone, Copy)]
pub(in crate::behaviours) struct Events {
    pub failed: AuditEvent,
    pub blocked: AuditEvent,
}

impl Events {
    /// How a check is stored that came too late to be answered.
    pub fn late(self, entry: AuditEntry, end: AttemptOutcome) -> (AuditEntry, AttemptOutcome) {
        let end = if end == AttemptOutcome::Success { AttemptOutcome::Neither } else { end };
        let entry = AuditEntry { event: self.failed, outcome: AuditOutcome::Failure, ..entry };
        (entry.with_reason(too_late().name), end)
    }
}

/// A record that is written anew together with a success, if nobody else has written it since.
#[derive(Debug, Clone)]
pub(in crate::behaviours) struct Rewrite {
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
pub(in crate::behaviours) struct Attempt {
    /// False if it counted as cut off meanwhile; then nothing of what it found may be answered.
    pub in_time: bool,
    /// True if one more failure blocks the user.
    pub blocks_if_wrong: bool,
    /// The store's time, if what the reservation's batch wrote is taken for what is stored: nothing need be read then, and
    /// whatever is built upon it is committed on the condition that it is still so.
    pub assumed_at: Option<Millis>,
}

/// How an attempt is settled: what the audit log and the lockout record of its user get, what else is stored with them,
/// and what is answered.
#[derive(Debug)]
pub(in crate::behaviours) struct Settlement<T> {
    pub entry: AuditEntry,
    pub outcome: AttemptOutcome,
    pub batch: Batch,
    pub answer: T,
}

/// What is about to be reserved.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once")]
pub(in crate::behaviours) enum Prepared<R, A> {
    /// An attempt, counted in this lockout record, in one batch with these writes.
    Attempt(Lockout, Batch, R),
    /// Nothing: this is the answer.
    Answer(A),
}

/// What was reserved.
pub(in crate::behaviours) enum Reserved<R, A> {
    Attempt(R, Reservation),
    Answer(A),
}

/// Reserves an attempt. `prepare` is asked anew after each conflict; it gets the id of a lockout record that takes the place
/// of the user's own where the store has no room for more of them.
///
/// # Errors
/// `store.unavailable`, and those of `prepare`.
pub(in crate::behaviours) async fn reserve_with<'a, R, A>(
    core: &Core,
    mut prepare: impl FnMut(Option<String>) -> BoxFuture<'a, Result<Prepared<R, A>, Fault>>,
) -> Result<Reserved<R, A>, Fault> {
    let mut shared = None;
    let mut retry = Retry::default();
    loop {
        let (lockout, batch, reserved) = match prepare(shared.clone()).await? {
            Prepared::Attempt(lockout, batch, reserved) => (lockout, batch, reserved),
            Prepared::Answer(answer) => return Ok(Reserved::Answer(answer)),
        };
        let (batch, reservation) = lockout.begin(batch);
        match core.store().commit(batch).await? {
            Committed::Applied(applied) => {
                return Ok(Reserved::Attempt(reserved, reservation.applied(&applied)));
            }
            Committed::Full(full) => {
                shared = Some(shared_id(full)?);
                retry.again().await?;
            }
            other => retry.after(other).await?,
        }
    }
}

/// Reserves an attempt of a user alone. Where they are blocked, gives the lockout record that says so.
pub(in crate::behaviours) async fn reserve_attempt(core: &Core, id: String) -> Result<Reserved<(), Lockout>, Fault> {
    let reserved = reserve_with(core, |shared| {
        let id = shared.unwrap_or_else(|| id.clone());
        Box::pin(async move {
            Ok(match wait_for_lockout(core, &id).await? {
                Admission::Open(lockout) => Prepared::Attempt(lockout, core.store().batch(), ()),
                Admission::Blocked(lockout) => Prepared::Answer(lockout),
            })
        })
    });
    reserved.await
}

/// Settles a reserved attempt. True if the user is blocked from now on.
pub(in crate::behaviours) async fn settle_attempt_of_user(
    core: &Core,
    reservation: &Reservation,
    outcome: AttemptOutcome,
    entry: AuditEntry,
    events: Events,
) -> Result<bool, Fault> {
    settle_and_rewrite(core, reservation, outcome, entry, events, None).await
}

/// The same, and with a success a record. If somebody is faster with any of it that was read, the record stays as it is: that
/// is no reason to fail, and the next success will do it.
pub(in crate::behaviours) async fn settle_and_rewrite(
    core: &Core,
    reservation: &Reservation,
    outcome: AttemptOutcome,
    entry: AuditEntry,
    events: Events,
    mut rewrite: Option<Rewrite>,
) -> Result<bool, Fault> {
    settle_with(core, reservation, events.blocked, |attempt| {
        let (entry, outcome) =
            if attempt.in_time { (entry.clone(), outcome) } else { events.late(entry.clone(), outcome) };
        let batch = core.store().batch();
        let rewrite = if attempt.assumed_at.is_some() { rewrite.clone() } else { rewrite.take() };
        let batch = match rewrite.filter(|_| outcome == AttemptOutcome::Success) {
            Some(rewrite) => rewrite.put(batch),
            None => batch,
        };
        let answer = outcome == AttemptOutcome::Failure && attempt.blocks_if_wrong;
        Box::pin(std::future::ready(Ok(Settlement { entry, outcome, batch, answer })))
    })
    .await
}

/// Commits how a reserved attempt ended, in one batch with what `settlement` adds, which is asked anew after each
/// conflict. At first nothing is read: most attempts are settled at once, and by nobody else.
///
/// # Errors
/// `store.unavailable`, also if the attempt took so long that it counted as cut off.
pub(in crate::behaviours) async fn settle_with<'a, T>(
    core: &'a Core,
    reservation: &Reservation,
    blocked: AuditEvent,
    mut settlement: impl FnMut(Attempt) -> BoxFuture<'a, Result<Settlement<T>, Fault>>,
) -> Result<T, Fault> {
    let limits = &core.shared.options.limits;
    let mut retry = Retry::default();
    let mut assumed = reservation.assumed(core.now_millis());
    loop {
        let assumed_at = assumed.as_ref().map(Lockout::now);
        let lockout = match assumed.take() {
            Some(lockout) => lockout,
            None => read_lockout(core, reservation.id()).await?,
        };
        let in_time = lockout.awaits(reservation);
        let attempt = Attempt { in_time, blocks_if_wrong: lockout.blocks_if_wrong(limits), assumed_at };
        let Settlement { entry, outcome, batch, answer } = settlement(attempt).await?;
        let (batch, change) = lockout.end(reservation, outcome, limits, batch);
        let audit = std::iter::once(entry.clone()).chain(change.entries(&entry, blocked)).collect();
        match core.store().commit(Batch { audit, ..batch }).await? {
            Committed::Applied(_) if !in_time => return Err(too_late()),
            Committed::Applied(_) => return Ok(answer),
            other => retry.after(other).await?,
        }
    }
}
