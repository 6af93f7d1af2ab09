//! What every engine promises, asked of each of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[cfg(feature = "postgres")]
mod pg_server;

use std::path::Path;
use std::sync::Arc;

use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{
    Applied, AuditEntry, AuditEvent, AuditOutcome, Batch, Caps, Committed, Condition, Count, Kind, Read, Record,
    RecordKey, Store, StoreError, StoreSpec, Window, open,
};
use serde_json::json;
use tempfile::TempDir;

const NOW: i64 = 1_780_000_000_000;
const CAPS: Caps = Caps { counters: 3, limiters: 2 };

/// Asks every engine the same.
async fn on_every_engine<Asked: Future<Output = ()>>(ask: impl Fn(Arc<dyn Store>) -> Asked) {
    ask(Arc::new(MemoryStore::with_caps(CAPS))).await;
    let folder = TempDir::new().unwrap();
    ask(Arc::new(EmbeddedStore::open_with_caps(&folder.path().join("a.db"), CAPS).unwrap())).await;
    #[cfg(feature = "postgres")]
    {
        ask(Arc::new(pg_server::shared().store(CAPS))).await;
        if let Some(pooler) = pg_server::pooler::shared() {
            ask(Arc::new(pooler.store(pg_server::shared(), CAPS))).await;
        }
    }
}

fn key(id: &str) -> RecordKey {
    RecordKey::new(Kind::Code, id)
}

async fn find(store: &dyn Store, id: &str, now: i64) -> Option<Record> {
    store.get(key(id), now).await.unwrap().record
}

fn applied(committed: Committed) -> Applied {
    match committed {
        Committed::Applied(applied) => applied,
        other => panic!("not applied: {other:?}"),
    }
}

fn put(now: i64, id: &str, number: i64) -> Batch {
    Batch::at(now).put(key(id), json!({ "number": number }), now + 1_000)
}

fn count(key: &str, add: i64, most: u64) -> Count {
    let windows = vec![Window { length: 1_000, most }];
    Count { family: "test", key: key.to_owned(), add, grain: 1, windows }
}

fn counting(now: i64, counts: Vec<Count>) -> Batch {
    Batch { counts, ..Batch::at(now) }
}

fn entry() -> AuditEntry {
    AuditEntry::new(0, AuditEvent::OtpIssued, AuditOutcome::Success)
}

