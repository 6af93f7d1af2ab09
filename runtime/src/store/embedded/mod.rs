//! The engine that keeps its rows in one SQLite file: durable, for one process, readable with SQLite's own tools.
//!
//! # Schema (`user_version` 2)
//! | table | columns |
//! |---|---|
//! | `record` | `kind`, `id`, `version`, `expires` (milliseconds since 1970), `value` (JSON) |
//! | `counter` | `family`, `key` (a MAC), `expires`, `entries` (JSON: `[[time, number], …]`) |
//! | `audit` | `sequence`, `time` (microseconds since 1970), `event`, `chain`, `number`, `key`, `previous`, `mac`, `record` (JSON) |
//! | `operator command` | `id`, `mac`, `what` (JSON): what an operator's command asks the running process for |
//! | `meta` | `name`, `value`: `time` is the latest time seen, `version` the latest version given |
//!
//! No row holds a code, a password, a phone or the text of a message.
//!
//! # How it works
//! One thread writes. It takes what batches are waiting, applies them one after the other in a single transaction,
//! and answers all of them once that is on the disk (WAL, `synchronous=FULL`). Some threads read, each on a connection of its own.
//! Another thread moves the log into the file, so that no commit waits for that, and hands over operator commands.
//!
//! A start reads all pages of the file as far as two seconds go; what is left of a large file is read beside the work, and
//! damage that is found there ends the process as it would have ended the start.
//!
//! A lock file beside the store keeps other processes out, and so does a lock on the file itself, should the lock file be
//! removed. A store that is not whole is never replaced by an empty one: opening it fails, and the error names the file.
//! Before and after each transaction the writer looks whether the files still are those that were opened; nothing is
//! answered as written that went into a file which is gone.
//!
//! The writer begins the log anew where it has grown long, between two transactions, since under load there is always
//! something in it that was not moved yet when the next transaction begins.

mod copy;
mod engine;
mod files;
mod health;
mod open;
mod operator_command;
mod page_check;
mod prune;
mod reader;
mod readers;
mod rows;
mod writer;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{OptionalExtension, params};
use tokio::sync::{mpsc, oneshot};

use super::apply::{Caps, living};
use super::audit::StoredAudit;
use super::batch::{Batch, Committed, Millis, Read, RecordKey};
use super::chain::{AuditHead, Chain, ChainSealer};
use super::time::{Clocked, StoreTime};
use super::{Answering, Store, StoreError};
pub use copy::{Group, Inspected, copy, inspect};
pub use engine::EmbeddedEngine;
use health::Health;
use open::Lock;
pub use operator_command::RunningStore;
use page_check::Checked;
pub use reader::FileReader;
use readers::Readers;
use writer::{Job, Place, Writer};

/// How many batches may wait before further ones are refused.
const MOST_WAITING: usize = 4096;

/// How far the store's time may be ahead of the clock without a warning, in milliseconds.
const MOST_AHEAD: Millis = 60_000;

/// What may be chosen beside the file.
#[derive(Debug, Clone, Default)]
pub struct EmbeddedOptions {
    /// The limits on what may grow.
    pub caps: Caps,
    /// Whose clock counts.
    pub clocked: Clocked,
    /// Who seals audit entries.
    pub sealer: ChainSealer,
    /// How old audit entries get; for ever if there is no age.
    pub keep_audit: Option<Millis>,
    /// How many pages of 4 KiB the file may have; as many as there is room for if nothing is said.
    pub most_pages: Option<u32>,
    /// How long a start reads pages at most before the rest is read beside the work; two seconds if nothing is said.
    pub check_at_start: Option<Duration>,
}

/// A store in a file.
#[derive(Debug)]
pub struct EmbeddedStore {
    health: Health,
    chain: Arc<Mutex<Chain>>,
    clock: StoreTime,
    seen: Arc<AtomicI64>,
    readers: Readers,
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    _lock: Lock,
}

