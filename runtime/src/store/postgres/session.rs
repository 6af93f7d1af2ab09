//! Connections: how they are made, what is set and checked on each of them, and what their errors mean.

use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Error, NoTls, Socket};

use super::address::PostgresAddress;
use crate::store::StoreError;

/// How long one call may take, with all its tries; callers give up after five seconds.
const DEADLINE: Duration = Duration::from_secs(4);

/// How long waiting for a connection, or making one, may take.
const CONNECTING: Duration = Duration::from_secs(2);

/// What our connections need, whatever role, database or server say. Every statement of ours finds its rows by an
/// index; plans that were made while a table was empty must not scan it when it is large.
const SETTINGS: &str = "
    SET synchronous_commit = on;
    SET default_transaction_isolation = 'read committed';
    SET lock_timeout = '3s';
    SET statement_timeout = '4s';
    SET idle_in_transaction_session_timeout = '10s';
    SET search_path = '';
    SET enable_seqscan = off";

/// What a server must have for an answered write to survive, asked of every new connection.
const CHECK: &str = "
    SELECT name, current_setting(name, true) FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) AS name
    UNION ALL SELECT 'read-write', CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'off' ELSE 'on' END";

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
            Trouble::Database(error) => StoreError::Unavailable(said(&error)),
            Trouble::Store(error) => error,
        }
    }
}

/// What is done with a connection.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;

/// Connections that are kept.
pub(super) struct Connections(Pool);

impl Connections {
    pub fn new(address: &PostgresAddress, most: usize) -> Result<Self, StoreError> {
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let config = address.config().clone();
        let manager = match address.tls() {
            Some(tls) => Manager::from_config(config, tls.connector()?, manager_config),
            None => Manager::from_config(config, NoTls, manager_config),
        };
        let prepare = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move { prepare(client).await.map_err(|error| HookError::message(error.to_string())) })
        });
        let pool = Pool::builder(manager).max_size(most).runtime(Runtime::Tokio1).post_create(prepare);
        let pool = pool.wait_timeout(Some(CONNECTING)).create_timeout(Some(CONNECTING)).build();
        pool.map(Connections).map_err(|error| StoreError::Unusable(error.to_string()))
    }

    /// Works with a connection. One on which anything failed is closed: what is left of its transaction is rolled back
    /// by the server, and its state is of no interest to anybody.
    pub async fn with<T>(&self, work: impl for<'a> FnOnce(&'a Object) -> Work<'a, T>) -> Result<T, StoreError> {
        let connection = self.0.get().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
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

/// One connection of its own, neither prepared nor checked.
pub(super) async fn connect(address: &PostgresAddress) -> Result<Client, StoreError> {
    match address.tls() {
        Some(tls) => connect_by(address, tls.connector()?).await,
        None => connect_by(address, NoTls).await,
    }
}

async fn connect_by<T>(address: &PostgresAddress, tls: T) -> Result<Client, StoreError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let refused = |error: Error| match error.code() {
        // It is there, but not for us.
        Some(state) if *state == SqlState::INVALID_CATALOG_NAME || state.code().starts_with("28") => {
            StoreError::Unusable(said(&error))
        }
        _ => StoreError::Unavailable(format!("cannot connect to `{}`: {}", address.name(), said(&error))),
    };
    let connecting = tokio::time::timeout(CONNECTING, address.config().connect(tls)).await;
    let late = |_| StoreError::Unavailable(format!("`{}` does not answer in time", address.name()));
    let (client, connection) = connecting.map_err(late)?.map_err(refused)?;
    tokio::spawn(async move {
        // Its errors come back through the client, too.
        let _ = connection.await;
    });
    Ok(client)
}

/// Sets what we need, and refuses a server that may lose what it has acknowledged.
pub(super) async fn prepare(client: &Client) -> Result<(), StoreError> {
    let unavailable = |error: Error| StoreError::Unavailable(said(&error));
    client.batch_execute(SETTINGS).await.map_err(unavailable)?;
    for row in client.query(CHECK, &[]).await.map_err(unavailable)? {
        let name: String = row.try_get(0).map_err(unavailable)?;
        let value: Option<String> = row.try_get(1).map_err(unavailable)?;
        if value.as_deref() != Some("on") {
            let value = value.as_deref().unwrap_or("unknown");
            return Err(StoreError::Unusable(format!(
                "the database server has `{name}` {value}, so it may lose what it has acknowledged; it must be on"
            )));
        }
    }
    Ok(())
}

/// True if the transaction was rolled back because of others, so that the same may be tried again.
pub(super) fn may_be_tried_again(error: &Error) -> bool {
    error.code().is_some_and(|state| {
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION]
            .contains(state)
    })
}

/// An error without the values of rows, which its details may hold.
pub(super) fn said(error: &Error) -> String {
    match error.as_db_error() {
        Some(told) => format!("{} ({})", told.message(), told.code().code()),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
