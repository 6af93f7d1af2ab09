//! The engine that forgets: for tests and `--dev`. It keeps the same promises as the others, but that of surviving.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::apply::{Caps, Rows, apply, living};
use super::audit::{AuditEntry, StoredAudit};
use super::batch::{Batch, Committed, Kind, Millis, Read, Record, RecordKey};
use super::chain::{AuditHead, AuditRow, Chain, ChainSealer, exact};
use super::counter::Entries;
use super::engine::{Engine, Opening};
use super::verify::AuditSource;
use super::{Answering, Store, StoreError};

/// How often expired rows are removed, in milliseconds.
const PURGE_EVERY: Millis = 60_000;

/// How many bytes of audit entries are kept, about; the oldest go first.
const MOST_AUDIT: usize = 4 * 1024 * 1024;

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    caps: Caps,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    sealer: ChainSealer,
    chain: Chain,
    now: Millis,
    purged: Millis,
    version: u64,
    records: HashMap<RecordKey, Record>,
    numbers: HashMap<Kind, u64>,
    counters: HashMap<String, HashMap<String, (Entries, Millis)>>,
    /// Read again when somebody asks.
    audit: VecDeque<AuditRow>,
    audit_bytes: usize,
}

impl Default for State {
    fn default() -> Self {
        State::sealed_by(ChainSealer::default())
    }
}

impl MemoryStore {
    /// An empty store with limits of its own on what may grow.
    pub fn with_caps(caps: Caps) -> Self {
        MemoryStore { caps, state: Mutex::default() }
    }

    /// An empty store whose audit entries are sealed by this chain sealer.
    pub fn sealed_by(sealer: ChainSealer) -> Self {
        MemoryStore { caps: Caps::default(), state: Mutex::new(State::sealed_by(sealer)) }
    }

    /// Nothing panics while the lock is held, and a batch is looked at before it is applied; a poisoned lock is usable.
    fn state(&self, now: Millis) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.now.max(now);
        state
    }
}

impl Store for MemoryStore {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        let state = self.state(now);
        let now = state.now;
        let record = living(state.records.get(&key).cloned(), now);
        Box::pin(std::future::ready(Ok(Read { record, now })))
    }

    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        let mut state = self.state(batch.now);
        let now = state.now;
        if now - state.purged >= PURGE_EVERY {
            state.purge();
        }
        let done = apply(&mut *state, self.caps, batch, now);
        Box::pin(std::future::ready(done))
    }

    fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>> {
        let state = self.state(0);
        let after = state.audit.partition_point(|row| row.sequence <= sequence);
        let found = state.audit.range(after..).take(most).map(stored).collect();
        Box::pin(std::future::ready(found))
    }

    fn audit_heads(&self) -> Answering<'_, Vec<AuditHead>> {
        let heads = Ok(self.state(0).chain.head().into_iter().collect());
        Box::pin(std::future::ready(heads))
    }

    fn purge(&self, now: Millis) -> Answering<'_, usize> {
        let removed = self.state(now).purge();
        Box::pin(std::future::ready(Ok(removed)))
    }

    fn ready(&self) -> Answering<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl State {
    fn sealed_by(sealer: ChainSealer) -> Self {
        State {
            sealer,
            chain: Chain::anew(),
            now: 0,
            purged: 0,
            version: 0,
            records: HashMap::new(),
            numbers: HashMap::new(),
            counters: HashMap::new(),
            audit: VecDeque::new(),
            audit_bytes: 0,
        }
    }

    fn purge(&mut self) -> usize {
        let now = self.now;
        self.purged = now;
        let before = self.size();
        self.records.retain(|_, record| record.expires >= now);
        for family in self.counters.values_mut() {
            family.retain(|_, (_, expires)| *expires > now);
        }
        self.numbers.clear();
        for key in self.records.keys() {
            *self.numbers.entry(key.kind).or_default() += 1;
        }
        before - self.size()
    }

    fn size(&self) -> usize {
        self.records.len() + self.counters.values().map(HashMap::len).sum::<usize>()
    }
}

impl Rows for State {
    fn record(&mut self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        Ok(self.records.get(key).cloned())
    }

    fn put_record(&mut self, key: &RecordKey, record: Record) -> Result<(), StoreError> {
        if self.records.insert(key.clone(), record).is_none() {
            *self.numbers.entry(key.kind).or_default() += 1;
        }
        Ok(())
    }

    fn delete_record(&mut self, key: &RecordKey) -> Result<(), StoreError> {
        if self.records.remove(key).is_some() {
            let number = self.numbers.entry(key.kind).or_default();
            *number = number.saturating_sub(1);
        }
        Ok(())
    }

    fn records(&mut self, kind: Kind) -> Result<u64, StoreError> {
        Ok(self.numbers.get(&kind).copied().unwrap_or(0))
    }

    fn counter(&mut self, family: &str, key: &str) -> Result<Option<Entries>, StoreError> {
        Ok(self.counters.get(family).and_then(|family| family.get(key)).map(|(entries, _)| entries.clone()))
    }

    fn put_counter(&mut self, family: &str, key: &str, entries: Entries, expires: Millis) -> Result<(), StoreError> {
        self.counters.entry(family.to_owned()).or_default().insert(key.to_owned(), (entries, expires));
        Ok(())
    }

    fn delete_counter(&mut self, family: &str, key: &str) -> Result<(), StoreError> {
        if let Some(family) = self.counters.get_mut(family) {
            family.remove(key);
        }
        Ok(())
    }

    fn counters(&mut self, family: &str) -> Result<u64, StoreError> {
        Ok(self.counters.get(family).map_or(0, |family| family.len() as u64))
    }

    fn next_version(&mut self) -> Result<u64, StoreError> {
        self.version += 1;
        Ok(self.version)
    }

    fn append(&mut self, record: AuditEntry, now: Millis) -> Result<Option<AuditHead>, StoreError> {
        let sealed = self.chain.link(&self.sealer, None, record, exact(now))?;
        self.audit_bytes += size(&sealed);
        self.audit.push_back(sealed);
        while self.audit_bytes > MOST_AUDIT {
            let Some(oldest) = self.audit.pop_front() else { break };
            self.audit_bytes -= size(&oldest);
        }
        Ok(self.chain.head())
    }
}

/// What an audit entry takes of memory, about.
fn size(row: &AuditRow) -> usize {
    size_of::<AuditRow>() + row.text.len() + row.event.len() + row.seal.previous.len() + row.seal.mac.len() + 64
}

/// An audit entry, read again from what was sealed.
fn stored(row: &AuditRow) -> Result<StoredAudit, StoreError> {
    let record = serde_json::from_str(&row.text).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(StoredAudit { sequence: row.sequence, record, seal: row.seal.clone() })
}

/// The store in memory as an engine.
pub struct MemoryEngine;

impl Engine for MemoryEngine {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn exists(&self) -> bool {
        false
    }

    fn is_volatile(&self) -> bool {
        true
    }

    fn open(&self, opening: Opening) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(MemoryStore::sealed_by(opening.sealer)))
    }

    fn audit_source(&self) -> Result<Box<dyn AuditSource>, StoreError> {
        Err(StoreError::Unusable("a store in memory can be read by its own process only".into()))
    }
}