impl EmbeddedStore {
    /// Opens a store, or creates it where there is none, as tests want it: its time is passed in, and audit entries are
    /// sealed with the key that every copy of countersign has.
    ///
    /// # Errors
    /// Another process has it, it is damaged, or the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        EmbeddedStore::open_with_caps(path, Caps::default())
    }

    /// The same with limits of its own on what may grow.
    ///
    /// # Errors
    /// As [`EmbeddedStore::open`].
    pub fn open_with_caps(path: &Path, caps: Caps) -> Result<Self, StoreError> {
        let clocked = Clocked::Caller;
        EmbeddedStore::open_with(path, EmbeddedOptions { caps, clocked, ..EmbeddedOptions::default() })
    }

    /// Opens a store with options of its own.
    ///
    /// # Errors
    /// As [`EmbeddedStore::open`].
    pub fn open_with(path: &Path, options: EmbeddedOptions) -> Result<Self, StoreError> {
        let opened = open::open(path, options.check_at_start)?;
        warn_if_ahead(&opened.path, opened.time);
        let clock = StoreTime::from(options.clocked, opened.time);
        let seen = Arc::new(AtomicI64::new(opened.time));
        let (jobs, waiting) = mpsc::channel(MOST_WAITING);
        let health = Health::of(&opened.path);
        let place = Place { path: opened.path.clone(), files: opened.files.clone(), health: health.clone() };
        let writer = Writer::new(place.clone(), opened.writer, options, seen.clone())?;
        let chain = writer.chain();
        let (stop, stopped) = std::sync::mpsc::channel();
        let operator_commands = jobs.downgrade();
        let path = opened.path.clone();
        let mut threads = Vec::new();
        if opened.pages == Checked::Interrupted {
            let (place, jobs) = (place.clone(), jobs.downgrade());
            threads.push(spawn("store-check", &path, move || page_check::beside_the_work(&place, &jobs))?);
        }
        threads.extend([
            spawn("store-writer", &path, move || writer.run(waiting, stop))?,
            spawn("store-checkpoint", &path, move || {
                writer::maintain(&place, &opened.checkpoint, &stopped, &operator_commands)
            })?,
        ]);
        let readers = Readers::of(&path)?;
        Ok(EmbeddedStore { health, chain, clock, seen, readers, jobs: Some(jobs), threads, _lock: opened.lock })
    }

    fn time(&self, now: Millis) -> Millis {
        let now = self.clock.now(now, now);
        self.seen.fetch_max(now, Ordering::AcqRel).max(now)
    }

    fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> Answering<'_, T> {
        let (answer, answered) = oneshot::channel();
        let sent = match &self.jobs {
            Some(jobs) => jobs.try_send(job(answer)).map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Unavailable("too many batches wait".into()),
                mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable("the writer has stopped".into()),
            }),
            None => Err(StoreError::Unavailable("the store is closed".into())),
        };
        Box::pin(async move {
            sent?;
            answered.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the writer has stopped".into())))
        })
    }
}

impl Store for EmbeddedStore {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        let now = self.time(now);
        self.readers.read(move |connection| {
            let record = rows::find_record(connection, &key)?;
            Ok(Read { record: living(record, now), now })
        })
    }

    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        self.time(batch.now);
        self.ask(|answer| Job::Commit(batch, answer))
    }

    fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>> {
        self.readers.read(move |connection| rows::find_audit(connection, sequence, most))
    }

    fn audit_heads(&self) -> Answering<'_, Vec<AuditHead>> {
        let head = self.chain.lock().unwrap_or_else(PoisonError::into_inner).head();
        Box::pin(std::future::ready(Ok(head.into_iter().collect())))
    }

    fn purge(&self, now: Millis) -> Answering<'_, usize> {
        self.time(now);
        self.ask(Job::Purge)
    }

    fn ready(&self) -> Answering<'_, ()> {
        let writing = self.ask(Job::Ping);
        let reading = self.readers.read(|connection| {
            connection.query_row("SELECT value FROM meta WHERE name = ?1", params!["time"], |_| Ok(())).optional()
        });
        Box::pin(async move {
            self.health.check()?;
            reading.await?;
            writing.await
        })
    }

    fn lost(&self) -> Pin<Box<dyn Future<Output = StoreError> + Send + '_>> {
        Box::pin(self.health.until_lost())
    }
}

impl Drop for EmbeddedStore {
    /// Waits until the writer has done what it was given, so that the lock is free only then.
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The store's time never goes back; if it is ahead of the clock, codes expire too early until the clock is there.
fn warn_if_ahead(path: &Path, seen: Millis) {
    let clock = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    if seen > clock.saturating_add(MOST_AHEAD) {
        let seconds = (seen - clock) / 1000;
        tracing::warn!(path = %path.display(), seconds, "the store has seen a later time than the clock has now");
    }
}

fn spawn(name: &str, path: &Path, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Unusable(format!("{}: no thread for it: {error}", path.display())))
}
