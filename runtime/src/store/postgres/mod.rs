//! The engine for several adapter processes: one PostgreSQL database, which all of them share.
//!
//! # How it works
//! A batch is one transaction: its rows are locked in the order of their keys, the rules of every engine are applied
//! to them, and what comes of it is written (`commit`). Time is the server's. Serialization failures, deadlocks and
//! lost races for a new row are tried again, a bounded number of times; whatever else goes wrong, the outcome counts
//! as unknown and the call fails.
//!
//! The schema is made by [`migrate`], never by opening. Opening is refused if the schema is missing or of another
//! version, and if the server may lose what it has acknowledged. How to run a server, which roles there are and what
//! was measured is in `docs/postgresql.md`.
//!
//! # What is not exact
//! The caps on counters and limiters are counted every few seconds and kept up with what this process adds; several
//! processes together may go beyond a cap by what they add within that time.
//!
//! Audit entries are numbered when they are written and seen when they are committed, so a record may turn up before
//! one with a smaller number. No batch takes longer than its deadline; whoever follows the records goes back that far.

mod address;
mod chain_slots;
mod commit;
mod engine;
mod hosts;
mod lock;
mod maintenance;
mod prune;
mod reader;
mod rows;
mod schema;
mod session;
mod standbys;
mod statements;
mod tls;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

pub use address::PostgresAddress;
pub use prune::prune_audit;
pub use reader::DatabaseReader;

use self::chain_slots::ChainSlots;
use self::hosts::Hosts;
use self::rows::Numbers;
use self::session::{Connections, Object, Trouble};
use super::apply::{Caps, living};
use super::audit::{Micros, StoredAudit};
use super::batch::{Batch, Committed, Millis, Read, RecordKey};
use super::chain::{AuditHead, ChainSealer, Seal};
use super::time::{Clocked, StoreTime};
use super::writes::Writes;
use super::{Answering, Store, StoreError};

const AUDIT_AFTER: &str = "
    SELECT sequence, record::text, chain, number, key, previous, mac
    FROM countersign.audit WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const SINCE: &str = "SELECT coalesce(max(time), 0) FROM countersign.audit WHERE event = 'audit.head'";
const HEADS: &str = "
    SELECT DISTINCT ON (chain) chain, number, mac FROM countersign.audit WHERE time > $1 ORDER BY chain, number DESC";

/// For so long before a head a batch may have been under way, in microseconds.
const UNDER_WAY: Micros = 10_000_000;
const TIME: &str = "SELECT value FROM countersign.meta WHERE name = 'time'";
const READY: &str = "SELECT NOT pg_catalog.pg_is_in_recovery() AND EXISTS (SELECT FROM countersign.migration)";

/// What may be chosen beside the database.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The limits on what may grow.
    pub caps: Caps,
    /// How many connections are kept at most.
    pub connections: usize,
    /// Whose clock counts.
    pub clocked: Clocked,
    /// Who seals audit entries; by default with the key that every copy of countersign has, which is for tests.
    pub sealer: ChainSealer,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        PostgresOptions {
            caps: Caps::default(),
            connections: 16,
            clocked: Clocked::Own,
            sealer: ChainSealer::default(),
        }
    }
}

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    inner: Arc<Inner>,
    /// Work goes on here even if its caller has gone, so no transaction is left in the middle. Taken away at the end.
    runtime: Option<Runtime>,
}

struct Inner {
    caps: Caps,
    connections: Connections,
    sealer: ChainSealer,
    slots: ChainSlots,
    numbers: Numbers,
    standbys: standbys::Standbys,
    time: StoreTime,
    writes: Writes,
}

/// Brings a database's schema to the version that this program needs. Gives the version, and how many migrations were
/// run. Blocks.
///
/// # Errors
/// The database does not answer, refuses, or has a newer schema; nothing was changed then.
pub fn migrate(address: &PostgresAddress) -> Result<(usize, usize), StoreError> {
    let runtime = threads(1)?;
    let done = wait(&runtime, schema::migrate(address));
    runtime.shutdown_background();
    done
}

