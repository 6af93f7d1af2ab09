//! The thread that writes: what waits is applied in one transaction, and answered once that is on the disk.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver as StopReceiver, RecvTimeoutError, Sender as StopSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::EmbeddedOptions;
use super::open::damaged_or;
use super::rows::{self, Numbers, SqliteRows};
use super::{errand, prune};
use crate::store::StoreError;
use crate::store::apply::{Caps, Rows, apply};
use crate::store::batch::{Batch, Committed, Millis};
use crate::store::chain::{Chain, Notary};

/// How many batches share a transaction.
const MOST_TOGETHER: usize = 512;

/// How often expired rows are removed, in milliseconds.
const PURGE_EVERY: Millis = 60_000;

/// How many expired rows are removed at once, so that nobody waits long for it.
const MOST_PURGED: usize = 2_000;

/// How often the log is moved into the file.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the writer is asked for.
pub(super) enum Job {
    Commit(Batch, Answer<Committed>),
    Purge(Answer<usize>),
    Ping(Answer<()>),
    /// An errand as it stands in the file.
    Errand {
        id: String,
        mac: String,
        what: String,
    },
}

/// The one who writes.
pub(super) struct Writer {
    path: PathBuf,
    connection: Connection,
    caps: Caps,
    seen: Arc<AtomicI64>,
    notary: Notary,
    keep_audit: Option<Millis>,
    /// The end of what is on the disk.
    chain: Arc<Mutex<Chain>>,
    numbers: Numbers,
    version: u64,
    purged: Millis,
}

