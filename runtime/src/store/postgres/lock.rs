//! Locking what a batch names, in the order of keys, and reading it.

use futures_util::future::{join, join_all};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::Inner;
use super::commit::TOGETHER;
use super::rows::{CounterKey, LockedRows, Named};
use super::session::{Object, Trouble};
use super::statements::Statements;
use crate::store::StoreError;
use crate::store::audit::Micros;
use crate::store::batch::{Batch, Record, RecordKey};
use crate::store::counter::{Entries, SHARED};
use crate::values::Json;

/// Begins, locks in order, and only then takes version, time, and numbers for the audit entries.
pub(super) async fn lock(
    inner: &Inner,
    connection: &Object,
    statements: &Statements,
    named: &Named,
    entries: usize,
) -> Result<(LockedRows, Micros), Trouble> {
    let mut rows = LockedRows::new(inner.numbers.get());
    let entries = i64::try_from(entries).map_err(|_| odd("more audit entries than there are numbers"))?;
    if named.records.len() + named.counters.len() > TOGETHER {
        connection.batch_execute("BEGIN").await?;
        lock_records(connection, statements, &named.records, &mut rows).await?;
        lock_counters(connection, statements, &named.counters, &mut rows).await?;
        let stamp = connection.query_one(&statements.stamp, &[&entries]).await?;
        return stamped(rows, &stamp);
    }
    let records = join_all(named.records.iter().map(|key| lock_record(connection, statements, key)));
    let counters = join_all(named.counters.iter().map(|key| lock_counter(connection, statements, key)));
    let stamping: [&(dyn ToSql + Sync); 1] = [&entries];
    let stamp = connection.query_one(&statements.stamp, &stamping);
    let begun = connection.batch_execute("BEGIN");
    let (begun, (records, (counters, stamp))) = join(begun, join(records, join(counters, stamp))).await;
    begun?;
    for record in records {
        let (key, record) = record?;
        rows.records.insert(key, record);
    }
    for counter in counters {
        let (key, entries) = counter?;
        rows.counters.insert(key, entries);
    }
    stamped(rows, &stamp?)
}

fn stamped(mut rows: LockedRows, stamp: &Row) -> Result<(LockedRows, Micros), Trouble> {
    rows.version = u64::try_from(stamp.try_get::<_, i64>(1)?).map_err(|_| odd("a negative version"))?;
    let sequences: Vec<i64> = stamp.try_get(2)?;
    rows.sequences = sequences.into_iter().filter_map(|number| u64::try_from(number).ok()).collect();
    Ok((rows, stamp.try_get(0)?))
}

async fn lock_records(
    connection: &Object,
    statements: &Statements,
    keys: &[RecordKey],
    rows: &mut LockedRows,
) -> Result<(), Trouble> {
    for key in keys {
        let (key, record) = lock_record(connection, statements, key).await?;
        rows.records.insert(key, record);
    }
    Ok(())
}

pub(super) async fn lock_counters(
    connection: &Object,
    statements: &Statements,
    keys: &[CounterKey],
    rows: &mut LockedRows,
) -> Result<(), Trouble> {
    for key in keys {
        let (key, entries) = lock_counter(connection, statements, key).await?;
        rows.counters.insert(key, entries);
    }
    Ok(())
}

async fn lock_record(
    connection: &Object,
    statements: &Statements,
    key: &RecordKey,
) -> Result<(RecordKey, Option<Record>), Trouble> {
    let row = connection.query_opt(&statements.lock_record, &[&key.kind.as_str(), &key.id]).await?;
    Ok((key.clone(), row.map(|row| record(&row, 0)).transpose()?))
}

async fn lock_counter(
    connection: &Object,
    statements: &Statements,
    key: &CounterKey,
) -> Result<(CounterKey, Option<Entries>), Trouble> {
    let row = connection.query_opt(&statements.lock_counter, &[&key.0, &key.1]).await?;
    let entries = row.map(|row| -> Result<Entries, Trouble> { json(&row, 0) }).transpose()?;
    Ok((key.clone(), entries))
}

/// The shared counters of those families in which there is no room for one that the batch names.
pub(super) fn without_room(inner: &Inner, batch: &Batch, rows: &LockedRows) -> Vec<CounterKey> {
    let room = |family: &str| {
        let number = rows.counts.counters.get(family).copied().unwrap_or(0);
        u64::try_from(number).unwrap_or(0) < inner.caps.counters
    };
    let is_new = |key: &CounterKey| rows.counters.get(key).is_none_or(Option::is_none);
    let named = batch.counts.iter().map(|count| (count.family.to_owned(), count.key.clone()));
    let mut shared: Vec<CounterKey> = named
        .filter(|key| is_new(key) && !room(&key.0))
        .map(|(family, _)| (family, SHARED.to_owned()))
        .filter(|key| !rows.counters.contains_key(key))
        .collect();
    shared.sort_unstable();
    shared.dedup();
    shared
}

/// A record from its three columns.
pub(super) fn record(row: &Row, first: usize) -> Result<Record, Trouble> {
    let version = u64::try_from(row.try_get::<_, i64>(first)?).map_err(|_| odd("a negative version"))?;
    Ok(Record { version, expires: row.try_get(first + 1)?, value: Json::written(row.try_get::<_, &str>(first + 2)?) })
}

/// A column that holds JSON as text.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> Result<T, Trouble> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| odd("a row holds what was never written").into())
}

pub(super) fn odd(what: &str) -> StoreError {
    StoreError::Unavailable(what.to_owned())
}
