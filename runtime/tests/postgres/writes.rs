//! A database that cannot be written to, and can be again.

use std::time::{Duration, Instant};

use countersign_runtime::store::postgres::PostgresStore;
use countersign_runtime::store::{Batch, Committed, Kind, RecordKey, Store};
use serde_json::json;

use crate::pg_server::shared;

const NOW: i64 = 1_780_000_000_000;

/// Refuses what a full disk would.
const FULL: &str = "
    CREATE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''disk_full''; END';
    CREATE TRIGGER no_room BEFORE INSERT ON countersign.record FOR EACH ROW EXECUTE FUNCTION public.no_room();";
const ROOM: &str = "DROP TRIGGER no_room ON countersign.record";

async fn is_written(store: &dyn Store, id: &str) -> bool {
    let batch = Batch::at(NOW).put(RecordKey::new(Kind::Code, id.to_owned()), json!("a"), 4_000_000_000_000);
    matches!(store.commit(batch).await, Ok(Committed::Applied(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_write_it_is_not_ready_until_the_store_has_written_by_itself() {
    let server = shared();
    let database = server.database();
    let store = PostgresStore::open(&server.address(&database)).unwrap();
    assert!(is_written(&store, "before").await);
    assert_eq!(store.ready().await, Ok(()));
    server.sql(&database, FULL);
    assert_eq!(store.ready().await, Ok(()), "nobody knows it yet");
    assert!(!is_written(&store, "during").await);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let said = store.ready().await.unwrap_err().to_string();
    assert!(said.contains("No space left on device"), "its own tries fail too: {said}");
    let read = store.get(RecordKey::new(Kind::Code, "before".to_owned()), NOW).await.unwrap();
    assert!(read.record.is_some(), "what needs no write goes on");
    server.sql(&database, ROOM);
    let patience = Instant::now();
    while store.ready().await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(20), "it is never ready again, although nobody writes");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.sql(&database, "SELECT count(*) FROM countersign.record WHERE kind = 'probe'").trim(), "0");
    assert!(is_written(&store, "after").await);
}
