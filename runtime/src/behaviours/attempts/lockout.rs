//! Lockout of users after failed attempts: failures in a row, per user and method, across codes, operations and endpoints. Whoever wants to compare a code or
//! a password first reserves an attempt here; so there are never more comparisons under way than failures left, and
//! requests side by side cannot try more often than requests one after the other.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::behaviours::codes::limits::OtpLimits;
use crate::behaviours::state::{encoded, millis_of};
use crate::behaviours::users::name::counted;
use crate::context::{Core, unexpected};
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{KeyName, Keyring};
use crate::fault::Fault;
use crate::store::{Applied, AuditEntry, AuditEvent, AuditOutcome, Batch, Condition, Kind, Millis, RecordKey};

/// An attempt that has not ended after so many milliseconds was cut off, most likely by the end of a process. Nobody was answered
/// what came of it, and nobody will be: it is no failure of the user's, although it stays an attempt of its code.
const CUT_OFF: Millis = 30_000;

/// How often a request looks whether others of the same user have ended, and after how long each time.
const MOST_WAITS: usize = 150;
const WAIT: Duration = Duration::from_millis(20);

/// For how long what a reservation wrote is taken for what is stored, until a commit says otherwise. Far below [`CUT_OFF`]: an
/// attempt that takes longer must see whether it still counts.
const ASSUMED_FOR: Millis = 1_000;

/// For how long a lockout record is remembered after the last one.
const MEMORY: Millis = 30 * 24 * 60 * 60 * 1000;

/// Far enough away to be never, near enough to calculate with.
pub(in crate::behaviours) const NEVER: Millis = i64::MAX / 4;

/// The row that all share for whom there is no room.
const SHARED: &str = "shared";

/// A user's failures in a row by one method, as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct LockoutState {
    /// How many.
    failures: u32,
    /// Until when the user is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocked_until: Option<Millis>,
    /// When the attempts that are under way began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    under_way: Vec<Millis>,
}

/// A lockout record as it was read, or as it was written just before.
#[derive(Debug, Clone)]
pub(in crate::behaviours) struct Lockout {
    key: RecordKey,
    /// Which writing of it; none if there is no such record.
    version: Option<u64>,
    row: LockoutState,
    now: Millis,
}

/// Whether a user may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// They may.
    Open,
    /// As many attempts are under way as there are left; one of them will end soon.
    Busy,
    /// They may not.
    Blocked,
}

/// How an attempt ended, for the lockout record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::behaviours) enum AttemptOutcome {
    /// It was right: the row begins anew.
    Success,
    /// It was wrong.
    Failure,
    /// Neither: a lost race, or another check failed.
    Neither,
    /// There was nothing to try: the row of a decoy stays, so that as much is written as of a user who has failed.
    Nobody,
}

/// The ids that a user's lockout record by one method may have: one for each key of the ring.
pub(crate) fn lockout_ids(keys: &Keyring, organization: Option<&str>, user: &str, method: &str) -> Vec<String> {
    let user = counted(user);
    let fields = [Field::of(organization), Field::Text(&user), Field::Text(method)];
    keys.all(KeyName::Counters).map(|key| mac_text(key, "failures", &fields)).collect()
}

/// The id of a user's lockout record by one method.
pub(in crate::behaviours) fn lockout_id(
    core: &Core,
    organization: Option<&str>,
    user: &str,
    method: &str,
) -> Result<String, Fault> {
    core.keys().pseudonym("failures", &[Field::of(organization), Field::Text(&counted(user)), Field::Text(method)])
}

/// A lockout record that was read before an attempt.
#[derive(Debug)]
pub(in crate::behaviours) enum Admission {
    /// The attempt may begin.
    Open(Lockout),
    /// The user is blocked.
    Blocked(Lockout),
}

/// Reads a lockout record once another attempt may begin, or the user is blocked. Where as many attempts are under
/// way as are left, it waits for one of them to end.
///
/// # Errors
/// `overloaded` if none ends in time, which is no block: nobody has failed yet; `store.unavailable`.
pub(in crate::behaviours) async fn wait_for_lockout(core: &Core, id: &str) -> Result<Admission, Fault> {
    for _ in 0..MOST_WAITS {
        let lockout = read_lockout(core, id).await?;
        match lockout.gate(&core.shared.options.limits) {
            Gate::Open => return Ok(Admission::Open(lockout)),
            Gate::Blocked => return Ok(Admission::Blocked(lockout)),
            Gate::Busy => tokio::time::sleep(WAIT).await,
        }
    }
    Err(Fault::overloaded("as many attempts of the user are under way as are left"))
}

