//! A batch in one transaction: what it names is locked in the order of keys, `apply` decides, and what it decided is
//! written and committed. Two round trips: each is sent as a whole before its first answer is awaited.
//!
//! A row that is there is locked by `FOR UPDATE`. One that is not there cannot be; it is inserted, never upserted, so
//! whoever comes second waits, fails on the key and begins anew. That makes a batch serial with all others that name
//! the same rows, in the isolation `READ COMMITTED` and every stricter one.

use futures_util::future::{join, join_all};

use super::Inner;
use super::chain_slots::ChainSlot;
use super::lock::{lock, lock_counters, odd, without_room};
use super::rows::{Change, Named};
use super::session::{Object, Trouble, may_be_retried};
use super::statements::Statements;
use crate::store::apply::apply;
use crate::store::batch::{Applied, Batch, Committed, Record, RecordKey};
use crate::store::chain::{AuditRow, Seal};

/// How often a batch begins anew because others were faster.
const MAX_ATTEMPTS: u32 = 12;

/// How many statements are sent together. More would not be sent in their order.
pub(super) const TOGETHER: usize = 16;

/// How one attempt ended.
enum CommitAttempt {
    Done(Committed),
    Again,
}

/// Applies a batch, anew as often as others get in its way. Nothing if they always do.
pub(super) async fn commit(inner: &Inner, connection: &Object, batch: &Batch) -> Result<Option<Committed>, Trouble> {
    let statements = Statements::of(connection).await?;
    for number in 0..MAX_ATTEMPTS {
        match attempt(inner, connection, &statements, batch).await? {
            CommitAttempt::Done(committed) => return Ok(Some(committed)),
            CommitAttempt::Again => backoff(number).await,
        }
    }
    Ok(None)
}

/// One attempt, with a chain slot for itself. A slot is not given back where nobody knows whether its transaction was
/// committed: nothing is put behind an end that is not known. It is taken before anything is asked, so that the numbers
/// of its records grow along it.
async fn attempt(
    inner: &Inner,
    connection: &Object,
    statements: &Statements,
    batch: &Batch,
) -> Result<CommitAttempt, Trouble> {
    if batch.audit.is_empty() {
        return attempt_with(inner, connection, statements, batch, None).await;
    }
    let mut slot = inner.slots.take();
    let ended = attempt_with(inner, connection, statements, batch, Some(&mut slot)).await?;
    inner.slots.give_back(slot, matches!(ended, CommitAttempt::Done(Committed::Applied(_))));
    Ok(ended)
}

async fn attempt_with(
    inner: &Inner,
    connection: &Object,
    statements: &Statements,
    batch: &Batch,
    slot: Option<&mut ChainSlot>,
) -> Result<CommitAttempt, Trouble> {
    let named = Named::by(batch);
    let locked = lock(inner, connection, statements, &named, batch.audit.len()).await;
    let Some((mut rows, server)) = or_again(connection, locked).await? else {
        return Ok(CommitAttempt::Again);
    };
    let shared = without_room(inner, batch, &rows);
    if or_again(connection, lock_counters(connection, statements, &shared, &mut rows).await).await?.is_none() {
        return Ok(CommitAttempt::Again);
    }
    let now = inner.time.now(server / 1000, batch.now);
    let committed = apply(&mut rows, inner.caps, batch.clone(), now)?;
    let Committed::Applied(applied) = committed else {
        connection.batch_execute("ROLLBACK").await?;
        return Ok(CommitAttempt::Done(committed));
    };
    let (mut entries, mut head) = (Vec::new(), None);
    if let Some(slot) = slot {
        let time = if server / 1000 == now { server } else { now.saturating_mul(1000) };
        entries = rows.link(&mut slot.next, &inner.sealer, time)?;
        head = slot.next.head();
    }
    let mut changes = rows.changes(named.kept_absent)?;
    changes.extend(entries);
    if or_again(connection, write(connection, statements, &changes).await).await?.is_none() {
        return Ok(CommitAttempt::Again);
    }
    inner.numbers.follow(&changes);
    Ok(CommitAttempt::Done(Committed::Applied(Applied { head, ..applied })))
}

