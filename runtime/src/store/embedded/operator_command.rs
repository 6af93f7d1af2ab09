//! Operator commands: what an operator's command asks the process for that has the store open. The command puts a row into the
//! file, sealed with the audit key; the process does what it says in a batch like any other, and takes the row away.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::WeakSender;

use super::open::{self, damaged_or};
use super::rows;
use super::writer::Job;
use crate::crypto::mac::{Field, equal, mac_text};
use crate::store::StoreError;
use crate::store::audit::AuditEntry;
use crate::store::batch::{Batch, Condition, Kind, Record, RecordKey};
use crate::store::chain::ChainSealer;

/// How long a command waits for the process, which looks once a second.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often a command looks whether its operator command is done.
const LOOK: Duration = Duration::from_millis(100);

/// The removal of a record that is still as the command read it, and its audit entries.
#[derive(Debug, Serialize, Deserialize)]
struct OperatorCommand {
    kind: String,
    id: String,
    version: u64,
    entry: AuditEntry,
}

/// A store that another process has open, for an operator's command.
pub struct RunningStore {
    path: PathBuf,
    sealer: ChainSealer,
}

impl RunningStore {
    /// The store in this file; operator commands are sealed by this chain sealer, whose key must be the one that the process has.
    pub fn new(path: &Path, sealer: ChainSealer) -> Self {
        RunningStore { path: path.to_owned(), sealer }
    }

    /// Reads a record, expired or not. Blocks.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn find(&self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        let connection = open::outsider(&self.path)?;
        rows::find_record(&connection, key).map_err(|error| damaged_or(&self.path, &error))
    }

    /// Has a record removed if it still has this version, and that recorded. Blocks until it is done; whether the record
    /// is gone is seen by reading it again.
    ///
    /// # Errors
    /// The process does not do it in time; then it will not do it later.
    pub fn remove(&self, key: &RecordKey, version: u64, entry: AuditEntry) -> Result<(), StoreError> {
        let operator_command =
            OperatorCommand { kind: key.kind.as_str().to_owned(), id: key.id.clone(), version, entry };
        let what =
            serde_json::to_string(&operator_command).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let id = uuid::Uuid::new_v4().to_string();
        let mac = seal(&self.sealer, &id, &what);
        let connection = open::connect(&self.path)?;
        let ask = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            connection.execute(sql, values).map_err(|error| damaged_or(&self.path, &error))
        };
        ask("INSERT INTO errand (id, mac, what) VALUES (?1, ?2, ?3)", &[&id, &mac, &what])?;
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            std::thread::sleep(LOOK);
            let waits = connection
                .query_row("SELECT 1 FROM errand WHERE id = ?1", params![id], |_| Ok(()))
                .optional()
                .map_err(|error| damaged_or(&self.path, &error))?;
            if waits.is_none() {
                return Ok(());
            }
        }
        match ask("DELETE FROM errand WHERE id = ?1", &[&id])? {
            // It was done at the last moment.
            0 => Ok(()),
            _ => Err(StoreError::Unavailable("the process that has the store open does not answer".into())),
        }
    }
}

/// What is to be done for an operator command: a batch at the time at which it was given, or nothing if it was not sealed by
/// us.
pub(super) fn batch(sealer: &ChainSealer, id: &str, mac: &str, what: &str) -> Option<Batch> {
    if !equal(seal(sealer, id, what).as_bytes(), mac.as_bytes()) {
        return None;
    }
    let OperatorCommand { kind, id, version, entry } = serde_json::from_str(what).ok()?;
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    let key = RecordKey::new(kind, id);
    Some(Batch::at(entry.time / 1_000).only_if(Condition::Version(key.clone(), version)).delete(key).audit(entry))
}

/// Hands the writer the operator commands that wait.
pub(super) fn enqueue_waiting(connection: &Connection, jobs: &WeakSender<Job>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("SELECT id, mac, what FROM errand LIMIT 16")?;
    let waiting = statement
        .query_map([], |row| Ok(Job::OperatorCommand { id: row.get(0)?, mac: row.get(1)?, what: row.get(2)? }))?;
    for job in waiting {
        let job = job?;
        if let Some(jobs) = jobs.upgrade() {
            // If there is no room, the row waits for the next time.
            let _ = jobs.try_send(job);
        }
    }
    Ok(())
}

fn seal(sealer: &ChainSealer, id: &str, what: &str) -> String {
    mac_text(&sealer.key(), "errand", &[Field::Text(id), Field::Text(what)])
}
