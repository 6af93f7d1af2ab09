//! Records that are too old go, and what is left still can be verified; copies are whole whatever is written meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_runtime::store::embedded::{EmbeddedOptions, EmbeddedStore, copy, inspect};
use countersign_runtime::store::{AuditEvent, Batch, Committed, Kind, RecordKey, Store, StoreError, StoreSpec};
use tokio::task::JoinSet;

use crate::{NOW, Place, entry, ring, sealer, verified, write};

const DAY: i64 = 86_400_000;

#[tokio::test]
async fn old_records_go_and_the_rest_still_can_be_verified() {
    let place = Place::new();
    let keys = ring(&["one"]);
    let options = EmbeddedOptions { sealer: sealer(&keys), keep_audit: Some(90 * DAY), ..Default::default() };
    let store = EmbeddedStore::open_with(place.path(), options).unwrap();
    let mut kept = Vec::new();
    for day in 0..200 {
        match store.commit(Batch::at(NOW + day * DAY).audit(entry(&format!("{day}")))).await.unwrap() {
            Committed::Applied(applied) => kept.extend(applied.head),
            other => panic!("{other:?}"),
        }
    }
    store.purge(NOW + 199 * DAY).await.unwrap();
    let records = store.audit_after(0, 1_000).await.unwrap();
    let day = (records[0].record.time / 1_000 - NOW) / DAY;
    assert!((108..=109).contains(&day), "the oldest is of day {day}");
    let checkpoints = records.iter().filter(|stored| stored.record.event == AuditEvent::AuditCheckpoint).count();
    assert!(checkpoints > 0 && records.len() - checkpoints >= 91, "{checkpoints} of {}", records.len());
    assert_eq!(verified(&place.spec, &keys, &[]).flaws, vec![]);
    // Heads that were kept from before are good: what they were of is gone by right.
    assert_eq!(verified(&place.spec, &keys, &kept).flaws, vec![]);
    // Nobody else may remove any.
    let file = rusqlite::Connection::open(place.path()).unwrap();
    file.execute("DELETE FROM audit WHERE sequence = (SELECT min(sequence) FROM audit)", []).unwrap();
    let found = verified(&place.spec, &keys, &[]);
    assert!(found.flaws[0].what.contains("before it, records 1 to"), "{:?}", found.flaws);
    // Again: what said so is among what goes.
    store.commit(Batch::at(NOW + 400 * DAY).audit(entry("late"))).await.unwrap();
    store.purge(NOW + 400 * DAY).await.unwrap();
    let records = store.audit_after(0, 1_000).await.unwrap();
    let events: Vec<_> = records.iter().map(|stored| stored.record.event.name()).collect();
    assert_eq!(events, ["otp.issued", "audit.checkpoint"]);
    assert_eq!(verified(&place.spec, &keys, &[]).flaws, vec![]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_whole_whatever_is_written_meanwhile() {
    let place = Place::new();
    let keys = ring(&["one"]);
    let store = place.open(sealer(&keys));
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let (store, stop) = (store.clone(), stop.clone());
        writers.spawn(async move {
            for number in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                write(&*store, &format!("{writer}-{number}")).await;
            }
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let mut sizes = Vec::new();
    for number in 0..6 {
        let last = write(&*store, &format!("marked-{number}")).await;
        let (from, to) = (place.path().to_owned(), folder.path().join(format!("copy-{number}.db")));
        let at = to.clone();
        tokio::task::spawn_blocking(move || copy(&from, &at)).await.unwrap().unwrap();
        // What was answered before is in it, it is whole, and an adapter can go on with it.
        let spec = StoreSpec::Embedded(to.clone());
        let found = verified(&spec, &keys, &[last]);
        assert_eq!(found.flaws, vec![]);
        let looked = inspect(&to).unwrap();
        assert_eq!((looked.audit, looked.records[0].number), (found.records as i64, found.records as i64));
        assert_eq!(looked.head, Some(found.heads[0].clone()));
        sizes.push(found.records);
        let copied = EmbeddedStore::open(&to).unwrap();
        let key = RecordKey::new(Kind::Code, format!("marked-{number}"));
        assert!(copied.get(key, NOW).await.unwrap().record.is_some());
    }
    stop.store(true, Ordering::Relaxed);
    writers.join_all().await;
    assert!(sizes.windows(2).all(|two| two[0] < two[1]), "{sizes:?}");
}

#[tokio::test]
async fn a_copy_overwrites_nothing_and_comes_from_a_whole_store_only() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.db");
    assert!(matches!(copy(place.path(), &to), Err(StoreError::Unusable(_))), "there is no store yet");
    let store = place.open(sealer(&ring(&["one"])));
    write(&*store, "a").await;
    drop(store);
    std::fs::write(&to, "mine").unwrap();
    assert!(matches!(copy(place.path(), &to), Err(StoreError::Unusable(_))));
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "mine");
    let mut bytes = std::fs::read(place.path()).unwrap();
    let end = bytes.len();
    bytes[end / 2..].fill(7);
    std::fs::write(place.path(), bytes).unwrap();
    let other = folder.path().join("other.db");
    assert!(matches!(copy(place.path(), &other), Err(StoreError::Damaged { .. })));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[tokio::test]
async fn a_full_disk_fails_closed_and_goes_on_when_there_is_space() {
    let place = Place::new();
    let keys = ring(&["one"]);
    // The engine takes a file that may not grow for a full disk.
    let options = EmbeddedOptions { sealer: sealer(&keys), most_pages: Some(100), ..Default::default() };
    let store = EmbeddedStore::open_with(place.path(), options).unwrap();
    let mut last = write(&store, "first").await;
    let refused = loop {
        let key = RecordKey::new(Kind::Code, format!("{}", last.number));
        let batch = Batch::at(NOW).put(key, serde_json::json!("x".repeat(2_000)), NOW + 10);
        match store.commit(batch.audit(entry("more"))).await {
            Ok(Committed::Applied(applied)) => last = applied.head.unwrap(),
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
        assert!(last.number < 10_000, "it never gets full");
    };
    assert!(matches!(&refused, StoreError::Unavailable(why) if why.contains("full")), "{refused:?}");
    // Many at once are refused as one, and nothing of them is there.
    let all = (0..20).map(|_| store.commit(Batch::at(NOW).audit(entry(&"y".repeat(9_000)))));
    for refused in all.collect::<Vec<_>>() {
        assert!(refused.await.is_err());
    }
    assert_eq!(verified(&place.spec, &keys, std::slice::from_ref(&last)).records, last.number);
    // What has expired makes room.
    assert!(store.purge(NOW + 1_000).await.unwrap() > 10);
    assert_eq!(write(&store, "again").await.number, last.number + 1);
    drop(store);
    assert_eq!(verified(&place.spec, &keys, &[last]).flaws, vec![]);
}
