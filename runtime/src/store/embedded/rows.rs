//! Single rows of the file, inside the writer's transaction or on a reader's connection.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::open::damaged_or;
use crate::store::StoreError;
use crate::store::apply::Rows;
use crate::store::audit::{AuditEntry, StoredAudit};
use crate::store::batch::{Kind, Millis, Record, RecordKey};
use crate::store::chain::{AuditHead, AuditRow, Chain, ChainSealer, Seal, exact};
use crate::store::counter::Entries;
use crate::values::Json;

/// How many rows there are of what is capped; counted once, then kept up.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    limiters: u64,
    counters: HashMap<String, u64>,
}

impl Numbers {
    pub fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let limiters = connection.query_row(
            "SELECT count(*) FROM record WHERE kind = ?1",
            params![Kind::Limiter.as_str()],
            |row| row.get(0),
        )?;
        let mut statement = connection.prepare_cached("SELECT family, count(*) FROM counter GROUP BY family")?;
        let counters = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(Numbers { limiters, counters })
    }
}

/// The rows of one transaction.
pub(super) struct SqliteRows<'a> {
    pub path: &'a Path,
    pub connection: &'a Connection,
    pub numbers: &'a mut Numbers,
    /// The latest version given; written back when the transaction ends.
    pub version: &'a mut u64,
    pub sealer: &'a ChainSealer,
    /// Given back to the writer only if the transaction was committed.
    pub chain: &'a mut Chain,
}

impl SqliteRows<'_> {
    /// An error of the engine as the store's.
    pub fn checked<T>(&self, done: rusqlite::Result<T>) -> Result<T, StoreError> {
        done.map_err(|error| damaged_or(self.path, &error))
    }

    /// Runs a statement.
    pub fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        self.checked(self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)))
    }
}

impl Rows for SqliteRows<'_> {
    fn record(&mut self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        self.checked(find_record(self.connection, key))
    }

    fn put_record(&mut self, key: &RecordKey, record: Record) -> Result<(), StoreError> {
        if key.kind == Kind::Limiter && self.record(key)?.is_none() {
            self.numbers.limiters += 1;
        }
        self.run(
            "INSERT INTO record (kind, id, version, expires, value) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (kind, id) DO UPDATE SET version = ?3, expires = ?4, value = ?5",
            params![key.kind.as_str(), key.id, record.version, record.expires, record.value.as_str()],
        )?;
        Ok(())
    }

    fn delete_record(&mut self, key: &RecordKey) -> Result<(), StoreError> {
        let gone = self.run("DELETE FROM record WHERE kind = ?1 AND id = ?2", params![key.kind.as_str(), key.id])?;
        if gone > 0 && key.kind == Kind::Limiter {
            self.numbers.limiters = self.numbers.limiters.saturating_sub(1);
        }
        Ok(())
    }

    fn records(&mut self, kind: Kind) -> Result<u64, StoreError> {
        if kind == Kind::Limiter {
            return Ok(self.numbers.limiters);
        }
        let count =
            self.connection
                .query_row("SELECT count(*) FROM record WHERE kind = ?1", params![kind.as_str()], |row| row.get(0));
        self.checked(count)
    }

    fn counter(&mut self, family: &str, key: &str) -> Result<Option<Entries>, StoreError> {
        let find = |connection: &Connection| {
            let mut statement =
                connection.prepare_cached("SELECT entries FROM counter WHERE family = ?1 AND key = ?2")?;
            statement.query_row(params![family, key], |row| json(row, 0)).optional()
        };
        self.checked(find(self.connection))
    }

    fn put_counter(&mut self, family: &str, key: &str, entries: Entries, expires: Millis) -> Result<(), StoreError> {
        if self.counter(family, key)?.is_none() {
            *self.numbers.counters.entry(family.to_owned()).or_default() += 1;
        }
        let entries = serde_json::to_string(&entries).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        self.run(
            "INSERT INTO counter (family, key, expires, entries) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (family, key) DO UPDATE SET expires = ?3, entries = ?4",
            params![family, key, expires, entries],
        )?;
        Ok(())
    }

    fn delete_counter(&mut self, family: &str, key: &str) -> Result<(), StoreError> {
        let gone = self.run("DELETE FROM counter WHERE family = ?1 AND key = ?2", params![family, key])?;
        if gone > 0 {
            let number = self.numbers.counters.entry(family.to_owned()).or_default();
            *number = number.saturating_sub(1);
        }
        Ok(())
    }

    fn counters(&mut self, family: &str) -> Result<u64, StoreError> {
        Ok(self.numbers.counters.get(family).copied().unwrap_or(0))
    }

    fn next_version(&mut self) -> Result<u64, StoreError> {
        *self.version += 1;
        Ok(*self.version)
    }

    fn append(&mut self, record: AuditEntry, now: Millis) -> Result<Option<AuditHead>, StoreError> {
        let AuditRow { sequence, time, event, text, seal } = self.chain.link(self.sealer, None, record, exact(now))?;
        self.run(
            "INSERT INTO audit (sequence, time, event, chain, number, key, previous, mac, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![sequence, time, event, seal.chain, seal.number, seal.key, seal.previous, seal.mac, text],
        )?;
        Ok(self.chain.head())
    }
}

/// The record under this key, expired or not.
pub(super) fn find_record(connection: &Connection, key: &RecordKey) -> rusqlite::Result<Option<Record>> {
    let mut statement =
        connection.prepare_cached("SELECT value, version, expires FROM record WHERE kind = ?1 AND id = ?2")?;
    statement
        .query_row(params![key.kind.as_str(), key.id], |row| {
            Ok(Record { value: Json::written(row.get::<_, String>(0)?), version: row.get(1)?, expires: row.get(2)? })
        })
        .optional()
}

/// Audit entries after a sequence number.
pub(super) fn find_audit(connection: &Connection, after: u64, most: usize) -> rusqlite::Result<Vec<StoredAudit>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {AUDIT} FROM audit WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"))?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found = statement.query_map(params![i64::try_from(after).unwrap_or(i64::MAX), most], audit)?;
    found.collect()
}

/// The last audit entry.
pub(super) fn last_audit(connection: &Connection) -> rusqlite::Result<Option<StoredAudit>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {AUDIT} FROM audit ORDER BY sequence DESC LIMIT 1"))?;
    statement.query_row([], audit).optional()
}

/// What [`audit`] reads.
const AUDIT: &str = "sequence, record, chain, number, key, previous, mac";

fn audit(row: &Row<'_>) -> rusqlite::Result<StoredAudit> {
    let seal =
        Seal { chain: row.get(2)?, number: row.get(3)?, key: row.get(4)?, previous: row.get(5)?, mac: row.get(6)? };
    Ok(StoredAudit { sequence: row.get(0)?, record: json(row, 1)?, seal })
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}