impl PostgresStore {
    /// Opens a database whose schema is there. Blocks.
    ///
    /// # Errors
    /// It does not answer, has another schema, or may lose what it has acknowledged.
    pub fn open(address: &PostgresAddress) -> Result<Self, StoreError> {
        PostgresStore::open_with(address, PostgresOptions::default())
    }

    /// Opens a database with options of its own.
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub fn open_with(address: &PostgresAddress, options: PostgresOptions) -> Result<Self, StoreError> {
        let runtime = threads(2)?;
        match wait(&runtime, opened(address, options)) {
            Ok(inner) => {
                let inner = Arc::new(inner);
                runtime.spawn(maintenance::run(inner.clone()));
                Ok(PostgresStore { inner, runtime: Some(runtime) })
            }
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    fn ask<T, Fut>(&self, ask: impl FnOnce(Arc<Inner>) -> Fut) -> Answering<'_, T>
    where
        T: Send + 'static,
        Fut: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let asked = self.runtime.as_ref().map(|runtime| runtime.spawn(ask(self.inner.clone())));
        Box::pin(async move {
            match asked {
                Some(asked) => asked.await.map_err(|error| StoreError::Unavailable(error.to_string()))?,
                None => Err(StoreError::Unavailable("the store is closed".into())),
            }
        })
    }
}

impl Store for PostgresStore {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        self.ask(move |inner| async move {
            inner.clone().connections.with(move |connection| Box::pin(get(inner, connection, key, now))).await
        })
    }

    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        self.ask(move |inner| async move {
            let work = inner.clone();
            let done = inner
                .connections
                .with(move |connection| Box::pin(async move { commit::commit(&work, connection, &batch).await }))
                .await;
            match &done {
                Ok(Some(Committed::Applied(_))) => inner.writes.succeeded(),
                Err(error) => inner.writes.failed(error),
                Ok(_) => {}
            }
            done?.ok_or_else(|| StoreError::Unavailable("others were always faster".into()))
        })
    }

    fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>> {
        let (after, most) = (i64::try_from(sequence).unwrap_or(i64::MAX), i64::try_from(most).unwrap_or(i64::MAX));
        self.ask(move |inner| async move {
            inner.connections.with(move |connection| Box::pin(audit_after(connection, after, most))).await
        })
    }

    fn audit_heads(&self) -> Answering<'_, Vec<AuditHead>> {
        self.ask(|inner| async move {
            let work = inner.clone();
            work.connections.with(move |connection| Box::pin(audit_heads(inner, connection))).await
        })
    }

    fn purge(&self, now: Millis) -> Answering<'_, usize> {
        self.ask(move |inner| async move {
            // Reading the time needs a statement anyway, so a record that nobody has is read.
            let read = RecordKey::new(super::Kind::Code, "");
            let work = inner.clone();
            let now = inner.connections.with(move |connection| Box::pin(get(work, connection, read, now))).await?.now;
            maintenance::purge(&inner, now).await
        })
    }

    fn is_replicated(&self) -> Option<bool> {
        self.inner.standbys.are_named()
    }

    fn ready(&self) -> Answering<'_, ()> {
        self.ask(|inner| async move {
            inner.writes.check()?;
            let ready: bool = inner
                .connections
                .with(|connection| Box::pin(async move { Ok(connection.query_one(READY, &[]).await?.try_get(0)?) }))
                .await?;
            if ready { Ok(()) } else { Err(StoreError::Unavailable("the database cannot be written to".into())) }
        })
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A store may be dropped where nobody may wait; whoever was answered has nothing left to wait for.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

