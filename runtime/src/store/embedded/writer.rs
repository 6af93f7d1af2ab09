//! The thread that writes: what waits is applied in one transaction, and answered once that is on the disk.

mod log;
mod purge;

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver as StopReceiver, RecvTimeoutError, Sender as StopSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::EmbeddedOptions;
use super::files::Files;
use super::health::Health;
use super::open::damaged_or;
use super::operator_command;
use super::rows::{self, Numbers, SqliteRows};
use crate::store::StoreError;
use crate::store::apply::{Caps, apply};
use crate::store::batch::{Batch, Committed, Millis};
use crate::store::chain::{Chain, ChainSealer};

/// How many batches share a transaction.
const MOST_TOGETHER: usize = 512;

/// How long a transaction waits for as many batches as the last one had, and how often it looks for them.
const LONGEST_WAIT: Duration = Duration::from_millis(1);
const LOOK_AGAIN: Duration = Duration::from_micros(100);

/// How often the log is moved into the file.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// Keeps the time and the version that a transaction ends with.
const KEEP_TIME: &str =
    "UPDATE meta SET value = CASE name WHEN 'time' THEN ?1 ELSE ?2 END WHERE name IN ('time', 'version')";

pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the writer is asked for.
pub(super) enum Job {
    Commit(Batch, Answer<Committed>),
    Purge(Answer<usize>),
    Ping(Answer<()>),
    /// A small write, to see whether the store can be written to again.
    Probe,
    /// An operator command as it stands in the file.
    OperatorCommand {
        id: String,
        mac: String,
        what: String,
    },
}

/// What becomes of a transaction whose work went well.
enum End<T> {
    /// It is committed.
    Kept(T),
    /// There is nothing in it to be kept.
    Dropped(T),
}

/// Where a store is, and what is known of it.
#[derive(Clone)]
pub(super) struct Place {
    pub path: PathBuf,
    pub files: Files,
    pub health: Health,
}

/// The one who writes.
pub(super) struct Writer {
    path: PathBuf,
    files: Files,
    health: Health,
    connection: Connection,
    caps: Caps,
    seen: Arc<AtomicI64>,
    sealer: ChainSealer,
    keep_audit: Option<Millis>,
    /// The end of what is on the disk.
    chain: Arc<Mutex<Chain>>,
    numbers: Numbers,
    version: u64,
    purged: Millis,
    /// When the log was last to begin anew.
    restarted: Option<Instant>,
    /// When it was last said that a reader kept it from that, if one does.
    held_up: Option<Instant>,
}

