//! Every process of the server is killed, in the middle of writing; whatever was acknowledged is there afterwards.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign_runtime::store::postgres::PostgresStore;
use countersign_runtime::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Count, Kind, RecordKey, Store, StoreError,
    Window,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::pg_server::Server;
use crate::times;

/// What a writer does: a new record, its change from the version that was answered, a count and two audit entries.
async fn write(store: &dyn Store, id: &str, written: &Mutex<Vec<(String, i64)>>) -> Result<(), StoreError> {
    let key = RecordKey::new(Kind::Code, id);
    let entry = AuditEntry::new(0, AuditEvent::OtpIssued, AuditOutcome::Success);
    let entry = AuditEntry { challenge: Some(id.to_owned()), ..entry };
    let first = Batch::at(0).only_if(Condition::Absent(key.clone())).put(key.clone(), json!(1), i64::MAX);
    let Committed::Applied(applied) = store.commit(first.audit(entry.clone())).await? else { panic!("{id} was there") };
    written.lock().unwrap().push((id.to_owned(), 1));
    let second = Batch::at(0).only_if(Condition::Version(key.clone(), applied.version)).put(key, json!(2), i64::MAX);
    let second = Batch { counts: vec![count(id, 1)], ..second.audit(entry) };
    let Committed::Applied(_) = store.commit(second).await? else { panic!("{id} was changed by somebody") };
    written.lock().unwrap().push((id.to_owned(), 2));
    Ok(())
}

fn count(id: &str, add: i64) -> Count {
    let windows = vec![Window { length: 86_400_000, most: 1_000_000 }];
    Count { family: "kill", key: id.to_owned(), add, grain: 1, windows }
}

async fn write_until_it_fails(store: Arc<dyn Store>, name: String, written: Arc<Mutex<Vec<(String, i64)>>>) {
    for number in 0.. {
        if write(&*store, &format!("{name}-{number}"), &written).await.is_err() {
            return;
        }
    }
}

async fn check(store: &dyn Store, written: &[(String, i64)]) {
    let audit = store.audit_after(0, usize::MAX).await.unwrap();
    let mut entry = std::collections::HashMap::<String, i64>::new();
    for stored in audit {
        *entry.entry(stored.record.challenge.unwrap()).or_default() += 1;
    }
    for (id, least) in written {
        if *least == 2 {
            let batch = Batch { counts: vec![count(id, 0)], ..Batch::at(0) };
            let Committed::Applied(applied) = store.commit(batch).await.unwrap() else { panic!("{id} is over-full") };
            assert_eq!(applied.counts[0].in_windows, [1], "{id} was counted once");
        }
        let record = store.get(RecordKey::new(Kind::Code, id.clone()), 0).await.unwrap().record;
        let found = record.unwrap_or_else(|| panic!("{id} is lost")).value.value().as_i64().unwrap();
        assert!(found >= *least, "{id} was {least}, and is {found}");
        assert_eq!(entry.get(id), Some(&found), "{id}: records and what is told of them go together");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_the_servers_end() {
    let kills = times("COUNTERSIGN_KILLS", 3);
    let mut server = Server::start(&[]);
    let address = server.address(&server.database());
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&address).unwrap());
    let (mut total, mut longest) = (0, Duration::ZERO);
    for round in 0..kills {
        let written = Arc::new(Mutex::new(Vec::new()));
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            writers.spawn(write_until_it_fails(store.clone(), format!("{round}-{writer}"), written.clone()));
        }
        tokio::time::sleep(Duration::from_millis(200 + (round as u64 * 37) % 300)).await;
        server.kill_hard();
        writers.join_all().await;
        assert!(store.ready().await.is_err());
        server.run(&[]);
        // The same store goes on, with new connections.
        let back = Instant::now();
        while store.ready().await.is_err() {
            assert!(back.elapsed() < Duration::from_secs(10), "the store does not come back");
        }
        longest = longest.max(back.elapsed());
        let written = std::mem::take(&mut *written.lock().unwrap());
        check(&*store, &written).await;
        total += written.len();
    }
    assert!(total > kills * 10, "hardly anything was written: {total}");
    println!("{kills} ends of the server, {total} acknowledged commits, none lost; back after {longest:?} at most");
}