async fn opened(address: &PostgresAddress, options: PostgresOptions) -> Result<Inner, StoreError> {
    let hosts = Hosts::of(address)?;
    let client = session::open_one(&hosts).await?;
    schema::check(&client, address).await?;
    session::warn_of_lag(&client).await;
    let row = client.query_one(TIME, &[]).await.map_err(|error| StoreError::Unusable(session::message_of(&error)))?;
    let noted: Millis = row.try_get(0).map_err(|error| StoreError::Unusable(session::message_of(&error)))?;
    let inner = Inner {
        standbys: Default::default(),
        caps: options.caps,
        connections: Connections::new(hosts, options.connections)?,
        sealer: options.sealer,
        slots: ChainSlots::new(),
        numbers: Numbers::default(),
        time: StoreTime::from(options.clocked, noted),
        writes: Writes::to("the database"),
    };
    maintenance::count(&inner).await?;
    Ok(inner)
}

async fn get(inner: Arc<Inner>, connection: &Object, key: RecordKey, now: Millis) -> Result<Read, Trouble> {
    // The database has no such text, so it has no such record; but the time is asked for.
    let id = if key.id.contains('\0') { "" } else { key.id.as_str() };
    let found = statements::find(connection).await?;
    let row = connection.query_one(&found, &[&key.kind.as_str(), &id]).await?;
    let now = inner.time.now(row.try_get(0)?, now);
    let is_there = row.try_get::<_, Option<i64>>(1)?.is_some();
    let record = if is_there { Some(lock::record(&row, 1)?) } else { None };
    Ok(Read { record: living(record, now), now })
}

async fn audit_after(connection: &Object, after: i64, most: i64) -> Result<Vec<StoredAudit>, Trouble> {
    let statement = connection.prepare_cached(AUDIT_AFTER).await?;
    let rows = connection.query(&statement, &[&after, &most]).await?;
    let stored = rows.iter().map(|row| {
        let sequence = row.try_get::<_, i64>(0)?;
        let seal = Seal {
            chain: row.try_get(2)?,
            number: u64::try_from(row.try_get::<_, i64>(3)?).unwrap_or(0),
            key: row.try_get(4)?,
            previous: row.try_get(5)?,
            mac: row.try_get(6)?,
        };
        Ok(StoredAudit { sequence: u64::try_from(sequence).unwrap_or(0), record: lock::json(row, 1)?, seal })
    });
    stored.collect()
}

/// What the database has, and what this process knows to be there, whichever goes further.
async fn audit_heads(inner: Arc<Inner>, connection: &Object) -> Result<Vec<AuditHead>, Trouble> {
    let since: Micros = connection.query_one(SINCE, &[]).await?.try_get(0)?;
    let since = since.saturating_sub(UNDER_WAY);
    let mut heads: BTreeMap<String, AuditHead> = BTreeMap::new();
    for row in connection.query(HEADS, &[&since]).await? {
        let number = u64::try_from(row.try_get::<_, i64>(1)?).unwrap_or(0);
        let head = AuditHead { chain: row.try_get(0)?, number, mac: row.try_get(2)? };
        heads.insert(head.chain.clone(), head);
    }
    for own in inner.slots.heads_since(since) {
        if heads.get(&own.chain).is_none_or(|found| found.number < own.number) {
            tracing::error!(head = %own, "the database has lost audit entries that it had acknowledged");
            heads.insert(own.chain.clone(), own);
        }
    }
    Ok(heads.into_values().collect())
}

fn threads(number: usize) -> Result<Runtime, StoreError> {
    let threads = Builder::new_multi_thread().worker_threads(number).thread_name("store-postgres").enable_all().build();
    threads.map_err(|error| StoreError::Unusable(format!("no threads for the store: {error}")))
}

/// Waits from wherever the caller is, also from a thread of a runtime.
fn wait<T: Send>(runtime: &Runtime, work: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
    let ended = std::thread::scope(|scope| scope.spawn(|| runtime.block_on(work)).join());
    ended.unwrap_or_else(|_| Err(StoreError::Unusable("opening the store failed in an unforeseen way".into())))
}
