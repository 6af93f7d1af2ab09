//! What is done from time to time: expired rows are removed, the time is noted, what is capped is counted, and it is
//! looked whether commits wait for a standby.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Inner;
use super::rows::Counts;
use super::session::{Object, Trouble, Work};
use super::standbys;
use crate::store::StoreError;
use crate::store::batch::Millis;

/// How often the time is compared with that of the other processes. For about so long, a process may go on by a clock
/// that went back, if it has not itself seen the later time.
const EVERY: Duration = Duration::from_secs(1);

/// After how many such rounds what is capped is counted.
const COUNT_EVERY: u32 = 10;

/// After how many of them expired rows are removed.
const PURGE_EVERY: u32 = 60;

/// How many rows are removed at once, so that no transaction gets long.
const MOST_PURGED: i64 = 1_000;

/// Rows that somebody works with are left for the next time.
const PURGE_RECORDS: &str = "
    DELETE FROM countersign.record WHERE (kind, id) IN (
        SELECT kind, id FROM countersign.record WHERE expires < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";
const PURGE_COUNTERS: &str = "
    DELETE FROM countersign.counter WHERE (family, key) IN (
        SELECT family, key FROM countersign.counter WHERE expires <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";
const NOTED_TIME: &str = "SELECT value FROM countersign.meta WHERE name = 'time'";
const NOTE_TIME: &str = "UPDATE countersign.meta SET value = $1 WHERE name = 'time' AND value < $1";
const COUNT_LIMITERS: &str = "SELECT count(*) FROM countersign.record WHERE kind = 'limiter'";
const COUNT_COUNTERS: &str = "SELECT family, count(*) FROM countersign.counter GROUP BY family";

/// A write that takes room on the disk, as others do, and of which nothing is left.
const PROBE: &str = "
    BEGIN;
    INSERT INTO countersign.record (kind, id, version, expires, value)
        SELECT 'probe', max(piece), 0, 0, pg_catalog.to_json(pg_catalog.string_agg(piece, ''))
        FROM (SELECT pg_catalog.md5(pg_catalog.random()::text) AS piece FROM pg_catalog.generate_series(1, 256)) pieces;
    DELETE FROM countersign.record WHERE kind = 'probe';
    COMMIT";

/// Runs until the store's threads end.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut probing = Probing::default();
    for round in 1_u32.. {
        tokio::time::sleep(EVERY).await;
        probing.maintain(&inner).await;
        match maintain(&inner, round).await {
            // A database that does not answer is logged often enough.
            Err(error) if round.is_multiple_of(COUNT_EVERY) => {
                tracing::warn!(%error, "the store could not be looked after");
            }
            _ => {}
        }
    }
}

/// Attempts a write every second while they fail. One that gets no answer in time may leave a session behind that waits for a
/// standby, so the next is tried later each time.
#[derive(Default)]
struct Probing {
    pause: Duration,
    next: Option<Instant>,
}

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Probing {
    async fn maintain(&mut self, inner: &Inner) {
        let began = Instant::now();
        if !inner.writes.are_failing() || self.next.is_some_and(|next| began < next) {
            return;
        }
        probe(inner).await;
        let slow = began.elapsed() > EVERY && inner.writes.are_failing();
        self.pause = if slow { (2 * self.pause).clamp(EVERY, LONGEST_PAUSE) } else { Duration::ZERO };
        self.next = Some(Instant::now() + self.pause);
    }
}

async fn probe(inner: &Inner) {
    fn write(connection: &Object) -> Work<'_, ()> {
        Box::pin(async move { Ok(connection.batch_execute(PROBE).await?) })
    }
    match inner.connections.with(write).await {
        Ok(()) => inner.writes.succeeded(),
        Err(error) => inner.writes.failed(&error),
    }
}

async fn maintain(inner: &Inner, round: u32) -> Result<(), StoreError> {
    if round.is_multiple_of(PURGE_EVERY) {
        purge(inner, inner.time.latest()).await?;
    }
    if round.is_multiple_of(COUNT_EVERY) {
        count(inner).await?;
    }
    record_time(inner).await?;
    standbys::check(inner).await
}

/// Removes what has expired, and gives how much that was.
pub(super) async fn purge(inner: &Inner, now: Millis) -> Result<usize, StoreError> {
    let mut removed = 0;
    loop {
        let some = inner.connections.with(|connection| Box::pin(purge_some(connection, now))).await?;
        removed += some;
        if some < MOST_PURGED as u64 {
            break;
        }
    }
    if removed > 0 {
        count(inner).await?;
    }
    record_time(inner).await?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}

/// Each statement is a transaction. Gives the larger number if one of them had its fill.
async fn purge_some(connection: &Object, now: Millis) -> Result<u64, Trouble> {
    let records = connection.prepare_cached(PURGE_RECORDS).await?;
    let counters = connection.prepare_cached(PURGE_COUNTERS).await?;
    let records = connection.execute(&records, &[&now, &MOST_PURGED]).await?;
    let counters = connection.execute(&counters, &[&now, &MOST_PURGED]).await?;
    Ok(records + counters)
}

/// Counts what is capped.
pub(super) async fn count(inner: &Inner) -> Result<(), StoreError> {
    fn count(connection: &Object) -> Work<'_, Counts> {
        Box::pin(async move {
            let limiters = connection.query_one(COUNT_LIMITERS, &[]).await?.try_get(0)?;
            let mut counters = HashMap::new();
            for row in connection.query(COUNT_COUNTERS, &[]).await? {
                counters.insert(row.try_get(0)?, row.try_get(1)?);
            }
            Ok(Counts { limiters, counters })
        })
    }
    inner.numbers.set(inner.connections.with(count).await?);
    Ok(())
}

/// Notes the latest time seen, for the other processes and those to come, and learns theirs.
async fn record_time(inner: &Inner) -> Result<(), StoreError> {
    fn compare(connection: &Object, seen: Millis) -> Work<'_, Millis> {
        Box::pin(async move {
            let noted: Millis = connection.query_one(NOTED_TIME, &[]).await?.try_get(0)?;
            if noted < seen {
                connection.execute(NOTE_TIME, &[&seen]).await?;
            }
            Ok(noted)
        })
    }
    let seen = inner.time.latest();
    inner.time.learn(inner.connections.with(move |connection| compare(connection, seen)).await?);
    Ok(())
}
