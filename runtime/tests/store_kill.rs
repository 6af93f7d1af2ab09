//! A process that writes to a store is killed; whatever it had been told was written is there afterwards.
//! `COUNTERSIGN_KILLS` sets how often.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Count, Kind, RecordKey, Store, StoreError, Window,
};

/// Set for the process that is to be killed: the store's path and a number for its records.
const PLACE: &str = "COUNTERSIGN_KILLED_STORE";
const ROUND: &str = "COUNTERSIGN_KILLED_ROUND";

const NOW: i64 = 1_780_000_000_000;

/// Runs only in the process that is to be killed: writes, and tells what it was told is written.
#[test]
fn write_until_killed() {
    let (Ok(place), Ok(round)) = (std::env::var(PLACE), std::env::var(ROUND)) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(std::path::Path::new(&place)).unwrap());
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..8 {
            let (store, round) = (store.clone(), round.clone());
            writers.spawn(async move {
                for number in 0.. {
                    let id = format!("{round}-{writer}-{number}");
                    let entry = AuditEntry::new(NOW, AuditEvent::OtpIssued, AuditOutcome::Success);
                    let entry = AuditEntry { challenge: Some(id.clone()), ..entry };
                    let key = RecordKey::new(Kind::Code, id.clone());
                    let counts = vec![count(&format!("{round}-{writer}"), 1)];
                    let batch = Batch { counts, ..Batch::at(NOW) };
                    let batch = batch.put(key, serde_json::json!(id), NOW + 1_000_000).audit(entry);
                    assert!(matches!(store.commit(batch).await, Ok(Committed::Applied(_))));
                    println!("\nwritten {id}");
                }
            });
        }
        writers.join_all().await;
    });
}

/// What every write of a writer is counted by; of zero, it tells how many there were.
fn count(writer: &str, add: i64) -> Count {
    let windows = vec![Window { length: 86_400_000, most: u64::MAX }];
    Count { family: "kill", key: writer.to_owned(), add, grain: 1, windows }
}

async fn counted(store: &dyn Store, writer: &str) -> u64 {
    let batch = Batch { counts: vec![count(writer, 0)], ..Batch::at(NOW) };
    let Ok(Committed::Applied(applied)) = store.commit(batch).await else { panic!("the counter cannot be read") };
    applied.counts[0].in_windows[0]
}

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let kills = std::env::var("COUNTERSIGN_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("killed.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut total = 0;
    for round in 0..kills {
        let written = write_and_kill(&path, round);
        let store = EmbeddedStore::open(&path).unwrap();
        runtime.block_on(async {
            for id in &written {
                let read = store.get(RecordKey::new(Kind::Code, id.clone()), NOW).await.unwrap();
                assert!(read.record.is_some(), "{id} is lost");
            }
            let entry = store.audit_after(0, usize::MAX).await.unwrap();
            let entry: std::collections::HashSet<_> =
                entry.into_iter().filter_map(|stored| stored.record.challenge).collect();
            assert!(written.iter().all(|id| entry.contains(id)));
            for writer in (0..8).map(|writer| format!("{round}-{writer}")) {
                let least = written.iter().filter(|id| id.starts_with(&format!("{writer}-"))).count() as u64;
                // The last one may have been written, though nobody was told.
                let found = counted(&store, &writer).await;
                assert!((least..=least + 2).contains(&found), "{writer} wrote {least}, {found} are counted");
            }
        });
        total += written.len();
    }
    assert!(total > kills, "hardly anything was written");
    println!("{kills} kills, {total} acknowledged writes, none lost");
}

/// Lets another process write for a while, then kills it; gives what it had been told is written.
fn write_and_kill(path: &std::path::Path, round: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "write_until_killed", "--nocapture"])
        .env(PLACE, path)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (begun, has_begun) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        // A line that was cut by the kill has no end and is not counted.
        let mut written = Vec::new();
        for line in output.split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            written.extend(line.strip_prefix("written ").map(str::to_owned));
            if written.len() == 1 {
                // Nobody waits for it after the first time.
                let _ = begun.send(());
            }
        }
        written
    });
    has_begun.recv_timeout(Duration::from_secs(60)).expect("it writes something");
    std::thread::sleep(Duration::from_millis((round as u64 * 37) % 200));
    assert!(matches!(EmbeddedStore::open(path), Err(StoreError::InUse(_))), "another process has it");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut written = reader.join().unwrap();
    // The last line may be cut short.
    written.pop();
    written
}
