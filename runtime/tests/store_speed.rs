//! How fast batches are on the embedded store, on request: `COUNTERSIGN_SPEED=SECONDS`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, RecordKey, Store,
};
use serde_json::json;
use tokio::task::JoinSet;

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
    let seconds: u64 = std::env::var("COUNTERSIGN_SPEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    if seconds == 0 {
        return;
    }
    let folder = tempfile::TempDir::new().unwrap();
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(&folder.path().join("speed.db")).unwrap());
    for together in [1, 16, 64, 256] {
        let (done, until) = (Arc::new(AtomicU64::new(0)), Instant::now() + Duration::from_secs(seconds));
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
        println!("{together} at once: {} read-and-change a second", done.load(Ordering::Relaxed) / seconds);
    }
}
