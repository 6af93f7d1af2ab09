//! The schema: its migrations, who runs them, and what is refused at start.

use tokio_postgres::Client;

use super::address::PostgresAddress;
use super::hosts::Hosts;
use super::session::{Trouble, message_of};
use crate::store::StoreError;

/// What leads from one version of the schema to the next; the first makes version 1.
const MIGRATIONS: &[&str] = &[include_str!("sql/0001_state.sql"), include_str!("sql/0002_audit_chain.sql")];

/// What the runtime's role may do.
const GRANTS: &str = include_str!("sql/grants.sql");

/// Where it is noted which migrations were run. The lock lets one process migrate at a time.
const BEGIN: &str = "
    BEGIN;
    SELECT pg_catalog.pg_advisory_xact_lock(1668507502)";
const BASE: &str = "
    CREATE SCHEMA countersign;
    CREATE TABLE countersign.migration (
        version integer PRIMARY KEY,
        applied timestamp with time zone NOT NULL DEFAULT now()
    )";
const IS_THERE: &str = "SELECT pg_catalog.to_regclass('countersign.migration') IS NOT NULL";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM countersign.migration";

/// Brings the schema to the version that this program needs, in one transaction. Gives the version, and how many
/// migrations were run.
pub(super) async fn migrate(address: &PostgresAddress) -> Result<(usize, usize), StoreError> {
    let client = Hosts::of(address)?.connect().await?;
    // A connection that is dropped in the middle rolls back.
    run(&client).await.map_err(|trouble| match trouble {
        Trouble::Database(error) if error.as_db_error().is_some() => StoreError::Unusable(format!(
            "the schema cannot be migrated, and nothing was changed: {}",
            message_of(&error)
        )),
        other => other.into(),
    })
}

async fn run(client: &Client) -> Result<(usize, usize), Trouble> {
    client.batch_execute(BEGIN).await?;
    if !is_there(client).await? {
        client.batch_execute(BASE).await?;
    }
    let found = version(client).await?;
    refuse_newer(found)?;
    for (number, migration) in (1_i32..).zip(MIGRATIONS).skip(found) {
        client.batch_execute(migration).await?;
        client.execute("INSERT INTO countersign.migration (version) VALUES ($1)", &[&number]).await?;
    }
    client.batch_execute(GRANTS).await?;
    client.batch_execute("COMMIT").await?;
    Ok((MIGRATIONS.len(), MIGRATIONS.len() - found))
}

/// Refuses a database whose schema is not the one that this program reads and writes.
pub(super) async fn check(client: &Client, address: &PostgresAddress) -> Result<(), StoreError> {
    let found = async {
        if !is_there(client).await? {
            return Ok::<_, Trouble>(0);
        }
        version(client).await
    };
    let found = found.await.map_err(|trouble| match trouble {
        Trouble::Database(error) if error.as_db_error().is_some() => {
            StoreError::Unusable(format!("the schema of the store cannot be read: {}", message_of(&error)))
        }
        other => other.into(),
    })?;
    refuse_newer(found)?;
    if found == MIGRATIONS.len() {
        return Ok(());
    }
    let name = address.name();
    Err(StoreError::Unusable(match found {
        0 => format!("the database `{name}` has no schema `countersign`; run this program with `--migrate` first"),
        _ => format!(
            "the schema of the database `{name}` has version {found}, {} is needed; run this program with `--migrate`",
            MIGRATIONS.len()
        ),
    }))
}

async fn is_there(client: &Client) -> Result<bool, Trouble> {
    Ok(client.query_one(IS_THERE, &[]).await?.try_get(0)?)
}

async fn version(client: &Client) -> Result<usize, Trouble> {
    let version: i32 = client.query_one(VERSION, &[]).await?.try_get(0)?;
    usize::try_from(version).map_err(|_| StoreError::Unusable("the schema has a negative version".into()).into())
}

fn refuse_newer(found: usize) -> Result<(), StoreError> {
    if found <= MIGRATIONS.len() {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "the schema has version {found}, this program knows up to {} only; run a newer program",
        MIGRATIONS.len()
    )))
}
