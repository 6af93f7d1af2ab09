//! Every operation has exactly one record, in chains without gaps and forks, whatever happens on the way.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use countersign_runtime::store::{AuditHead, Batch, Committed, Condition, Kind, RecordKey, Store, StoreSpec};
use tokio::task::JoinSet;

use crate::{NOW, Place, entry, open_with, ring, sealer, times, verified, write};

/// Set for the process that is to be killed: the store as settings name it, and a number for its records.
const PLACE: &str = "COUNTERSIGN_KILLED_STORE";
const ROUND: &str = "COUNTERSIGN_KILLED_ROUND";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicts_and_refusals_leave_no_gap() {
    let place = Place::new();
    let keys = ring(&["one"]);
    let store = place.open(sealer(&keys));
    stir(&*store).await;
    drop(store);
    let found = verified(&place.spec, &keys, &[]);
    assert_eq!((found.flaws, found.heads.len()), (vec![], 1));
    assert_eq!(found.heads[0].number, found.records);
}

/// Lets batches hold and fail side by side.
async fn stir(store: &dyn Store) {
    let once = RecordKey::new(Kind::Code, "once");
    for round in 0..30 {
        let all = (0..8).map(|_| {
            let batch = Batch::at(NOW).only_if(Condition::Absent(once.clone()));
            store.commit(
                batch
                    .put(once.clone(), serde_json::json!(round), NOW + 1_000)
                    .audit(entry("once"))
                    .audit(entry("again")),
            )
        });
        let all: Vec<_> = all.collect();
        let mut applied = 0;
        for done in all {
            applied += usize::from(matches!(done.await.unwrap(), Committed::Applied(_)));
        }
        assert_eq!(applied, 1);
        store.commit(Batch::at(NOW).delete(once.clone()).audit(entry("gone"))).await.unwrap();
    }
}

#[tokio::test]
async fn a_chain_goes_on_where_it_ended_and_with_another_key() {
    let place = Place::new();
    let (old, both) = (ring(&["old"]), ring(&["new", "old"]));
    let first = write(&*place.open(sealer(&old)), "a").await;
    let store = place.open(sealer(&both));
    let second = write(&*store, "b").await;
    assert_eq!((second.chain.as_str(), second.number), (first.chain.as_str(), 2));
    drop(store);
    let found = verified(&place.spec, &both, &[first.clone(), second.clone()]);
    assert_eq!((found.flaws, found.heads), (vec![], vec![second]));
    let without = verified(&place.spec, &ring(&["new"]), &[]);
    assert_eq!((without.flaws.len(), without.flaws[0].sequence), (1, Some(1)));
    assert!(without.flaws[0].what.contains("`old`, which is not in the ring"), "{:?}", without.flaws);
}

#[tokio::test]
async fn a_key_is_exchanged_while_records_are_written() {
    let place = Place::new();
    let (old, both) = (ring(&["old"]), ring(&["new", "old"]));
    let sealer = sealer(&old);
    let store = place.open(sealer.clone());
    write(&*store, "a").await;
    sealer.exchange(both.current(countersign_runtime::crypto::KeyName::Audit).unwrap());
    write(&*store, "b").await;
    let records = store.audit_after(0, 10).await.unwrap();
    assert_eq!(records.iter().map(|record| record.seal.key.as_str()).collect::<Vec<_>>(), ["old", "new"]);
    assert_eq!(verified(&place.spec, &both, &[]).flaws, vec![]);
}

/// Runs only in the process that is to be killed: writes, and tells what it was told is written.
#[test]
fn write_until_killed() {
    let (Ok(place), Ok(round)) = (std::env::var(PLACE), std::env::var(ROUND)) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open_with(&place.parse().unwrap(), sealer(&ring(&["one"])));
        let mut writers = JoinSet::new();
        for writer in 0..16 {
            let (store, round) = (store.clone(), round.clone());
            writers.spawn(async move {
                for number in 0.. {
                    let id = format!("{round}-{writer}-{number}");
                    let head = write(&*store, &id).await;
                    println!("\nwritten {id} {head}");
                }
            });
        }
        writers.join_all().await;
    });
}