/// Reads a lockout record.
pub(in crate::behaviours) async fn read_lockout(core: &Core, id: &str) -> Result<Lockout, Fault> {
    let key = RecordKey::new(Kind::Limiter, id);
    let read = core.store().read(&key).await?;
    let row = match &read.record {
        Some(record) => serde_json::from_str(record.value.as_str())
            .map_err(|error| Fault::new("store.unavailable").with_detail(error))?,
        None => LockoutState::default(),
    };
    let version = read.record.map(|record| record.version);
    let mut lockout = Lockout { key, version, row, now: read.now };
    lockout.forget_cut_off();
    Ok(lockout)
}

/// What an attempt is answered that ended when it was awaited no more: nothing of what it found.
pub(in crate::behaviours) fn too_late() -> Fault {
    Fault::new("store.unavailable").with_detail("the attempt took so long that it counted as cut off").busy()
}

/// The id to go on with when there is no room for a row of one's own.
pub(in crate::behaviours) fn shared_id(full: Kind) -> Result<String, Fault> {
    match full {
        Kind::Limiter => Ok(SHARED.to_owned()),
        kind => Err(unexpected(&crate::store::Committed::Full(kind))),
    }
}

impl Lockout {
    /// When it was read.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Whether another attempt may begin.
    fn gate(&self, limits: &OtpLimits) -> Gate {
        if self.is_blocked() {
            return Gate::Blocked;
        }
        if self.row.under_way.len() < self.left(limits) as usize { Gate::Open } else { Gate::Busy }
    }

    fn is_blocked(&self) -> bool {
        self.row.blocked_until.is_some_and(|until| self.now < until)
    }

    /// How many attempts may be under way: as many as may fail before there is a block, be it that of a round or the last.
    fn left(&self, limits: &OtpLimits) -> u32 {
        let threshold = limits.failures.max(1);
        let in_this_round = threshold - self.row.failures % threshold;
        // A cap that was set lower since lets one attempt pass, or there would be no block that ends.
        in_this_round.min(limits.hard_cap.saturating_sub(self.row.failures).max(1))
    }

    /// True if one more failure blocks the user.
    pub fn blocks_if_wrong(&self, limits: &OtpLimits) -> bool {
        self.clone().fail(limits).is_blocked()
    }

    /// Adds to the batch that an attempt begins; gives the reservation that it is once the batch is applied.
    pub fn begin(mut self, batch: Batch) -> (Batch, UncommittedReservation) {
        self.row.under_way.push(self.now);
        let reservation = UncommittedReservation {
            id: self.key.id.clone(),
            began: self.now,
            began_by_clock: batch.now,
            since: Instant::now(),
            row: self.row.clone(),
        };
        (self.keep(batch), reservation)
    }

    /// True while the attempt may still end. One that comes back later counted as cut off meanwhile, and others may have
    /// begun in its place: what it found must not be answered.
    pub fn awaits(&self, reservation: &Reservation) -> bool {
        self.row.under_way.contains(&reservation.begun.began)
    }

    /// Adds to the batch that an attempt ended so. Gives what follows from it.
    pub fn end(
        mut self,
        reservation: &Reservation,
        end: AttemptOutcome,
        limits: &OtpLimits,
        batch: Batch,
    ) -> (Batch, LockoutChange) {
        if let Some(place) = self.row.under_way.iter().position(|began| *began == reservation.begun.began) {
            self.row.under_way.remove(place);
        }
        let mut lockout_change = LockoutChange::default();
        match end {
            // A block that was set meanwhile stays.
            AttemptOutcome::Success if self.key.id != SHARED && !self.is_blocked() => {
                self.row = LockoutState { under_way: self.row.under_way, ..LockoutState::default() }
            }
            AttemptOutcome::Failure => lockout_change = self.fail(limits),
            AttemptOutcome::Success | AttemptOutcome::Neither => {}
            AttemptOutcome::Nobody => return (self.put(batch), lockout_change),
        }
        (self.keep(batch), lockout_change)
    }

    /// One more failure.
    fn fail(&mut self, limits: &OtpLimits) -> LockoutChange {
        self.row.failures = self.row.failures.saturating_add(1);
        let (failures, threshold) = (self.row.failures, limits.failures.max(1));
        let near_cap = failures.saturating_add(threshold) == limits.hard_cap;
        if failures >= limits.hard_cap {
            self.row.blocked_until = Some(NEVER);
            return LockoutChange { blocked: Some("failures in a row, until an operator lifts the block"), near_cap };
        }
        if !failures.is_multiple_of(threshold) {
            return LockoutChange { blocked: None, near_cap };
        }
        let doublings = (failures / threshold).saturating_sub(1).min(20);
        let seconds = limits.block_seconds.saturating_mul(1 << doublings).min(limits.longest_block_seconds);
        self.row.blocked_until = Some(self.now.saturating_add(millis_of(seconds)));
        LockoutChange { blocked: Some("failures in a row"), near_cap }
    }

