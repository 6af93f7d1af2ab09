//! Whether the pages of a file are whole. A start reads all of them while that is quick. What a large file needs longer for
//! goes on beside the work, table by table, and ends the process where it finds damage, as a start would have.
//!
//! Whoever reads keeps the log from beginning anew, so the check beside the work gives way where the log has grown long,
//! and tries that table again later.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc;

use super::open::{self, beside, damaged, damaged_or};
use super::writer::{Job, Place};
use crate::store::StoreError;

/// How long a start reads pages before it leaves the rest to the check beside the work.
const LONGEST_AT_START: Duration = Duration::from_secs(2);

/// How long the log may get while a table is read beside the work, in bytes.
const LONGEST_LOG: u64 = 256 * 1024 * 1024;

/// How long a table waits that gave way to the log, and how often that may happen to it.
const PAUSE: Duration = Duration::from_secs(60);
const MOST_TRIES: u32 = 10;

/// How often a pause looks whether the store was closed.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// After how many pages, and afterwards steps of a query, the engine asks whether to go on.
const STEPS: i32 = 500;

/// How far a check came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    /// Everything was read, and is whole.
    Whole,
    /// It was interrupted; what was read until then is whole.
    Interrupted,
}

/// Reads all pages.
///
/// # Errors
/// What is damaged.
pub(super) fn whole(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    ask(path, connection, "PRAGMA quick_check(1)").map(drop)
}

/// Reads all pages, as far as that is quick.
///
/// # Errors
/// What is damaged.
pub(super) fn at_start(
    path: &Path,
    connection: &mut Connection,
    longest: Option<Duration>,
) -> Result<Checked, StoreError> {
    let (began, longest) = (Instant::now(), longest.unwrap_or(LONGEST_AT_START));
    interrupt_when(path, connection, move || began.elapsed() > longest)?;
    let checked = ask(path, connection, "PRAGMA quick_check(1)")?;
    connection.progress_handler(0, None::<fn() -> bool>).map_err(|error| damaged_or(path, &error))?;
    Ok(checked)
}

/// Reads a large file beside the work, until all of it was read or the store is closed.
pub(super) fn beside_the_work(place: &Place, jobs: &mpsc::WeakSender<Job>) {
    let began = Instant::now();
    tracing::info!(path = %place.path.display(), "the store is large, so its pages are checked beside the work");
    let work = BesideTheWork { place, jobs };
    match work.check_all() {
        Ok(Checked::Whole) => {
            let seconds = began.elapsed().as_secs();
            tracing::info!(seconds, "the store's pages were checked and are whole");
        }
        Ok(Checked::Interrupted) => {}
        Err(error @ StoreError::Damaged { .. }) => place.health.lost(&error),
        Err(error) => tracing::warn!(%error, "the store's pages could not be checked"),
    }
}

struct BesideTheWork<'a> {
    place: &'a Place,
    jobs: &'a mpsc::WeakSender<Job>,
}

impl BesideTheWork<'_> {
    fn is_closed(&self) -> bool {
        self.jobs.strong_count() == 0
    }

    /// Every table with its indexes, one after the other.
    fn check_all(&self) -> Result<Checked, StoreError> {
        let mut checked = Checked::Whole;
        for table in tables(&self.place.path)? {
            if self.check(&table)? == Checked::Whole {
                continue;
            }
            if self.is_closed() {
                return Ok(Checked::Interrupted);
            }
            tracing::warn!(table, "a table was not checked, since the store is written to so much");
            checked = Checked::Interrupted;
        }
        Ok(checked)
    }

    /// A table, again and again where it gave way to the log.
    fn check(&self, table: &str) -> Result<Checked, StoreError> {
        for _ in 0..MOST_TRIES {
            if self.is_closed() {
                return Ok(Checked::Interrupted);
            }
            if self.check_once(table)? == Checked::Whole {
                return Ok(Checked::Whole);
            }
            self.pause();
        }
        Ok(Checked::Interrupted)
    }

    fn check_once(&self, table: &str) -> Result<Checked, StoreError> {
        let path = &self.place.path;
        let mut connection = open::reader(path)?;
        let (jobs, log) = (self.jobs.clone(), beside(path, "-wal"));
        interrupt_when(path, &mut connection, move || jobs.strong_count() == 0 || is_long(&log))?;
        ask(path, &connection, &format!("PRAGMA quick_check(\"{table}\")"))
    }

    fn pause(&self) {
        let began = Instant::now();
        while began.elapsed() < PAUSE && !self.is_closed() {
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

/// The tables that the file has; one that was upgraded has more than a new one.
fn tables(path: &Path) -> Result<Vec<String>, StoreError> {
    let read = |connection: Connection| -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    read(open::reader(path)?).map_err(|error| damaged_or(path, &error))
}

fn is_long(log: &Path) -> bool {
    fs::metadata(log).is_ok_and(|log| log.len() > LONGEST_LOG)
}

fn interrupt_when(
    path: &Path,
    connection: &mut Connection,
    is_enough: impl FnMut() -> bool + Send + 'static,
) -> Result<(), StoreError> {
    connection.progress_handler(STEPS, Some(is_enough)).map_err(|error| damaged_or(path, &error))
}

/// Asks the engine, which answers `ok` or the first damage.
fn ask(path: &Path, connection: &Connection, pragma: &str) -> Result<Checked, StoreError> {
    match connection.query_row(pragma, [], |row| row.get::<_, String>(0)) {
        Ok(found) if found == "ok" => Ok(Checked::Whole),
        Ok(found) => Err(damaged(path, found)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(Checked::Interrupted),
        Err(error) => Err(damaged(path, error)),
    }
}