impl Writer {
    pub fn new(
        place: Place,
        connection: Connection,
        options: EmbeddedOptions,
        seen: Arc<AtomicI64>,
    ) -> Result<Self, StoreError> {
        let Place { path, files, health } = place;
        let read = || {
            let version =
                connection.query_row("SELECT value FROM meta WHERE name = 'version'", [], |row| row.get(0))?;
            Ok((Numbers::read(&connection)?, version, rows::last_audit(&connection)?))
        };
        let (numbers, version, last) = read().map_err(|error| damaged_or(&path, &error))?;
        let chain = Arc::new(Mutex::new(last.as_ref().map_or_else(Chain::anew, Chain::behind)));
        let EmbeddedOptions { caps, sealer, keep_audit, most_pages, .. } = options;
        if let Some(most) = most_pages {
            connection
                .query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))
                .map_err(|error| damaged_or(&path, &error))?;
        }
        Ok(Writer {
            path,
            files,
            health,
            connection,
            caps,
            seen,
            sealer,
            keep_audit,
            chain,
            numbers,
            version,
            purged: 0,
            restarted: None,
            held_up: None,
        })
    }

    /// The chain as it is on the disk.
    pub fn chain(&self) -> Arc<Mutex<Chain>> {
        self.chain.clone()
    }

    /// Works until nobody can ask any more. `stop` ends the thread of the checkpoints when it is dropped.
    pub fn run(mut self, mut waiting: mpsc::Receiver<Job>, stop: StopSender<()>) {
        let mut came_together = 1;
        while let Some(first) = waiting.blocking_recv() {
            let jobs = gather(first, &mut waiting, came_together);
            came_together = jobs.len();
            self.work(jobs);
            self.purge_sometimes();
            self.restart_long_log();
        }
        drop(stop);
        if self.health.is_lost() || self.files.check().is_err() {
            // Closing would remove the log by its name, which may be another store's by now. The process ends anyway.
            return std::mem::forget(self.connection);
        }
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    fn work(&mut self, jobs: Vec<Job>) {
        let mut commits = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job {
                Job::Commit(batch, answer) => commits.push((batch, answer)),
                Job::Ping(answer) => drop(answer.send(Ok(()))),
                Job::Probe => self.probe(),
                Job::Purge(answer) => drop(answer.send(self.purge_all())),
                Job::OperatorCommand { id, mac, what } => self.run_operator_command(&id, &mac, &what),
            }
        }
        if commits.is_empty() {
            return;
        }
        let (batches, answers): (Vec<_>, Vec<_>) = commits.into_iter().unzip();
        match self.commit_there(batches) {
            Ok(done) => answers.into_iter().zip(done).for_each(|(answer, done)| drop(answer.send(Ok(done)))),
            Err(error) => {
                tracing::error!(%error, "the store could not write");
                answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone()))));
                self.recount();
            }
        }
    }

    /// The same, while the files are those that were opened: whoever is answered finds what was written.
    fn commit_there(&mut self, batches: Vec<Batch>) -> Result<Vec<Committed>, StoreError> {
        let done = self.files.check().and_then(|()| self.commit(batches));
        let done = done.and_then(|done| self.files.check().map(|()| done));
        self.record_health(done.as_ref().map(drop).map_err(Clone::clone));
        done
    }

    fn record_health(&self, written: Result<(), StoreError>) {
        match written {
            Ok(()) => self.health.wrote(),
            Err(error) => self.health.failed(&error),
        }
    }

    /// Writes something small, where the latest write failed.
    fn probe(&mut self) {
        if !self.health.is_failing() {
            return;
        }
        let params = params![self.seen.load(Ordering::Acquire), self.version];
        let written = self.connection.execute(KEEP_TIME, params).map_err(|error| damaged_or(&self.path, &error));
        let written = written.and_then(|_| self.files.check());
        self.record_health(written);
    }

    /// All batches in one transaction. If any of it fails, none of it was done.
    fn commit(&mut self, batches: Vec<Batch>) -> Result<Vec<Committed>, StoreError> {
        let (now, caps) = (self.seen.load(Ordering::Acquire), self.caps);
        self.transact(|rows| {
            let mut done = Vec::with_capacity(batches.len());
            for batch in batches {
                done.push(apply(rows, caps, batch, now)?);
            }
            if !done.iter().any(|committed| matches!(committed, Committed::Applied(_))) {
                return Ok(End::Dropped(done));
            }
            rows.run(KEEP_TIME, params![now, *rows.version])?;
            Ok(End::Kept(done))
        })
    }

    /// Does work in one transaction. The chain goes on only behind what is kept.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut SqliteRows<'_>) -> Result<End<T>, StoreError>,
    ) -> Result<T, StoreError> {
        let store_error = |error: rusqlite::Error| damaged_or(&self.path, &error);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut rows = SqliteRows {
            path: &self.path,
            connection: &transaction,
            numbers: &mut self.numbers,
            version: &mut self.version,
            sealer: &self.sealer,
            chain: &mut chain,
        };
        match work(&mut rows)? {
            End::Kept(done) => {
                transaction.commit().map_err(store_error)?;
                *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
                Ok(done)
            }
            End::Dropped(done) => Ok(done),
        }
    }

    /// After a transaction that was rolled back, what was counted beside it may be wrong. Versions may leave gaps. The
    /// chain goes on behind what the file has.
    fn recount(&mut self) {
        if let Ok(Some(last)) = rows::last_audit(&self.connection) {
            *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = Chain::behind(&last);
        }
        if let Ok(numbers) = Numbers::read(&self.connection) {
            self.numbers = numbers;
        }
    }

    /// Does what a command asks for. If the record is another one by now, nothing is done; the command sees that.
    fn run_operator_command(&mut self, id: &str, mac: &str, what: &str) {
        match operator_command::batch(&self.sealer, id, mac, what) {
            Some(batch) => {
                // Nobody may have asked for anything since the store was told the time.
                self.seen.fetch_max(batch.now, Ordering::AcqRel);
                let done = self.commit_there(vec![batch]);
                self.recount();
                if let Err(error) = done {
                    tracing::error!(%error, "an operator command could not be done");
                    return;
                }
            }
            None => tracing::warn!("an operator command was not sealed with the audit key, and is not done"),
        }
        if let Err(error) = self.connection.execute("DELETE FROM errand WHERE id = ?1", params![id]) {
            tracing::error!(%error, "an operator command could not be taken away");
        }
    }
}

/// The first job and those that share its transaction. Where several came together last time, as many are waited for: a
/// transaction costs the same for one as for many. Who is alone waits for nobody.
fn gather(first: Job, waiting: &mut mpsc::Receiver<Job>, expected: usize) -> Vec<Job> {
    let (began, mut jobs) = (Instant::now(), Vec::with_capacity(expected));
    jobs.push(first);
    loop {
        while jobs.len() < MOST_TOGETHER
            && let Ok(next) = waiting.try_recv()
        {
            jobs.push(next);
        }
        if jobs.len() >= expected || began.elapsed() >= LONGEST_WAIT {
            return jobs;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Moves the log into the file from time to time, apart from the writer, looks whether the files are there, and hands
/// over operator commands.
pub(super) fn maintain(
    place: &Place,
    connection: &Connection,
    stopped: &StopReceiver<()>,
    jobs: &mpsc::WeakSender<Job>,
) {
    while stopped.recv_timeout(CHECKPOINT_EVERY) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = place.files.check() {
            place.health.failed(&error);
        }
        if place.health.is_lost() {
            return;
        }
        if place.health.is_failing()
            && let Some(jobs) = jobs.upgrade()
        {
            // If there is no room, there are other writes to see it by.
            let _ = jobs.try_send(Job::Probe);
        }
        if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            tracing::warn!(%error, "the store's log could not be moved into its file");
        }
        if let Err(error) = operator_command::enqueue_waiting(connection, jobs) {
            tracing::warn!(%error, "errands could not be read");
        }
    }
}
