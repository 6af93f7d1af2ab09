//! Reading the audit entries of a database as they are at one moment, page by page.

use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::address::PostgresAddress;
use super::hosts::Connected;
use super::{schema, session, threads, wait};
use crate::store::StoreError;
use crate::store::chain::{AuditRow, Seal};
use crate::store::verify::AuditSource;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const PAGE: &str = "
    SELECT sequence, time, event, chain, number, key, previous, mac, record::text FROM countersign.audit
    WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const MAC: &str = "SELECT mac FROM countersign.audit WHERE chain = $1 AND number = $2";

/// The records of a database as they were when reading began.
pub struct DatabaseReader {
    client: Connected,
    /// Taken away at the end.
    runtime: Option<Runtime>,
}

impl DatabaseReader {
    /// Connects and takes note of the moment. Blocks.
    ///
    /// # Errors
    /// The database does not answer, or has another schema.
    pub fn open(address: &PostgresAddress) -> Result<Self, StoreError> {
        let runtime = threads(1)?;
        let client = wait(&runtime, async {
            let client = session::open(address).await?;
            schema::check(&client, address).await?;
            client.batch_execute(BEGIN).await.map_err(unavailable)?;
            Ok(client)
        })?;
        Ok(DatabaseReader { client, runtime: Some(runtime) })
    }

    fn query(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        let Some(runtime) = &self.runtime else { return Ok(Vec::new()) };
        wait(runtime, async { self.client.query(sql, values).await.map_err(unavailable) })
    }
}

impl Drop for DatabaseReader {
    fn drop(&mut self) {
        // It may be dropped where nobody may wait, and has nothing left to wait for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl AuditSource for DatabaseReader {
    fn page(&mut self, after: Option<u64>, most: usize) -> Result<Vec<AuditRow>, StoreError> {
        // No sequence number of ours is the least there is.
        let after = after.map_or(i64::MIN, u64::cast_signed);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.query(PAGE, &[&after, &most])?.iter().map(|row| read(row).map_err(unavailable)).collect()
    }

    fn mac(&mut self, chain: &str, number: u64) -> Result<Option<String>, StoreError> {
        let found = self.query(MAC, &[&chain, &number.cast_signed()])?;
        found.first().map(|row| row.try_get(0).map_err(unavailable)).transpose()
    }
}

/// Numbers are taken as they are, also those that we never write: the MAC shows them.
fn read(row: &Row) -> Result<AuditRow, Error> {
    let number = |column: usize| row.try_get::<_, i64>(column).map(i64::cast_unsigned);
    let seal = Seal {
        chain: row.try_get(3)?,
        number: number(4)?,
        key: row.try_get(5)?,
        previous: row.try_get(6)?,
        mac: row.try_get(7)?,
    };
    Ok(AuditRow { sequence: number(0)?, time: row.try_get(1)?, event: row.try_get(2)?, text: row.try_get(8)?, seal })
}

fn unavailable(error: Error) -> StoreError {
    StoreError::Unavailable(session::message_of(&error))
}
