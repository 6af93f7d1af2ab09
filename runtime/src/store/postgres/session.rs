//! Connections: how they are made, what is set and checked on each of them, and what their errors mean.

use std::pin::Pin;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Pool, PoolError, RecycleError, RecycleResult};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

use super::address::PostgresAddress;
use super::hosts::{CONNECTING, Connected, Hosts, one_value};
use crate::store::StoreError;

/// How long one call may take, with all its attempts; callers give up after five seconds.
const DEADLINE: Duration = Duration::from_secs(4);

/// A connection that belongs to the pool.
pub(super) type Object = deadpool::managed::Object<Hosts>;

/// What our connections need, whatever role, database or server say. Warnings come first: by one of them a connection
/// learns that a commit is not on its standbys. A row that a policy hides is an error, not a row that is not there.
/// Every statement of ours finds its rows by an index; plans that were made while a table was empty must not scan it
/// when it is large.
const SETTINGS: &str = "
    SET client_min_messages = warning;
    SET synchronous_commit = on;
    SET row_security = off;
    SET standard_conforming_strings = on;
    SET default_transaction_isolation = 'read committed';
    SET lock_timeout = '3s';
    SET statement_timeout = '4s';
    SET idle_in_transaction_session_timeout = '10s';
    SET search_path = '';
    SET enable_seqscan = off;
    SET enable_indexscan = on;
    SET enable_bitmapscan = on";

/// What a server must have for an answered write to survive and to be answered only then, asked of every new connection:
/// the setting, its value, and what it should be.
const CHECK: &str = "
    SELECT name, current_setting(name, true), wanted
    FROM unnest(
        ARRAY['fsync', 'full_page_writes', 'synchronous_commit', 'client_min_messages', 'zero_damaged_pages'],
        ARRAY['on', 'on', 'on', 'warning', 'off']) AS needed (name, wanted)";

/// True if a standby may take over without what was acknowledged last.
const LAGS: &str = "
    SELECT pg_catalog.current_setting('synchronous_standby_names') = ''
        AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication)";

/// The server's process that works for a session.
const PROCESS: &str = "SELECT pg_catalog.pg_backend_pid()";

/// What goes wrong in the middle of work.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The database or the way there.
    Database(Error),
    /// What was found makes no sense, or our own side fails.
    Store(StoreError),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Database(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Database(error) => StoreError::Unavailable(message_of(&error)),
            Trouble::Store(error) => error,
        }
    }
}

/// What is done with a connection.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;

/// Connections that are kept.
pub(super) struct Connections(Pool<Hosts>);

impl Manager for Hosts {
    type Type = Connected;
    type Error = StoreError;

    async fn create(&self) -> Result<Connected, StoreError> {
        let client = self.connect().await?;
        prepare(&client).await?;
        // Meanwhile another connection may have found who took over.
        if self.is_of_the_past(client.timeline) {
            return Err(StoreError::Unavailable("the database server was replaced".into()));
        }
        Ok(client)
    }

    async fn recycle(&self, client: &mut Connected, _: &Metrics) -> RecycleResult<StoreError> {
        if client.is_closed() {
            return Err(RecycleError::message("it is closed"));
        }
        if self.is_of_the_past(client.timeline) {
            return Err(RecycleError::message("its server was replaced"));
        }
        Ok(())
    }
}

impl Connections {
    pub fn new(hosts: Hosts, most: usize) -> Result<Self, StoreError> {
        let pool = Pool::builder(hosts).max_size(most).runtime(Runtime::Tokio1);
        let pool = pool.wait_timeout(Some(CONNECTING)).create_timeout(Some(CONNECTING)).build();
        pool.map(Connections).map_err(|error| StoreError::Unusable(error.to_string()))
    }

    /// Works with a connection. One on which anything failed is closed: what is left of its transaction is rolled back
    /// by the server, and its state is of no interest to anybody.
    pub async fn with<T>(&self, work: impl for<'a> FnOnce(&'a Object) -> Work<'a, T>) -> Result<T, StoreError> {
        let connection = self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            other => StoreError::Unavailable(other.to_string()),
        })?;
        match tokio::time::timeout(DEADLINE, work(&connection)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(trouble)) => {
                drop(Object::take(connection));
                Err(trouble.into())
            }
            Err(_) => {
                drop(Object::take(connection));
                Err(StoreError::Unavailable("the database does not answer in time".into()))
            }
        }
    }
}

/// One connection of its own, prepared and checked.
pub(super) async fn open(address: &PostgresAddress) -> Result<Connected, StoreError> {
    open_one(&Hosts::of(address)?).await
}

/// The same, to hosts that are known.
pub(super) async fn open_one(hosts: &Hosts) -> Result<Connected, StoreError> {
    let client = hosts.connect().await?;
    refuse_shared_sessions(&client, &*hosts.connect().await?).await?;
    prepare(&client).await?;
    Ok(client)
}

/// Refuses a pooler that gives a session to whichever process of the server is free, transaction by transaction: what
/// is set and prepared would then be another session's, and ours would have somebody else's.
async fn refuse_shared_sessions(one: &Client, other: &Client) -> Result<(), StoreError> {
    let before = one_value(one, PROCESS).await.map_err(unavailable)?;
    // Whoever is in a transaction has a process for itself in any case, so the first must now get another one.
    let begun = match other.batch_execute("BEGIN").await {
        Ok(()) => one_value(other, PROCESS).await.map_err(unavailable)?,
        // A pooler that parts even transactions refuses them.
        Err(error) if error.as_db_error().is_some() => before.clone(),
        Err(error) => return Err(unavailable(error)),
    };
    let after = one_value(one, PROCESS).await.map_err(unavailable)?;
    if before == after && before != begun {
        return Ok(());
    }
    Err(StoreError::Unusable(
        "a pooler in front of the database does not keep sessions together; set `pool_mode = session` in PgBouncer, or \
         connect to the database itself"
            .into(),
    ))
}

/// Logs a standby that follows asynchronously.
pub(super) async fn warn_of_lag(client: &Client) {
    if one_value(client, LAGS).await.ok().flatten().as_deref() == Some("t") {
        tracing::warn!(
            "the database's log is followed asynchronously: if a standby that does so takes over, acknowledged writes \
             are lost and used codes may be good again; set `synchronous_standby_names`"
        );
    }
}

/// Sets what we need, and refuses a server that may lose what it has acknowledged.
pub(super) async fn prepare(client: &Client) -> Result<(), StoreError> {
    client.batch_execute(SETTINGS).await.map_err(unavailable)?;
    for row in client.query(CHECK, &[]).await.map_err(unavailable)? {
        let name: String = row.try_get(0).map_err(unavailable)?;
        let value: Option<String> = row.try_get(1).map_err(unavailable)?;
        let wanted: String = row.try_get(2).map_err(unavailable)?;
        if value.as_ref() != Some(&wanted) {
            let value = value.as_deref().unwrap_or("unknown");
            return Err(StoreError::Unusable(format!(
                "the database server has `{name}` {value}, so it may lose what it has acknowledged; it must be {wanted}"
            )));
        }
    }
    Ok(())
}

/// True if the transaction was rolled back because of others, so that the same may be tried again.
pub(super) fn may_be_retried(error: &Error) -> bool {
    error.code().is_some_and(|state| {
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION]
            .contains(state)
    })
}

/// An error without the values of rows, which its details may hold.
pub(super) fn message_of(error: &Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

/// An error after which it is not known what became of what was asked.
pub(super) fn unavailable(error: Error) -> StoreError {
    StoreError::Unavailable(message_of(&error))
}
