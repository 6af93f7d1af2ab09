//! The rows that a batch names, as they were locked, and what becomes of them. Between locking and writing nothing is
//! asked of the database, so the rules of `apply` hold here as in every engine.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::store::StoreError;
use crate::store::apply::Rows;
use crate::store::audit::{AuditEntry, Micros};
use crate::store::batch::{Batch, Condition, Kind, Millis, Record, RecordKey, Write};
use crate::store::chain::{AuditHead, AuditRow, Chain, ChainSealer};
use crate::store::counter::Entries;

/// A counter's family and key.
pub(super) type CounterKey = (String, String);

/// A counter and when it is forgotten.
type Counter = (Entries, Millis);

/// How many rows there are of what is capped: counted now and then, kept up with what this process adds in between.
#[derive(Debug, Default)]
pub(super) struct Numbers(Mutex<Counts>);

/// How many limiters there are, and how many counters of each family.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    pub limiters: i64,
    pub counters: HashMap<String, i64>,
}

impl Numbers {
    pub fn set(&self, counts: Counts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }

    pub fn get(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds what a batch has inserted and removed.
    pub fn follow(&self, changes: &[Change]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            let counters = &mut counts.counters;
            match change {
                Change::InsertRecord(key, _) if key.kind == Kind::Limiter => counts.limiters += 1,
                Change::DeleteRecord(key) if key.kind == Kind::Limiter => counts.limiters -= 1,
                Change::InsertCounter((family, _), ..) => *counters.entry(family.clone()).or_default() += 1,
                Change::DeleteCounter((family, _)) => *counters.entry(family.clone()).or_default() -= 1,
                _ => {}
            }
        }
    }
}

/// One statement's worth of change.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// A row that was not there. If it is by now, somebody else was faster, and the batch begins anew.
    InsertRecord(RecordKey, Record),
    UpdateRecord(RecordKey, Record),
    DeleteRecord(RecordKey),
    /// As with records.
    InsertCounter(CounterKey, String, Millis),
    UpdateCounter(CounterKey, String, Millis),
    DeleteCounter(CounterKey),
    /// A row that must stay absent until the batch is done: it is inserted and removed again, so that nobody else can
    /// insert it meanwhile.
    Claim(RecordKey),
    Append(AuditRow),
}

/// What a batch names, in the order in which it is locked.
pub(super) struct Named {
    pub records: Vec<RecordKey>,
    pub counters: Vec<CounterKey>,
    pub kept_absent: Vec<RecordKey>,
}

impl Named {
    pub fn by(batch: &Batch) -> Self {
        let conditions = batch.conditions.iter().map(|condition| match condition {
            Condition::Absent(key) | Condition::Version(key, _) => key,
        });
        let written = batch.writes.iter().map(|write| match write {
            Write::Put { key, .. } | Write::Delete(key) => key,
        });
        let mut records: Vec<RecordKey> = conditions.chain(written).cloned().collect();
        records.sort_unstable_by(|a, b| (a.kind.as_str(), &a.id).cmp(&(b.kind.as_str(), &b.id)));
        records.dedup();
        let mut counters: Vec<CounterKey> =
            batch.counts.iter().map(|count| (count.family.to_owned(), count.key.clone())).collect();
        counters.sort_unstable();
        counters.dedup();
        let put = |key: &RecordKey| {
            batch.writes.iter().any(|write| matches!(write, Write::Put { key: put, .. } if put == key))
        };
        let kept_absent = batch.conditions.iter().filter_map(|condition| match condition {
            Condition::Absent(key) if !put(key) => Some(key.clone()),
            _ => None,
        });
        let kept_absent = kept_absent.collect();
        Named { records, counters, kept_absent }
    }
}

/// The rows of one batch.
pub(super) struct LockedRows {
    pub records: BTreeMap<RecordKey, Option<Record>>,
    pub counters: BTreeMap<CounterKey, Option<Entries>>,
    pub counts: Counts,
    pub version: u64,
    /// The numbers that its audit entries get.
    pub sequences: Vec<u64>,
    written: BTreeMap<RecordKey, Option<Record>>,
    counted: BTreeMap<CounterKey, Option<Counter>>,
    entry: Vec<AuditEntry>,
}

impl LockedRows {
    pub fn new(counts: Counts) -> Self {
        LockedRows {
            records: BTreeMap::new(),
            counters: BTreeMap::new(),
            counts,
            version: 0,
            sequences: Vec::new(),
            written: BTreeMap::new(),
            counted: BTreeMap::new(),
            entry: Vec::new(),
        }
    }

