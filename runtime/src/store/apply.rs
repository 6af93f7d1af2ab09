//! How a batch is applied, for engines that can read and write single rows inside one transaction. Conditions and
//! counters are all looked at before the first row is written.

use super::StoreError;
use super::audit::AuditEntry;
use super::batch::{Applied, Batch, Committed, Condition, Count, Counted, Kind, Millis, Record, RecordKey, Write};
use super::chain::AuditHead;
use super::counter::{Entries, SHARED};

/// How many rows there may be of what a stranger can make grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Counters of one family.
    pub counters: u64,
    /// Records of the kind [`Kind::Limiter`].
    pub limiters: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Caps { counters: 1_000_000, limiters: 1_000_000 }
    }
}

/// Single rows of an engine, inside a transaction.
pub(super) trait Rows {
    fn record(&mut self, key: &RecordKey) -> Result<Option<Record>, StoreError>;
    fn put_record(&mut self, key: &RecordKey, record: Record) -> Result<(), StoreError>;
    fn delete_record(&mut self, key: &RecordKey) -> Result<(), StoreError>;
    fn records(&mut self, kind: Kind) -> Result<u64, StoreError>;
    fn counter(&mut self, family: &str, key: &str) -> Result<Option<Entries>, StoreError>;
    fn put_counter(&mut self, family: &str, key: &str, entries: Entries, expires: Millis) -> Result<(), StoreError>;
    fn delete_counter(&mut self, family: &str, key: &str) -> Result<(), StoreError>;
    fn counters(&mut self, family: &str) -> Result<u64, StoreError>;
    fn next_version(&mut self) -> Result<u64, StoreError>;
    /// Appends an audit entry; gives where it stands, if that is known already.
    fn append(&mut self, record: AuditEntry, now: Millis) -> Result<Option<AuditHead>, StoreError>;
}

/// Applies a batch at the store's time.
pub(super) fn apply(rows: &mut impl Rows, caps: Caps, batch: Batch, now: Millis) -> Result<Committed, StoreError> {
    for (place, condition) in batch.conditions.iter().enumerate() {
        if !holds(rows, condition, now)? {
            return Ok(Committed::Conflict(place));
        }
    }
    if let Some(kind) = without_room(rows, caps, &batch.writes)? {
        return Ok(Committed::Full(kind));
    }
    let mut counted = Vec::with_capacity(batch.counts.len());
    for (place, count) in batch.counts.iter().enumerate() {
        match after(rows, caps, count, now)? {
            Some(next) => counted.push(next),
            None => return Ok(Committed::Over(place)),
        }
    }
    let version = rows.next_version()?;
    for write in batch.writes {
        match write {
            Write::Put { key, value, expires } => rows.put_record(&key, Record { value, version, expires })?,
            Write::Delete(key) => rows.delete_record(&key)?,
        }
    }
    let mut counts = Vec::with_capacity(counted.len());
    for (count, next) in batch.counts.iter().zip(counted) {
        counts.push(keep(rows, count, next, now)?);
    }
    let mut head = None;
    for record in batch.audit {
        head = rows.append(record, now)?;
    }
    Ok(Committed::Applied(Applied { now, counts, version, head }))
}

/// The record, unless its time is over.
pub(super) fn living(record: Option<Record>, now: Millis) -> Option<Record> {
    record.filter(|record| record.expires >= now)
}

fn holds(rows: &mut impl Rows, condition: &Condition, now: Millis) -> Result<bool, StoreError> {
    Ok(match condition {
        Condition::Absent(key) => living(rows.record(key)?, now).is_none(),
        Condition::Version(key, version) => {
            living(rows.record(key)?, now).is_some_and(|record| record.version == *version)
        }
    })
}

fn without_room(rows: &mut impl Rows, caps: Caps, writes: &[Write]) -> Result<Option<Kind>, StoreError> {
    for write in writes {
        let Write::Put { key, .. } = write else { continue };
        let capped = key.kind == Kind::Limiter && key.id != SHARED;
        if capped && rows.records(key.kind)? >= caps.limiters && rows.record(key)?.is_none() {
            return Ok(Some(key.kind));
        }
    }
    Ok(None)
}

struct Next {
    key: String,
    entries: Entries,
}

fn after(rows: &mut impl Rows, caps: Caps, count: &Count, now: Millis) -> Result<Option<Next>, StoreError> {
    let (key, entries) = match rows.counter(count.family, &count.key)? {
        Some(entries) => (count.key.clone(), entries),
        None if rows.counters(count.family)? < caps.counters => (count.key.clone(), Entries::default()),
        None => (SHARED.to_owned(), rows.counter(count.family, SHARED)?.unwrap_or_default()),
    };
    Ok(entries.after(count, now).map(|entries| Next { key, entries }))
}

fn keep(rows: &mut impl Rows, count: &Count, next: Next, now: Millis) -> Result<Counted, StoreError> {
    let in_windows = count.windows.iter().map(|window| next.entries.within(*window, now)).collect();
    let shared = next.key == SHARED;
    if next.entries.is_empty() {
        rows.delete_counter(count.family, &next.key)?;
    } else {
        let expires = next.entries.expires(count);
        rows.put_counter(count.family, &next.key, next.entries, expires)?;
    }
    Ok(Counted { in_windows, shared })
}
