//! A pooler between adapters and the database: one that keeps sessions together does, every other one is refused.

use countersign_runtime::store::StoreError;
use countersign_runtime::store::postgres::PostgresStore;

use crate::pg_server::pooler::Pooler;
use crate::pg_server::shared;

#[test]
fn a_pooler_that_parts_sessions_is_refused_at_the_start() {
    for mode in ["transaction", "statement"] {
        let database = shared().database();
        let Some(pooler) = Pooler::before(shared(), mode) else { return };
        let entry = PostgresStore::open(&pooler.url(&database).parse().unwrap());
        let entry = entry.err().unwrap_or_else(|| panic!("{mode}: it was opened"));
        assert!(matches!(&entry, StoreError::Unusable(why) if why.contains("pool_mode = session")), "{mode}: {entry}");
    }
}

#[test]
fn a_pooler_that_keeps_sessions_together_is_good() {
    let database = shared().database();
    let Some(pooler) = Pooler::before(shared(), "session") else { return };
    let url = pooler.url(&database).parse().unwrap();
    let stores: Vec<PostgresStore> = (0..3).map(|_| PostgresStore::open(&url).unwrap()).collect();
    // What one has left behind in the pooler's connections is no other's.
    drop(stores);
    PostgresStore::open(&url).unwrap();
}