    fn forget_cut_off(&mut self) {
        let now = self.now;
        self.row.under_way.retain(|began| now - began < CUT_OFF);
    }

    /// The row as it now is, if it still is the one that was read. One that says nothing is removed.
    pub fn keep(self, batch: Batch) -> Batch {
        if self.row != LockoutState::default() {
            return self.put(batch);
        }
        let batch = batch.only_if(Condition::of_version(self.key.clone(), self.version));
        if self.version.is_some() { batch.delete(self.key) } else { batch }
    }

    fn put(self, batch: Batch) -> Batch {
        let batch = batch.only_if(Condition::of_version(self.key.clone(), self.version));
        let expires = self.row.blocked_until.unwrap_or(self.now).max(self.now).saturating_add(MEMORY);
        match encoded(&self.row) {
            Ok(value) => batch.put(self.key, value, expires),
            Err(_) => batch,
        }
    }
}

/// What follows from a failure, for the audit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::behaviours) struct LockoutChange {
    /// Why the user is blocked from now on, if they are.
    blocked: Option<&'static str>,
    /// One round of failures more, and only an operator lifts the block.
    near_cap: bool,
}

impl LockoutChange {
    /// True if the user is blocked from now on.
    pub fn is_blocked(self) -> bool {
        self.blocked.is_some()
    }

    /// The audit entries of it; `entry` says whose, `blocked` is the event of a block.
    pub fn entries(self, entry: &AuditEntry, blocked: AuditEvent) -> Vec<AuditEntry> {
        let record =
            |event, why: &str| AuditEntry { event, outcome: AuditOutcome::Failure, ..entry.clone().with_reason(why) };
        let near = self.near_cap.then(|| record(AuditEvent::FailuresNearCap, "the last round of failures before"));
        self.blocked.map(|why| record(blocked, why)).into_iter().chain(near).collect()
    }
}

/// An attempt that is reserved by a batch which is not applied yet.
#[derive(Debug)]
pub(in crate::behaviours) struct UncommittedReservation {
    id: String,
    began: Millis,
    began_by_clock: Millis,
    since: Instant,
    row: LockoutState,
}

impl UncommittedReservation {
    /// Its batch was applied.
    pub fn applied(self, applied: &Applied) -> Reservation {
        Reservation { written: applied.now, version: applied.version, begun: self }
    }
}

/// An attempt that is under way.
#[derive(Debug)]
pub(in crate::behaviours) struct Reservation {
    begun: UncommittedReservation,
    /// Of which version all is that its batch wrote, and when it was written by the store's time.
    version: u64,
    written: Millis,
}

impl Reservation {
    /// The id of the row that it belongs to.
    pub fn id(&self) -> &str {
        &self.begun.id
    }