    /// Puts what is reported at the end of a chain, and gives what is to be written of it.
    pub fn link(&mut self, chain: &mut Chain, sealer: &ChainSealer, time: Micros) -> Result<Vec<Change>, StoreError> {
        let entry = std::mem::take(&mut self.entry).into_iter().zip(&self.sequences);
        entry.map(|(record, sequence)| chain.link(sealer, Some(*sequence), record, time).map(Change::Append)).collect()
    }

    /// What is to be written, given what the batch needs to stay absent.
    pub fn changes(self, kept_absent: Vec<RecordKey>) -> Result<Vec<Change>, StoreError> {
        let LockedRows { records, counters, written, counted, .. } = self;
        let there = |key: &RecordKey| records.get(key).is_some_and(Option::is_some);
        let kept_absent = kept_absent.into_iter().filter(|key| !there(key));
        // New rows are waited for, so claims and insertions are in one order.
        let mut of_records: Vec<(RecordKey, Change)> =
            kept_absent.map(|key| (key.clone(), Change::Claim(key))).collect();
        for (key, after) in written {
            of_records.extend(match (there(&key), after) {
                (true, Some(record)) => Some((key.clone(), Change::UpdateRecord(key, record))),
                (false, Some(record)) => Some((key.clone(), Change::InsertRecord(key, record))),
                (true, None) => Some((key.clone(), Change::DeleteRecord(key))),
                (false, None) => None,
            });
        }
        of_records.sort_by(|a, b| a.0.cmp(&b.0));
        let mut changes: Vec<Change> = of_records.into_iter().map(|(_, change)| change).collect();
        for (key, after) in counted {
            let there = counters.get(&key).is_some_and(Option::is_some);
            changes.extend(match (there, after) {
                (true, Some((entries, expires))) => Some(Change::UpdateCounter(key, json(&entries)?, expires)),
                (false, Some((entries, expires))) => Some(Change::InsertCounter(key, json(&entries)?, expires)),
                (true, None) => Some(Change::DeleteCounter(key)),
                (false, None) => None,
            });
        }
        Ok(changes)
    }
}

impl Rows for LockedRows {
    fn record(&mut self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        let found = self.written.get(key).or_else(|| self.records.get(key));
        found.cloned().ok_or_else(|| not_locked(&key.id))
    }

    fn put_record(&mut self, key: &RecordKey, record: Record) -> Result<(), StoreError> {
        self.written.insert(key.clone(), Some(record));
        Ok(())
    }

    fn delete_record(&mut self, key: &RecordKey) -> Result<(), StoreError> {
        self.written.insert(key.clone(), None);
        Ok(())
    }

    fn records(&mut self, kind: Kind) -> Result<u64, StoreError> {
        match kind {
            Kind::Limiter => Ok(u64::try_from(self.counts.limiters).unwrap_or(0)),
            _ => Err(StoreError::Unavailable(format!("records of the kind `{}` are not counted", kind.as_str()))),
        }
    }

    fn counter(&mut self, family: &str, key: &str) -> Result<Option<Entries>, StoreError> {
        let key = (family.to_owned(), key.to_owned());
        if let Some(after) = self.counted.get(&key) {
            return Ok(after.as_ref().map(|(entries, _)| entries.clone()));
        }
        self.counters.get(&key).cloned().ok_or_else(|| not_locked(&key.1))
    }

    fn put_counter(&mut self, family: &str, key: &str, entries: Entries, expires: Millis) -> Result<(), StoreError> {
        self.counted.insert((family.to_owned(), key.to_owned()), Some((entries, expires)));
        Ok(())
    }

    fn delete_counter(&mut self, family: &str, key: &str) -> Result<(), StoreError> {
        self.counted.insert((family.to_owned(), key.to_owned()), None);
        Ok(())
    }

    fn counters(&mut self, family: &str) -> Result<u64, StoreError> {
        Ok(self.counts.counters.get(family).and_then(|number| u64::try_from(*number).ok()).unwrap_or(0))
    }

    fn next_version(&mut self) -> Result<u64, StoreError> {
        Ok(self.version)
    }

    fn append(&mut self, record: AuditEntry, _now: Millis) -> Result<Option<AuditHead>, StoreError> {
        self.entry.push(record);
        Ok(None)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn not_locked(id: &str) -> StoreError {
    StoreError::Unavailable(format!("the row `{id}` was not locked"))
}
