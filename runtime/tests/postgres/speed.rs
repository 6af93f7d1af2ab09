//! How fast batches are, on request: `COUNTERSIGN_SPEED=SECONDS`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_runtime::store::postgres::PostgresStore;
use countersign_runtime::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, RecordKey, Store,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::pg_server::shared;
use crate::times;

/// A change of a record that was read before, with an audit entry, as verifying a code does it.
async fn change(store: &dyn Store, id: &str) {
    let key = RecordKey::new(Kind::Code, id);
    let read = store.get(key.clone(), 0).await.unwrap().record;
    let entry = AuditEntry::new(0, AuditEvent::OtpVerified, AuditOutcome::Success);
    let batch = Batch::at(0).only_if(Condition::unchanged(key.clone(), read.as_ref())).audit(entry);
    let done = store.commit(batch.put(key, json!({"state": "used", "tries": 1}), i64::MAX)).await.unwrap();
    assert!(matches!(done, Committed::Applied(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_and_changing_is_fast_enough() {
    let seconds = times("COUNTERSIGN_SPEED", 0);
    if seconds == 0 {
        return;
    }
    let address = shared().address(&shared().database());
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&address).unwrap());
    for together in [1, 4, 16, 64] {
        let (done, until) = (Arc::new(AtomicU64::new(0)), Instant::now() + Duration::from_secs(seconds as u64));
        let mut tasks = JoinSet::new();
        for task in 0..together {
            let (store, done) = (store.clone(), done.clone());
            tasks.spawn(async move {
                while Instant::now() < until {
                    change(&*store, &format!("{task}")).await;
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        tasks.join_all().await;
        let each = done.load(Ordering::Relaxed) / seconds as u64;
        println!("{together} at once: {each} read-and-change a second");
    }
}
