//! What befalls a store's files while it is open: a log that is written faster than it is moved, a disk that is full, files
//! that are taken away.
#![cfg(all(unix, feature = "embedded"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::{Batch, Committed, Kind, RecordKey, Store, StoreError};

const NOW: i64 = 1_780_000_000_000;

/// How long anything that is waited for may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the log may get: it begins anew past 16 MiB, as soon as no reader is in its way.
const LONGEST_LOG: u64 = 64 << 20;

fn put(id: &str, bytes: usize) -> Batch {
    Batch::at(NOW).put(RecordKey::new(Kind::Code, id.to_owned()), serde_json::json!("x".repeat(bytes)), NOW + 1_000_000)
}

async fn is_written(store: &dyn Store, id: &str, bytes: usize) -> bool {
    matches!(store.commit(put(id, bytes)).await, Ok(Committed::Applied(_)))
}

fn log_of(store: &Path) -> u64 {
    let name = format!("{}-wal", store.display());
    std::fs::metadata(name).map_or(0, |log| log.len())
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short_while_more_is_written_than_is_moved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("busy.db");
    let store = Arc::new(EmbeddedStore::open(&path).unwrap());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (store, path) = (store.clone(), path.clone());
        writers.spawn(async move {
            let mut longest = 0;
            for number in 0..60 {
                assert!(is_written(&*store, &format!("{writer}-{}", number % 4), 512 * 1024).await);
                // Somebody reads meanwhile, as requests do.
                store.get(RecordKey::new(Kind::Code, format!("{writer}-0")), NOW).await.unwrap();
                longest = longest.max(log_of(&path));
            }
            longest
        });
    }
    let longest = writers.join_all().await.into_iter().max().unwrap();
    println!("240 MiB were written, the log had {} MiB at the most", longest >> 20);
    assert!(longest <= LONGEST_LOG, "{longest}");
}

/// A copy that is being made holds the log up, and no longer than it takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_holds_the_log_up_until_it_has_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.db");
    let store = EmbeddedStore::open(&path).unwrap();
    assert!(is_written(&store, "before", 100).await);
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let read: i64 = reader.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap();
    assert_eq!(read, 1);
    let mut number = 0;
    let mut write = async || {
        number += 1;
        assert!(is_written(&store, &format!("{}", number % 8), 512 * 1024).await);
    };
    while log_of(&path) < 20 << 20 {
        write().await;
    }
    drop(reader);
    until("the log begins anew", async || {
        write().await;
        log_of(&path) < 8 << 20
    })
    .await;
}

/// A disk of 8 MiB of its own, if we may have one.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new() -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(folder.path()).output();
        let is_mounted = mounted.is_ok_and(|mounted| mounted.status.success());
        if !is_mounted {
            println!("SKIPPED: no disk can be mounted here");
        }
        is_mounted.then_some(Disk(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills what is left.
    fn fill(&self) {
        let mut piece = 1 << 20;
        while piece >= 512 {
            let name = self.path().join(format!("filler-{piece}-{}", rand::random::<u32>()));
            if std::fs::write(&name, vec![0; piece]).is_err() {
                piece /= 2;
            }
        }
    }

    fn make_room(&self) {
        for entry in std::fs::read_dir(self.path()).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with("filler") {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_reported_until_there_is_room_again() {
    let Some(disk) = Disk::new() else { return };
    let store = EmbeddedStore::open(&disk.path().join("full.db")).unwrap();
    assert!(is_written(&store, "before", 100).await);
    assert_eq!(store.ready().await, Ok(()));
    disk.fill();
    let mut number = 0;
    until("a write fails", async || {
        number += 1;
        !is_written(&store, &format!("more-{number}"), 64 * 1024).await
    })
    .await;
    let said = store.ready().await;
    assert!(matches!(&said, Err(StoreError::Unavailable(why)) if why.contains("full.db")), "{said:?}");
    let read = store.get(RecordKey::new(Kind::Code, "before".to_owned()), NOW).await.unwrap();
    assert!(read.record.is_some(), "what needs no write goes on");
    disk.make_room();
    // Nobody writes: the store finds out by itself.
    until("it is ready again", async || store.ready().await.is_ok()).await;
    assert!(is_written(&store, "after", 100).await);
}

#[test]
fn a_start_on_a_full_disk_names_the_file() {
    let Some(disk) = Disk::new() else { return };
    disk.fill();
    let refused = EmbeddedStore::open(&disk.path().join("never.db"));
    assert!(
        matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("never.db")),
        "{:?}",
        refused.map(drop)
    );
}

/// Opens a store, does something to its files, and gives what it says of that.
async fn lost_by(what: impl FnOnce(&Path)) -> StoreError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lost.db");
    let store = EmbeddedStore::open(&path).unwrap();
    assert!(is_written(&store, "before", 100).await);
    what(&path);
    let lost = tokio::time::timeout(PATIENCE, store.lost()).await.expect("it notices");
    assert!(!is_written(&store, "after", 100).await, "nothing is answered that would be lost");
    assert!(store.ready().await.is_err());
    lost
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_taken_away_are_noticed() {
    let other = |path: &Path, ending: &str| Path::new(&format!("{}{ending}", path.display())).to_owned();
    for (case, lost) in [
        ("removed", lost_by(|path| std::fs::remove_file(path).unwrap()).await),
        ("renamed", lost_by(|path| std::fs::rename(path, other(path, ".old")).unwrap()).await),
        (
            "replaced",
            lost_by(|path| {
                let copy = other(path, ".copy");
                std::fs::copy(path, &copy).unwrap();
                std::fs::rename(copy, path).unwrap();
            })
            .await,
        ),
        ("linked", lost_by(|path| std::fs::hard_link(path, other(path, ".link")).unwrap()).await),
        ("without its log", lost_by(|path| std::fs::remove_file(other(path, "-wal")).unwrap()).await),
    ] {
        assert!(matches!(&lost, StoreError::Lost { path, .. } if path.ends_with("lost.db")), "{case}: {lost:?}");
    }
}

#[test]
fn two_never_share_a_store_also_without_the_lock_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.db");
    let _store = EmbeddedStore::open(&path).unwrap();
    std::fs::remove_file(folder.path().join("one.db.lock")).unwrap();
    assert!(matches!(EmbeddedStore::open(&path), Err(StoreError::InUse(_))));
    let linked = folder.path().join("two.db");
    std::os::unix::fs::symlink(&path, &linked).unwrap();
    assert!(matches!(EmbeddedStore::open(&linked), Err(StoreError::InUse(_))), "by another name");
}