/// What one process that was killed had been told is written, with where it stands.
fn write_and_kill(place: &str, round: usize, at_least: usize) -> Vec<(String, AuditHead)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "many::write_until_killed", "--nocapture"])
        .env(PLACE, place)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (tell, entry) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // A line that was cut by the kill has no end; its head does not read.
        for line in output.split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            let written = line.strip_prefix("written ").and_then(|line| line.split_once(' '));
            if let Some((id, Ok(head))) = written.map(|(id, head)| (id.to_owned(), head.parse())) {
                let _ = tell.send((id, head));
            }
        }
    });
    let mut written = Vec::new();
    while written.len() < at_least {
        written.push(entry.recv_timeout(Duration::from_secs(60)).unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    written.extend(entry);
    written
}

/// Kills until so many operations are acknowledged; each of them must have one record and no more.
fn every_operation_has_one_record(spec: &StoreSpec, place: &str) {
    let (operations, kills) = (times("COUNTERSIGN_OPERATIONS", 2_000), times("COUNTERSIGN_KILLS", 4));
    let keys = ring(&["one"]);
    let (mut acknowledged, mut ends) = (Vec::new(), BTreeMap::new());
    for round in 0..kills {
        let written = write_and_kill(place, round, operations.div_ceil(kills));
        for (id, head) in written {
            ends.insert(head.chain.clone(), head);
            acknowledged.push(id);
        }
        // After each kill what is there is whole, and goes as far as anybody was told.
        let heads: Vec<AuditHead> = ends.values().cloned().collect();
        assert_eq!(verified(spec, &keys, &heads).flaws, vec![], "after kill {round}");
    }
    let found = verified(spec, &keys, &[]);
    let store = open_with(spec, sealer(&keys));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let records = runtime.block_on(store.audit_after(0, usize::MAX)).unwrap();
    let mut entry = BTreeMap::<String, usize>::new();
    for stored in records {
        *entry.entry(stored.record.challenge.unwrap()).or_default() += 1;
    }
    assert!(entry.values().all(|times| *times == 1), "an operation was told twice");
    let missing = acknowledged.iter().filter(|id| !entry.contains_key(*id)).count();
    assert_eq!(missing, 0);
    println!(
        "{kills} kills, {} acknowledged operations, each with one record; {} records, {} chains, none with a gap",
        acknowledged.len(),
        found.records,
        found.heads.len()
    );
}

#[test]
fn every_operation_has_one_record_in_a_file() {
    let place = Place::new();
    every_operation_has_one_record(&place.spec, &format!("embedded:{}", place.path().display()));
}

#[cfg(feature = "postgres")]
mod on_postgres {
    use super::*;
    use countersign_runtime::store::Clocked;
    use countersign_runtime::store::postgres::{PostgresOptions, PostgresStore};
    use countersign_runtime::store::{AuditEntry, AuditEvent, AuditOutcome};

    use crate::pg_server::{ADMIN, shared};

    const DAY: i64 = 86_400_000;

    #[test]
    fn every_operation_has_one_record_in_a_database() {
        let url = shared().url(ADMIN, &shared().database());
        every_operation_has_one_record(&url.parse().unwrap(), &url);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn processes_have_chains_of_their_own_and_none_with_a_gap() {
        let spec: StoreSpec = shared().url(ADMIN, &shared().database()).parse().unwrap();
        let keys = ring(&["one"]);
        let mut heads = BTreeMap::new();
        let mut writers = JoinSet::new();
        for process in 0..3 {
            let store = open_with(&spec, sealer(&keys));
            for writer in 0..8 {
                let store = store.clone();
                writers.spawn(async move {
                    let mut last = None;
                    for number in 0..10 {
                        last = Some(write(&*store, &format!("{process}-{writer}-{number}")).await);
                        // Some come too late.
                        let late = Batch::at(NOW).only_if(Condition::Version(RecordKey::new(Kind::Code, "x"), 1));
                        assert!(matches!(store.commit(late.audit(entry("no"))).await, Ok(Committed::Conflict(0))));
                    }
                    last.unwrap()
                });
            }
        }
        for head in writers.join_all().await {
            heads.insert(head.chain.clone(), head);
        }
        let heads: Vec<AuditHead> = heads.into_values().collect();
        let found = verified(&spec, &keys, &heads);
        assert_eq!((found.flaws, found.records), (vec![], 240));
        assert!(found.heads.len() >= 3, "{}", found.heads.len());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_its_owner_removes_leaves_chains_that_can_be_verified() {
        let (server, database) = (shared(), shared().database());
        let spec: StoreSpec = server.url(ADMIN, &database).parse().unwrap();
        let keys = ring(&["one"]);
        let options = PostgresOptions { clocked: Clocked::Caller, sealer: sealer(&keys), ..Default::default() };
        let store = PostgresStore::open_with(&server.address(&database), options).unwrap();
        for day in 0..3 {
            let now = NOW + day * DAY;
            let all = (0..4).map(|number| store.commit(Batch::at(now).audit(entry(&format!("{day}-{number}")))));
            for done in all.collect::<Vec<_>>() {
                done.await.unwrap();
            }
            let heads = store.audit_heads().await.unwrap();
            let detail = Some(serde_json::json!({ "heads": heads }));
            let head = AuditEntry::new(0, AuditEvent::AuditHead, AuditOutcome::Success);
            store.commit(Batch::at(now).audit(AuditEntry { detail, ..head })).await.unwrap();
        }
        let clock = std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64;
        let prune = |before: i64| spec.engine().prune_audit(&sealer(&keys), clock - before * 1_000).unwrap();
        assert_eq!(prune(NOW - DAY), 0, "nothing is that old");
        let removed = prune(NOW + DAY + DAY / 2);
        assert_eq!(removed, 10);
        let found = verified(&spec, &keys, &[]);
        assert_eq!((found.flaws, found.records), (vec![], 15 - removed + 1));
        write(&store, "goes on").await;
        assert_eq!(verified(&spec, &keys, &[]).flaws, vec![]);
        // Whoever removes a whole chain, or the beginning of one, without the key is found out.
        server.sql(&database, "DELETE FROM countersign.audit WHERE event = 'otp.issued' AND sequence = (SELECT max(sequence) - 1 FROM countersign.audit)");
        server.sql(
            &database,
            "DELETE FROM countersign.audit WHERE sequence = (SELECT min(sequence) FROM countersign.audit)",
        );
        assert!(!verified(&spec, &keys, &[]).flaws.is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_whole_chain_that_is_taken_away_is_missed_by_the_next_head() {
        let (server, database) = (shared(), shared().database());
        let spec: StoreSpec = server.url(ADMIN, &database).parse().unwrap();
        let keys = ring(&["one"]);
        let gone = write(&*open_with(&spec, sealer(&keys)), "of a process that is gone").await;
        let store = open_with(&spec, sealer(&keys));
        let heads = store.audit_heads().await.unwrap();
        assert_eq!(heads, std::slice::from_ref(&gone));
        let head = AuditEntry::new(0, AuditEvent::AuditHead, AuditOutcome::Success);
        let detail = Some(serde_json::json!({ "heads": heads }));
        store.commit(Batch::at(0).audit(AuditEntry { detail, ..head })).await.unwrap();
        assert_eq!(verified(&spec, &keys, &[]).flaws, vec![]);
        server.sql(&database, &format!("DELETE FROM countersign.audit WHERE chain = '{}'", gone.chain));
        let found = verified(&spec, &keys, &[]);
        assert!(found.flaws[0].what.contains("ends with record 0"), "{:?}", found.flaws);
    }
}