    /// The version of all records that were written with it.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Its lockout record as its batch left it, if that is so short a time ago that it is worth a try: whoever builds upon
    /// it commits on the condition that it is still so. Both the process's clock and the time that has passed must say so, as
    /// clocks may be turned back.
    pub fn assumed(&self, clock: Millis) -> Option<Lockout> {
        let UncommittedReservation { id, began, began_by_clock, since, row } = &self.begun;
        let passed = clock - began_by_clock;
        let is_fresh =
            (0..ASSUMED_FOR).contains(&passed) && since.elapsed() < Duration::from_millis(ASSUMED_FOR.unsigned_abs());
        is_fresh.then(|| Lockout {
            key: RecordKey::new(Kind::Limiter, &**id),
            version: Some(self.version),
            row: row.clone(),
            now: began.saturating_add(passed).max(self.written),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Millis = 60_000;

    fn at(row: LockoutState, now: Millis) -> Lockout {
        let mut lockout = Lockout { key: RecordKey::new(Kind::Limiter, "u"), version: None, row, now };
        lockout.forget_cut_off();
        lockout
    }

    fn applied(now: Millis) -> Applied {
        Applied { now, counts: Vec::new(), version: 1, head: None }
    }

    fn attempted(row: LockoutState, now: Millis, end: AttemptOutcome) -> LockoutState {
        let (_, reserving) = at(row, now).begin(Batch::at(now));
        let reservation = reserving.applied(&applied(now));
        let lockout = reservation.assumed(now).unwrap();
        let (batch, _) = lockout.end(&reservation, end, &OtpLimits::default(), Batch::at(now));
        match batch.writes.into_iter().next() {
            Some(crate::store::Write::Put { value, .. }) => serde_json::from_str(value.as_str()).unwrap(),
            _ => LockoutState::default(),
        }
    }

    #[test]
    fn five_failures_block_for_a_quarter_of_an_hour_and_then_for_twice_as_long() {
        let limits = OtpLimits::default();
        let (mut row, mut now) = (LockoutState::default(), 0);
        let mut lengths = Vec::new();
        for _ in 0..9 {
            for _ in 0..5 {
                assert_eq!(at(row.clone(), now).gate(&limits), Gate::Open);
                row = attempted(row, now, AttemptOutcome::Failure);
            }
            assert_eq!(at(row.clone(), now).gate(&limits), Gate::Blocked);
            let until = row.blocked_until.unwrap();
            lengths.push((until - now) / MINUTE);
            assert_eq!(at(row.clone(), until - 1).gate(&limits), Gate::Blocked);
            now = until;
        }
        assert_eq!(lengths, [15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
    }

    #[test]
    fn a_hundred_failures_block_for_good() {
        let row = LockoutState { failures: 99, ..LockoutState::default() };
        let row = attempted(row, 0, AttemptOutcome::Failure);
        assert_eq!(at(row, 100 * 365 * 24 * 60 * MINUTE).gate(&OtpLimits::default()), Gate::Blocked);
    }

    #[test]
    fn a_success_begins_the_row_anew_and_a_lost_race_counts_for_nothing() {
        let four = LockoutState { failures: 4, ..LockoutState::default() };
        assert_eq!(attempted(four.clone(), 0, AttemptOutcome::Neither).failures, 4);
        assert_eq!(attempted(four, 0, AttemptOutcome::Success), LockoutState::default());
    }

    #[test]
    fn no_more_attempts_are_under_way_than_are_left() {
        let limits = OtpLimits::default();
        let busy = LockoutState { failures: 3, under_way: vec![0, 0], ..LockoutState::default() };
        assert_eq!(at(busy.clone(), 10).gate(&limits), Gate::Busy);
        assert_eq!(at(busy, CUT_OFF - 1).gate(&limits), Gate::Busy);
    }

    #[test]
    fn no_more_attempts_are_under_way_than_are_left_to_the_cap() {
        let limits = OtpLimits { failures: 3, ..OtpLimits::default() };
        let gate = |failures, under_way: usize| {
            at(LockoutState { failures, under_way: vec![0; under_way], ..LockoutState::default() }, 10).gate(&limits)
        };
        assert_eq!((gate(96, 2), gate(96, 3)), (Gate::Open, Gate::Busy));
        assert_eq!((gate(99, 0), gate(99, 1)), (Gate::Open, Gate::Busy));
        // The cap was set lower since.
        assert_eq!((gate(120, 0), gate(120, 1)), (Gate::Open, Gate::Busy));
    }

    #[test]
    fn a_success_lifts_no_block() {
        let blocked = LockoutState { failures: 5, blocked_until: Some(20), ..LockoutState::default() };
        assert_eq!(attempted(blocked.clone(), 10, AttemptOutcome::Success), blocked);
        assert_eq!(attempted(blocked, 20, AttemptOutcome::Success), LockoutState::default());
    }

    #[test]
    fn attempts_that_were_cut_off_block_nobody_and_what_they_found_is_not_told() {
        let limits = OtpLimits::default();
        let busy = LockoutState { failures: 3, under_way: vec![0, 0], ..LockoutState::default() };
        let later = at(busy, CUT_OFF);
        assert_eq!((later.row.failures, later.gate(&limits)), (3, Gate::Open));
        let (_, reserving) = at(LockoutState::default(), 0).begin(Batch::at(0));
        assert!(!later.awaits(&reserving.applied(&applied(0))));
    }

    #[test]
    fn what_follows_from_a_failure_is_reported_as_one() {
        let entry = AuditEntry::new(0, AuditEvent::PasswordVerified, AuditOutcome::Success);
        let after = LockoutChange { blocked: Some("failures in a row"), near_cap: true };
        let entry = after.entries(&entry, AuditEvent::PasswordBlocked);
        let entry: Vec<_> = entry.iter().map(|one| (one.event, one.outcome)).collect();
        let failure = AuditOutcome::Failure;
        assert_eq!(entry, [(AuditEvent::PasswordBlocked, failure), (AuditEvent::FailuresNearCap, failure)]);
    }

    #[test]
    fn the_round_before_the_last_is_reported() {
        let limits = OtpLimits::default();
        let after = |failures| at(LockoutState { failures, ..LockoutState::default() }, 0).fail(&limits);
        let block = Some("failures in a row");
        assert_eq!(after(93), LockoutChange::default());
        assert_eq!(after(94), LockoutChange { blocked: block, near_cap: true });
        assert_eq!(after(95), LockoutChange::default());
        assert!(after(99).blocked.is_some_and(|why| why.contains("operator")) && !after(99).near_cap);
    }
}