/// Nothing if the transaction was rolled back because of others. Whether a commit that ended otherwise than well or so
/// was done is not known, and it is not ended again.
async fn or_again<T>(connection: &Object, done: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Trouble::Database(error)) if may_be_retried(&error) => {
            connection.batch_execute("ROLLBACK").await?;
            Ok(None)
        }
        Err(trouble) => Err(trouble),
    }
}

/// Writes and commits. The commit is sent with the last of the changes: if one of them fails, it rolls back.
async fn write(connection: &Object, statements: &Statements, changes: &[Change]) -> Result<(), Trouble> {
    let claims = changes.iter().filter_map(|change| match change {
        Change::Claim(key) => Some(Change::DeleteRecord(key.clone())),
        _ => None,
    });
    let claims: Vec<Change> = claims.collect();
    let changes: Vec<&Change> = changes.iter().chain(&claims).collect();
    let mut chunks = changes.chunks(TOGETHER).peekable();
    while let Some(chunk) = chunks.next() {
        let written = join_all(chunk.iter().map(|change| run(connection, statements, change)));
        if chunks.peek().is_some() {
            written.await.into_iter().collect::<Result<Vec<_>, _>>()?;
        } else {
            let (written, committed) = join(written, connection.batch_execute("COMMIT")).await;
            written.into_iter().collect::<Result<Vec<_>, _>>()?;
            committed?;
            return Ok(());
        }
    }
    Ok(connection.batch_execute("COMMIT").await?)
}

async fn run(connection: &Object, statements: &Statements, change: &Change) -> Result<(), Trouble> {
    let on = statements;
    let rows = match change {
        Change::InsertRecord(key, record) => put(connection, &on.insert_record, key, record).await?,
        Change::UpdateRecord(key, record) => put(connection, &on.update_record, key, record).await?,
        Change::DeleteRecord(key) => connection.execute(&on.delete_record, &[&key.kind.as_str(), &key.id]).await?,
        Change::InsertCounter((family, key), entries, expires) => {
            connection.execute(&on.insert_counter, &[family, key, entries, expires]).await?
        }
        Change::UpdateCounter((family, key), entries, expires) => {
            connection.execute(&on.update_counter, &[family, key, entries, expires]).await?
        }
        Change::DeleteCounter((family, key)) => connection.execute(&on.delete_counter, &[family, key]).await?,
        Change::Claim(key) => connection.execute(&on.claim, &[&key.kind.as_str(), &key.id]).await?,
        Change::Append(sealed) => append(connection, &on.append, sealed).await?,
    };
    if rows == 1 { Ok(()) } else { Err(odd("a locked row was gone").into()) }
}

async fn append(connection: &Object, statement: &tokio_postgres::Statement, sealed: &AuditRow) -> Result<u64, Trouble> {
    let AuditRow { sequence, time, event, text, seal } = sealed;
    let number = |number: u64| i64::try_from(number).map_err(|_| odd("a number beyond all numbers"));
    let (sequence, place) = (number(*sequence)?, number(seal.number)?);
    let Seal { chain, key, previous, mac, .. } = seal;
    Ok(connection.execute(statement, &[&sequence, time, event, chain, &place, key, previous, mac, text]).await?)
}

async fn put(
    connection: &Object,
    statement: &tokio_postgres::Statement,
    key: &RecordKey,
    record: &Record,
) -> Result<u64, Trouble> {
    let version = i64::try_from(record.version).map_err(|_| odd("a version beyond all numbers"))?;
    let value = record.value.as_str();
    Ok(connection.execute(statement, &[&key.kind.as_str(), &key.id, &version, &record.expires, &value]).await?)
}

/// Waits a little, longer with every attempt and never for the same time, so that those who compete part.
async fn backoff(number: u32) {
    use rand::RngExt;
    let most = 200_u64 << number.min(8);
    let micros = rand::rng().random_range(0..=most);
    tokio::time::sleep(std::time::Duration::from_micros(micros)).await;
}
