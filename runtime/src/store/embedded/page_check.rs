//! Whether the pages of a file are whole. A start reads all of them while that is quick. What a large file needs longer for
//! goes on beside the work, table by table, and ends the process where it finds damage, as a start would have.
//!
//! Whoever reads keeps the log from beginning anew, so the check beside the work gives way where the log has grown long,
//! and tries that table again later.

use std::fs;
use std::path::{Path, PathBuf};
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

/// The tables, each with its indexes.
const TABLES: [&str; 5] = ["record", "counter", "audit", "errand", "meta"];

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
    let mut checked = Vec::new();
    for table in TABLES {
        match work.check(table) {
            Ok(Checked::Whole) => checked.push(table),
            Ok(Checked::Interrupted) if work.is_closed() => return,
            Ok(Checked::Interrupted) => {
                tracing::warn!(table, "a table was not checked, since the store is written to so much");
            }
            Err(error @ StoreError::Damaged { .. }) => return place.health.lost(&error),
            Err(error) => tracing::warn!(%error, table, "a table could not be checked"),
        }
    }
    let seconds = began.elapsed().as_secs();
    tracing::info!(seconds, tables = checked.join(" "), "the store's pages were checked and are whole");
}

struct BesideTheWork<'a> {
    place: &'a Place,
    jobs: &'a mpsc::WeakSender<Job>,
}

impl BesideTheWork<'_> {
    fn is_closed(&self) -> bool {
        self.jobs.strong_count() == 0
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
        ask(path, &connection, &format!("PRAGMA quick_check({table})"))
    }

    fn pause(&self) {
        let began = Instant::now();
        while began.elapsed() < PAUSE && !self.is_closed() {
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

fn is_long(log: &PathBuf) -> bool {
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
