//! Reading a file that another process may have open, or a copy: as it was at one moment, without the lock.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::open::{self, damaged_or};
use crate::store::StoreError;
use crate::store::chain::{AuditRow, Seal};
use crate::store::verify::AuditSource;

/// A file as it was when reading began.
pub struct FileReader {
    path: PathBuf,
    connection: Connection,
}

impl FileReader {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// It is not there, damaged, or not one of ours.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = open::outsider(path)?;
        // One transaction sees one state, whatever is written meanwhile.
        connection.execute_batch("BEGIN").map_err(|error| damaged_or(path, &error))?;
        Ok(FileReader { path: path.to_owned(), connection })
    }

    fn checked<T>(&self, done: rusqlite::Result<T>) -> Result<T, StoreError> {
        done.map_err(|error| damaged_or(&self.path, &error))
    }
}

impl AuditSource for FileReader {
    fn page(&mut self, after: Option<u64>, most: usize) -> Result<Vec<AuditRow>, StoreError> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare_cached(
                "SELECT sequence, time, event, chain, number, key, previous, mac, record FROM audit
                 WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            // No sequence number of ours is the least there is.
            let rows = statement.query_map(params![after.map_or(i64::MIN, u64::cast_signed), most], row)?;
            rows.collect()
        };
        self.checked(read(&self.connection))
    }

    fn mac(&mut self, chain: &str, number: u64) -> Result<Option<String>, StoreError> {
        let read = |connection: &Connection| {
            let mut statement = connection
                .prepare_cached("SELECT mac FROM audit WHERE sequence = ?1 AND number = ?1 AND chain = ?2")?;
            statement.query_row(params![number.cast_signed(), chain], |row| row.get(0)).optional()
        };
        self.checked(read(&self.connection))
    }

    /// The number of the latest version of any key. A file from before there were chains has older records elsewhere, so
    /// nothing follows from its number.
    fn changes(&mut self) -> Result<Option<u64>, StoreError> {
        let read = |connection: &Connection| {
            let older = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit_unchained'";
            if connection.query_row(older, [], |_| Ok(())).optional()?.is_some() {
                return Ok(None);
            }
            let version = "SELECT value FROM meta WHERE name = 'version'";
            connection.query_row(version, [], |row| row.get::<_, i64>(0)).optional()
        };
        Ok(self.checked(read(&self.connection))?.map(i64::cast_unsigned))
    }
}

/// Numbers are taken as they are, also those that we never write: the MAC shows them.
fn row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    let number = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let seal =
        Seal { chain: row.get(3)?, number: number(4)?, key: row.get(5)?, previous: row.get(6)?, mac: row.get(7)? };
    Ok(AuditRow { sequence: number(0)?, time: row.get(1)?, event: row.get(2)?, text: row.get(8)?, seal })
}