#[tokio::test]
async fn a_record_is_found_as_it_was_written_until_it_expires() {
    on_every_engine(|store| async move {
        assert_eq!(find(&*store, "a", NOW).await, None);
        let version = applied(store.commit(put(NOW, "a", 1)).await.unwrap()).version;
        let record = find(&*store, "a", NOW).await.unwrap();
        assert_eq!((record.value, record.version, record.expires), (json!({"number": 1}).into(), version, NOW + 1_000));
        assert!(find(&*store, "a", NOW + 1_000).await.is_some());
        assert_eq!(find(&*store, "a", NOW + 1_001).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_applied_only_if_every_condition_holds() {
    on_every_engine(|store| async move {
        let first = applied(store.commit(put(NOW, "a", 1).only_if(Condition::Absent(key("a")))).await.unwrap());
        let refused = store.commit(put(NOW, "a", 2).only_if(Condition::Absent(key("a")))).await.unwrap();
        assert_eq!(refused, Committed::Conflict(0));
        let right = Condition::Version(key("a"), first.version);
        let batch = put(NOW, "a", 3).only_if(right.clone()).only_if(Condition::Version(key("b"), 1));
        assert_eq!(store.commit(batch).await.unwrap(), Committed::Conflict(1));
        assert_eq!(find(&*store, "a", NOW).await.unwrap().value, json!({"number": 1}).into());
        let second = applied(store.commit(put(NOW, "a", 4).only_if(right.clone())).await.unwrap());
        assert!(second.version > first.version);
        assert_eq!(store.commit(put(NOW, "a", 5).only_if(right)).await.unwrap(), Committed::Conflict(0));
    })
    .await;
}

#[tokio::test]
async fn a_version_is_never_given_twice_even_if_the_record_went_away() {
    on_every_engine(|store| async move {
        let first = applied(store.commit(put(NOW, "a", 1)).await.unwrap()).version;
        applied(store.commit(Batch::at(NOW).delete(key("a"))).await.unwrap());
        assert_eq!(find(&*store, "a", NOW).await, None);
        let second = applied(store.commit(put(NOW, "a", 1)).await.unwrap()).version;
        assert!(second > first);
        let stale = put(NOW, "a", 2).only_if(Condition::Version(key("a"), first));
        assert_eq!(store.commit(stale).await.unwrap(), Committed::Conflict(0));
    })
    .await;
}

#[tokio::test]
async fn an_expired_record_counts_as_absent() {
    on_every_engine(|store| async move {
        let version = applied(store.commit(put(NOW, "a", 1)).await.unwrap()).version;
        let later = NOW + 2_000;
        let stale = put(later, "a", 2).only_if(Condition::Version(key("a"), version));
        assert_eq!(store.commit(stale).await.unwrap(), Committed::Conflict(0));
        applied(store.commit(put(later, "a", 3).only_if(Condition::Absent(key("a")))).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn counters_stay_within_their_windows() {
    on_every_engine(|store| async move {
        for expected in 1..=3 {
            let counted = applied(store.commit(counting(NOW, vec![count("k", 1, 3)])).await.unwrap());
            assert_eq!(counted.counts[0].in_windows, [expected]);
        }
        let over = counting(NOW, vec![count("other", 1, 3), count("k", 1, 3)]);
        assert_eq!(store.commit(over).await.unwrap(), Committed::Over(1));
        // Nothing of a refused batch was counted.
        let other = applied(store.commit(counting(NOW, vec![count("other", 1, 3)])).await.unwrap());
        assert_eq!(other.counts[0].in_windows, [1]);
        applied(store.commit(counting(NOW, vec![count("k", -1, 3)])).await.unwrap());
        applied(store.commit(counting(NOW, vec![count("k", 1, 3)])).await.unwrap());
        assert_eq!(store.commit(counting(NOW + 999, vec![count("k", 1, 3)])).await.unwrap(), Committed::Over(0));
        applied(store.commit(counting(NOW + 1_000, vec![count("k", 1, 3)])).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_refused_batch_leaves_nothing_behind() {
    on_every_engine(|store| async move {
        let batch = Batch { counts: vec![count("k", 2, 1)], ..put(NOW, "a", 1) }.audit(entry());
        assert_eq!(store.commit(batch).await.unwrap(), Committed::Over(0));
        let batch = Batch { counts: vec![count("k", 1, 1)], ..put(NOW, "a", 1) }
            .audit(entry())
            .only_if(Condition::Version(key("x"), 1));
        assert_eq!(store.commit(batch).await.unwrap(), Committed::Conflict(0));
        assert_eq!(find(&*store, "a", NOW).await, None);
        assert_eq!(store.audit_after(0, 10).await.unwrap(), []);
        applied(store.commit(counting(NOW, vec![count("k", 1, 1)])).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn strangers_share_one_counter_once_there_are_too_many() {
    on_every_engine(|store| async move {
        for name in ["a", "b", "c"] {
            assert!(!applied(store.commit(counting(NOW, vec![count(name, 1, 2)])).await.unwrap()).counts[0].shared);
        }
        for name in ["d", "e"] {
            assert!(applied(store.commit(counting(NOW, vec![count(name, 1, 2)])).await.unwrap()).counts[0].shared);
        }
        assert_eq!(store.commit(counting(NOW, vec![count("f", 1, 2)])).await.unwrap(), Committed::Over(0));
        // Whoever has a counter keeps it.
        applied(store.commit(counting(NOW, vec![count("a", 1, 2)])).await.unwrap());
        assert_eq!(store.commit(counting(NOW, vec![count("a", 1, 2)])).await.unwrap(), Committed::Over(0));
    })
    .await;
}

#[tokio::test]
async fn there_is_no_room_for_endless_rows_of_failures() {
    on_every_engine(|store| async move {
        let row = |id: &str| Batch::at(NOW).put(RecordKey::new(Kind::Limiter, id), json!({}), NOW + 10);
        for id in ["a", "b", "a"] {
            applied(store.commit(row(id)).await.unwrap());
        }
        assert_eq!(store.commit(row("c")).await.unwrap(), Committed::Full(Kind::Limiter));
        applied(store.commit(row("shared")).await.unwrap());
        applied(store.commit(Batch::at(NOW).delete(RecordKey::new(Kind::Limiter, "a"))).await.unwrap());
        applied(store.commit(Batch::at(NOW).delete(RecordKey::new(Kind::Limiter, "shared"))).await.unwrap());
        applied(store.commit(row("c")).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn audit_records_come_back_in_order_with_the_stores_time() {
    on_every_engine(|store| async move {
        for id in ["a", "b", "c"] {
            let record = AuditEntry { challenge: Some(id.to_owned()), ..entry() };
            applied(store.commit(put(NOW, id, 1).audit(record)).await.unwrap());
        }
        let all = store.audit_after(0, 10).await.unwrap();
        let ids: Vec<_> = all.iter().map(|stored| stored.record.challenge.clone().unwrap()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        assert!(all.iter().all(|stored| stored.record.time == NOW * 1_000));
        assert_eq!(store.audit_after(all[0].sequence, 1).await.unwrap(), all[1..2]);
    })
    .await;
}

#[tokio::test]
async fn what_has_expired_is_purged_and_nothing_else() {
    on_every_engine(|store| async move {
        applied(store.commit(put(NOW, "short", 1)).await.unwrap());
        applied(store.commit(Batch::at(NOW).put(key("long"), json!(1), NOW + 100_000)).await.unwrap());
        applied(store.commit(counting(NOW, vec![count("k", 1, 1)])).await.unwrap());
        assert_eq!(store.purge(NOW + 500).await.unwrap(), 0);
        assert_eq!(store.purge(NOW + 5_000).await.unwrap(), 2);
        assert_eq!(store.purge(NOW + 5_000).await.unwrap(), 0);
        assert!(find(&*store, "long", NOW + 5_000).await.is_some());
        for name in ["a", "b", "c"] {
            let counted = applied(store.commit(counting(NOW + 5_000, vec![count(name, 1, 1)])).await.unwrap());
            assert!(!counted.counts[0].shared, "the purged counter made room");
        }
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_goes_back_lengthens_no_life() {
    on_every_engine(|store| async move {
        applied(store.commit(put(NOW, "a", 1)).await.unwrap());
        applied(store.commit(put(NOW + 5_000, "b", 1)).await.unwrap());
        let read = store.get(key("a"), NOW).await.unwrap();
        assert_eq!((read.record, read.now), (None, NOW + 5_000));
        let applied = applied(store.commit(counting(NOW - 9_000, vec![count("k", 1, 1)])).await.unwrap());
        assert_eq!(applied.now, NOW + 5_000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_changes_of_one_version_exactly_one_is_applied() {
    on_every_engine(|store| async move {
        for round in 0..20 {
            let id = format!("r{round}");
            let version = applied(store.commit(put(NOW, &id, 0)).await.unwrap()).version;
            let mut tasks = tokio::task::JoinSet::new();
            for number in 0..16 {
                let batch = put(NOW, &id, number).only_if(Condition::Version(key(&id), version));
                let store = store.clone();
                tasks.spawn(async move { store.commit(batch).await.unwrap() });
            }
            let won = tasks.join_all().await.into_iter().filter(|done| matches!(done, Committed::Applied(_))).count();
            assert_eq!(won, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn every_engine_is_ready() {
    on_every_engine(|store| async move { store.ready().await.unwrap() }).await;
}

// ---- what only the engine in a file promises

fn file(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("data").join("adapter.db")
}

fn opened(path: &Path) -> Arc<dyn Store> {
    open(&StoreSpec::Embedded(path.to_owned())).unwrap()
}

fn refused(path: &Path) -> StoreError {
    match EmbeddedStore::open(path) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn opening_again_finds_everything_and_the_time() {
    let folder = TempDir::new().unwrap();
    let store = opened(&file(&folder));
    let version = applied(store.commit(put(NOW, "a", 7).audit(entry())).await.unwrap()).version;
    applied(store.commit(counting(NOW, vec![count("k", 1, 1)])).await.unwrap());
    drop(store);
    let store = opened(&file(&folder));
    let read = store.get(key("a"), NOW - 1_000_000).await.unwrap();
    assert!((NOW..NOW + 60_000).contains(&read.now), "time runs on from where it was: {}", read.now);
    assert_eq!(read.record.unwrap().version, version);
    assert_eq!(store.commit(counting(NOW, vec![count("k", 1, 1)])).await.unwrap(), Committed::Over(0));
    assert_eq!(store.audit_after(0, 10).await.unwrap().len(), 1);
    assert!(applied(store.commit(put(NOW, "b", 7)).await.unwrap()).version > version);
}

#[tokio::test]
async fn a_second_opener_is_refused_by_whatever_name() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder);
    let store = opened(&path);
    assert!(matches!(refused(&path), StoreError::InUse(_)));
    assert!(matches!(refused(&folder.path().join("data/../data/adapter.db")), StoreError::InUse(_)));
    #[cfg(unix)]
    {
        let other = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &other).unwrap();
        assert!(matches!(refused(&other), StoreError::InUse(_)));
    }
    assert!(refused(&path).to_string().contains("in use by another process"));
    drop(store);
    opened(&path).ready().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let store = opened(&file(&folder));
    applied(store.commit(put(NOW, "a", 1)).await.unwrap());
    for entry in std::fs::read_dir(folder.path().join("data")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
}

/// A store that was used and closed.
async fn used(folder: &TempDir) -> std::path::PathBuf {
    let path = file(folder);
    let store = opened(&path);
    for number in 0..200 {
        applied(store.commit(put(NOW, &format!("a{number}"), number)).await.unwrap());
    }
    path
}

fn assert_damaged(path: &Path) {
    let before = std::fs::read(path).ok();
    let error = refused(path);
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("adapter.db"), "{error}");
    assert_eq!(std::fs::read(path).ok(), before, "a damaged store is left as it is");
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_and_left_alone() {
    for content in [&b""[..], b"hello", &[0; 8192]] {
        let folder = TempDir::new().unwrap();
        let path = used(&folder).await;
        std::fs::write(&path, content).unwrap();
        assert_damaged(&path);
    }
}

#[tokio::test]
async fn a_cut_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = used(&folder).await;
    let whole = std::fs::read(&path).unwrap();
    for left in [whole.len() / 2, whole.len() - 100, whole.len() - 4096, whole.len() - 1] {
        std::fs::write(&path, &whole[..left]).unwrap();
        assert_damaged(&path);
    }
    std::fs::write(&path, &whole).unwrap();
    opened(&path).ready().await.unwrap();
}

#[tokio::test]
async fn a_file_without_one_of_its_tables_is_refused() {
    for table in ["record", "counter", "audit", "meta"] {
        let folder = TempDir::new().unwrap();
        let path = used(&folder).await;
        rusqlite::Connection::open(&path).unwrap().execute_batch(&format!("DROP TABLE {table}")).unwrap();
        assert!(matches!(refused(&path), StoreError::Damaged { .. }), "{table}");
    }
}

#[tokio::test]
async fn an_overwritten_page_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = used(&folder).await;
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in &mut bytes[4096..8192] {
        *byte = 0xA5;
    }
    std::fs::write(&path, &bytes).unwrap();
    assert_damaged(&path);
}

#[tokio::test]
async fn somebody_elses_database_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("adapter.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
    assert_damaged(&path);
}

#[tokio::test]
async fn a_log_without_its_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = used(&folder).await;
    std::fs::rename(&path, folder.path().join("elsewhere")).unwrap();
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::write(&log, b"something").unwrap();
    assert!(matches!(refused(&path), StoreError::Damaged { .. }));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_half_built_store_is_built_anew() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(folder.path().join("data/adapter.db.new"), b"half").unwrap();
    opened(&path).ready().await.unwrap();
}

#[tokio::test]
async fn records_of_a_file_without_row_ids_are_all_there_after_a_start_and_get_row_ids() {
    let folder = TempDir::new().unwrap();
    let path = used(&folder).await;
    let before = read_all(&path).await;
    assert_eq!(before.len(), 200);
    rusqlite::Connection::open(&path).unwrap().execute_batch(WITHOUT_ROW_IDS).unwrap();
    assert_eq!(read_all(&path).await, before);
    let file = rusqlite::Connection::open(&path).unwrap();
    let made: String = file.query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert!(!made.contains("record_before") && made.contains("record_expires"), "{made}");
    file.query_row("SELECT max(rowid) FROM record", [], |row| row.get::<_, i64>(0)).unwrap();
}

/// How files were made before.
const WITHOUT_ROW_IDS: &str = "
    ALTER TABLE record RENAME TO later;
    DROP INDEX record_expires;
    CREATE TABLE record (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO record (kind, id, version, expires, value) SELECT kind, id, version, expires, value FROM later;
    DROP TABLE later;
    CREATE INDEX record_expires ON record (expires);
";

async fn read_all(path: &Path) -> Vec<Read> {
    let store = opened(path);
    let mut found = Vec::new();
    for number in 0..200 {
        found.push(store.get(RecordKey::new(Kind::Code, format!("a{number}")), NOW).await.unwrap());
    }
    assert!(found.iter().all(|read| read.record.is_some()));
    found
}