impl Writer {
    pub fn new(
        path: PathBuf,
        connection: Connection,
        options: EmbeddedOptions,
        seen: Arc<AtomicI64>,
    ) -> Result<Self, StoreError> {
        let read = || {
            let version =
                connection.query_row("SELECT value FROM meta WHERE name = 'version'", [], |row| row.get(0))?;
            Ok((Numbers::read(&connection)?, version, rows::last_audit(&connection)?))
        };
        let (numbers, version, last) = read().map_err(|error| damaged_or(&path, &error))?;
        let chain = Arc::new(Mutex::new(last.as_ref().map_or_else(Chain::anew, Chain::behind)));
        let EmbeddedOptions { caps, notary, keep_audit, most_pages, .. } = options;
        if let Some(most) = most_pages {
            connection
                .query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))
                .map_err(|error| damaged_or(&path, &error))?;
        }
        Ok(Writer { path, connection, caps, seen, notary, keep_audit, chain, numbers, version, purged: 0 })
    }

    /// The chain as it is on the disk.
    pub fn chain(&self) -> Arc<Mutex<Chain>> {
        self.chain.clone()
    }

    /// Works until nobody can ask any more. `stop` tells the thread of the checkpoints when it is dropped.
    pub fn run(mut self, mut waiting: mpsc::Receiver<Job>, stop: StopSender<()>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < MOST_TOGETHER
                && let Ok(next) = waiting.try_recv()
            {
                jobs.push(next);
            }
            self.work(jobs);
            self.purge_sometimes();
        }
        drop(stop);
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    fn work(&mut self, jobs: Vec<Job>) {
        let mut commits = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job {
                Job::Commit(batch, answer) => commits.push((batch, answer)),
                Job::Ping(answer) => drop(answer.send(Ok(()))),
                Job::Purge(answer) => drop(answer.send(self.purge_all())),
                Job::Errand { id, mac, what } => self.do_errand(&id, &mac, &what),
            }
        }
        if commits.is_empty() {
            return;
        }
        let (batches, answers): (Vec<_>, Vec<_>) = commits.into_iter().unzip();
        match self.commit(batches) {
            Ok(done) => answers.into_iter().zip(done).for_each(|(answer, done)| drop(answer.send(Ok(done)))),
            Err(error) => {
                tracing::error!(%error, "the store could not write");
                answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone()))));
                self.recount();
            }
        }
    }

    /// All batches in one transaction. If any of it fails, none of it was done.
    fn commit(&mut self, batches: Vec<Batch>) -> Result<Vec<Committed>, StoreError> {
        let now = self.seen.load(Ordering::Acquire);
        let told = |error: rusqlite::Error| damaged_or(&self.path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(told)?;
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut rows = SqliteRows {
            path: &self.path,
            connection: &transaction,
            numbers: &mut self.numbers,
            version: &mut self.version,
            notary: &self.notary,
            chain: &mut chain,
        };
        let mut done = Vec::with_capacity(batches.len());
        for batch in batches {
            done.push(apply(&mut rows, self.caps, batch, now)?);
        }
        if done.iter().any(|committed| matches!(committed, Committed::Applied(_))) {
            let sql =
                "UPDATE meta SET value = CASE name WHEN 'time' THEN ?1 ELSE ?2 END WHERE name IN ('time', 'version')";
            let keep = |transaction: &Connection, version: u64| {
                transaction.prepare_cached(sql)?.execute(params![now, version])
            };
            keep(&transaction, self.version).map_err(told)?;
            transaction.commit().map_err(told)?;
            *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        }
        Ok(done)
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
    fn do_errand(&mut self, id: &str, mac: &str, what: &str) {
        let now = self.seen.load(Ordering::Acquire);
        match errand::batch(&self.notary, id, mac, what, now) {
            Some(batch) => {
                if let Err(error) = self.commit(vec![batch]) {
                    tracing::error!(%error, "an errand could not be done");
                    self.recount();
                    return;
                }
                self.recount();
            }
            None => tracing::warn!("an errand was not sealed with the audit key, and is not done"),
        }
        if let Err(error) = self.connection.execute("DELETE FROM errand WHERE id = ?1", params![id]) {
            tracing::error!(%error, "an errand could not be taken away");
        }
    }

    /// Removes audit records that are too old, some at a time; tells how many that were.
    fn prune(&mut self, now: Millis) -> Result<usize, StoreError> {
        let Some(keep) = self.keep_audit else { return Ok(0) };
        let told = |error: rusqlite::Error| damaged_or(&self.path, &error);
        let Some(end) = prune::due(&self.connection, keep, now).map_err(told)? else { return Ok(0) };
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(told)?;
        let mut rows = SqliteRows {
            path: &self.path,
            connection: &transaction,
            numbers: &mut self.numbers,
            version: &mut self.version,
            notary: &self.notary,
            chain: &mut chain,
        };
        rows.append(prune::told(&end), now)?;
        let removed = prune::remove(&transaction, &end).map_err(told)?;
        transaction.commit().map_err(told)?;
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        Ok(removed)
    }

    fn purge_sometimes(&mut self) {
        let now = self.seen.load(Ordering::Acquire);
        if now - self.purged >= PURGE_EVERY {
            match self.prune(now).and_then(|_| self.purge_some(now)) {
                Ok(removed) if removed >= MOST_PURGED => {}
                Ok(_) => self.purged = now,
                Err(error) => {
                    self.purged = now;
                    tracing::warn!(%error, "the store could not remove what has expired");
                }
            }
        }
    }

    fn purge_all(&mut self) -> Result<usize, StoreError> {
        let now = self.seen.load(Ordering::Acquire);
        let mut removed = 0;
        loop {
            let some = self.prune(now)? + self.purge_some(now)?;
            removed += some;
            if some < MOST_PURGED {
                self.purged = now;
                return Ok(removed);
            }
        }
    }

    fn purge_some(&mut self, now: Millis) -> Result<usize, StoreError> {
        let purge = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let records = transaction.execute(
                "DELETE FROM record WHERE (kind, id) IN (SELECT kind, id FROM record WHERE expires < ?1 LIMIT ?2)",
                params![now, MOST_PURGED / 2],
            )?;
            let counters = transaction.execute(
                "DELETE FROM counter WHERE (family, key) IN (SELECT family, key FROM counter WHERE expires <= ?1 LIMIT ?2)",
                params![now, MOST_PURGED / 2],
            )?;
            transaction.execute("UPDATE meta SET value = ?1 WHERE name = 'time'", params![now])?;
            transaction.commit()?;
            Ok((records, counters))
        };
        let (records, counters) = purge(&mut self.connection).map_err(|error| damaged_or(&self.path, &error))?;
        if records + counters > 0 {
            self.recount();
        }
        // Half of the room each: a full half means that there may be more.
        Ok(if records.max(counters) >= MOST_PURGED / 2 { MOST_PURGED } else { records + counters })
    }
}

/// Moves the log into the file from time to time, apart from the writer, and hands over errands.
pub(super) fn look_after(connection: &Connection, stopped: &StopReceiver<()>, jobs: &mpsc::WeakSender<Job>) {
    while stopped.recv_timeout(CHECKPOINT_EVERY) == Err(RecvTimeoutError::Timeout) {
        if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            tracing::warn!(%error, "the store's log could not be moved into its file");
        }
        if let Err(error) = errand::hand_over(connection, jobs) {
            tracing::warn!(%error, "errands could not be read");
        }
    }
}
