//! A file that a start has no time to read whole: it is opened all the same, and what was not read is checked beside the work.
#![cfg(feature = "embedded")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use countersign_runtime::store::embedded::{EmbeddedOptions, EmbeddedStore};
use countersign_runtime::store::{Batch, Kind, RecordKey, Store, StoreError};

const NOW: i64 = 1_780_000_000_000;

const PAGE: usize = 4096;

/// How long the check beside the work may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn key(number: usize) -> RecordKey {
    RecordKey::new(Kind::Code, format!("code-{number}"))
}

/// Some thousand pages.
async fn large(folder: &Path) -> PathBuf {
    let path = folder.join("large.db");
    let store = EmbeddedStore::open(&path).unwrap();
    for part in 0..20 {
        let batch = (0..200).fold(Batch::at(NOW), |batch, number| {
            batch.put(key(part * 200 + number), serde_json::json!("x".repeat(3000)), NOW + 1_000_000)
        });
        store.commit(batch).await.unwrap();
    }
    drop(store);
    path
}

/// Damages the page of the record that is first by its name: pages are read from the last to the first.
fn overwrite_first_record(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.windows(11).position(|bytes| bytes.starts_with(b"codecode-0") && !bytes[10].is_ascii_digit());
    let start = at.expect("a page has it") / PAGE * PAGE;
    bytes[start..start + PAGE].fill(0xA5);
    std::fs::write(path, bytes).unwrap();
}

fn open_in_a_hurry(path: &Path) -> Result<EmbeddedStore, StoreError> {
    let options = EmbeddedOptions { check_at_start: Some(Duration::ZERO), ..EmbeddedOptions::default() };
    EmbeddedStore::open_with(path, options)
}

#[tokio::test]
async fn damage_that_a_start_has_no_time_to_find_is_found_beside_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = large(folder.path()).await;
    overwrite_first_record(&path);
    let refused = EmbeddedStore::open(&path).expect_err("there is time to find it");
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused:?}");
    let store = open_in_a_hurry(&path).expect("there is no time to find it");
    let lost = tokio::time::timeout(PATIENCE, store.lost()).await.expect("found by the check beside the work");
    assert!(matches!(&lost, StoreError::Damaged { path, .. } if path.ends_with("large.db")), "{lost:?}");
    store.ready().await.expect_err("a damaged store is not ready");
}

#[tokio::test]
async fn a_whole_file_is_used_while_it_is_checked_and_can_be_closed_at_any_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = large(folder.path()).await;
    for pause in [0, 1, 5, 20, 2_000] {
        let store = open_in_a_hurry(&path).unwrap();
        assert!(store.get(key(3_999), NOW).await.unwrap().record.is_some());
        store.commit(Batch::at(NOW).put(key(0), serde_json::json!(pause), NOW + 1_000_000)).await.unwrap();
        let lost = tokio::time::timeout(Duration::from_millis(pause), store.lost()).await;
        assert!(lost.is_err(), "{lost:?}");
        store.ready().await.unwrap();
        let closing = Instant::now();
        drop(store);
        assert!(closing.elapsed() < PATIENCE / 4, "closing waited {:?}", closing.elapsed());
    }
}
