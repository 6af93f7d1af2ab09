//! Every statement that runs while requests are served, prepared once for each connection.

use tokio_postgres::{Error, Statement};

use super::session::Object;

const LOCK_RECORD: &str =
    "SELECT version, expires, value::text FROM countersign.record WHERE kind = $1 AND id = $2 FOR UPDATE";
const LOCK_COUNTER: &str = "SELECT entries::text FROM countersign.counter WHERE family = $1 AND key = $2 FOR UPDATE";
const STAMP: &str = "
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, nextval('countersign.version'),
        ARRAY(SELECT nextval('countersign.audit_sequence') FROM generate_series(1, $1::bigint))";
const INSERT_RECORD: &str = "
    INSERT INTO countersign.record (kind, id, version, expires, value) VALUES ($1, $2, $3, $4, $5::text::json)";
const UPDATE_RECORD: &str = "
    UPDATE countersign.record SET version = $3, expires = $4, value = $5::text::json WHERE kind = $1 AND id = $2";
const DELETE_RECORD: &str = "DELETE FROM countersign.record WHERE kind = $1 AND id = $2";
const INSERT_COUNTER: &str = "
    INSERT INTO countersign.counter (family, key, entries, expires) VALUES ($1, $2, $3::text::json, $4)";
const UPDATE_COUNTER: &str = "
    UPDATE countersign.counter SET entries = $3::text::json, expires = $4 WHERE family = $1 AND key = $2";
const DELETE_COUNTER: &str = "DELETE FROM countersign.counter WHERE family = $1 AND key = $2";
const CLAIM: &str = "
    INSERT INTO countersign.record (kind, id, version, expires, value) VALUES ($1, $2, 0, -1, 'null')";
const APPEND: &str = "
    INSERT INTO countersign.audit (sequence, time, event, chain, number, key, previous, mac, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::json)";
const FIND: &str = "
    SELECT clock.now, record.version, record.expires, record.value::text
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock
    LEFT JOIN countersign.record ON record.kind = $1 AND record.id = $2";

/// What a batch needs.
pub(super) struct Statements {
    pub lock_record: Statement,
    pub lock_counter: Statement,
    pub stamp: Statement,
    pub insert_record: Statement,
    pub update_record: Statement,
    pub delete_record: Statement,
    pub insert_counter: Statement,
    pub update_counter: Statement,
    pub delete_counter: Statement,
    pub claim: Statement,
    pub append: Statement,
}

impl Statements {
    pub async fn of(connection: &Object) -> Result<Self, Error> {
        Ok(Statements {
            lock_record: connection.prepare_cached(LOCK_RECORD).await?,
            lock_counter: connection.prepare_cached(LOCK_COUNTER).await?,
            stamp: connection.prepare_cached(STAMP).await?,
            insert_record: connection.prepare_cached(INSERT_RECORD).await?,
            update_record: connection.prepare_cached(UPDATE_RECORD).await?,
            delete_record: connection.prepare_cached(DELETE_RECORD).await?,
            insert_counter: connection.prepare_cached(INSERT_COUNTER).await?,
            update_counter: connection.prepare_cached(UPDATE_COUNTER).await?,
            delete_counter: connection.prepare_cached(DELETE_COUNTER).await?,
            claim: connection.prepare_cached(CLAIM).await?,
            append: connection.prepare_cached(APPEND).await?,
        })
    }
}

/// Reads a record and the time.
pub(super) async fn find(connection: &Object) -> Result<Statement, Error> {
    connection.prepare_cached(FIND).await
}
