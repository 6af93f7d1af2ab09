//! Resident memory stays where one hash on each core has left it, however many passwords and answers are compared, made
//! or made anew at once: every way of hashing goes through the same threads and their kept memory.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]

use std::sync::Arc;

use countersign_runtime::crypto::Keyring;
use countersign_runtime::crypto::password::{Busy, PasswordChecker};
use zeroize::Zeroizing;

/// Hashes of each way, and how many of them are wanted at once.
const HASHES: usize = 16;
const AT_ONCE: usize = 16;

/// What may come on top of one hash on each core: less than a second hash on each of them.
const MOST_GROWTH: u64 = 24 * 1024;

/// A hash of scrypt that takes 1 MiB.
const SCRYPT: &str = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0$DsanEOo1gymjSsAGnOncSMhFYWzSx6zyAsDsiT+4Qlk";
const CHEAP: &str = "$argon2id$v=19$m=256,t=3,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo";

#[derive(Debug, Clone, Copy)]
enum Way {
    Compares,
    ComparesNobody,
    ComparesScrypt,
    Makes,
    MakesPeppered,
    MakesBetter,
}

/// Kilobytes of the process that are in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn hash(checker: &PasswordChecker, way: Way, known: &str) -> Result<bool, Busy> {
    let (typed, ring) = (Zeroizing::new("s3cret".to_owned()), Arc::new(Keyring::demo()));
    match way {
        Way::Compares => checker.is_right(typed, Some(known.to_owned()), ring).await,
        Way::ComparesNobody => checker.is_right(typed, None, ring).await.map(|right| !right),
        Way::ComparesScrypt => checker.is_right(typed, Some(SCRYPT.to_owned()), ring).await.map(|right| !right),
        Way::Makes => checker.hash(typed).await.map(|hash| hash.starts_with("$argon2id$")),
        Way::MakesPeppered => checker.peppered(typed, ring).await.map(|hash| hash.contains("keyid=")),
        Way::MakesBetter => checker.better(typed, CHEAP, ring).await.map(|hash| hash.is_some()),
    }
}

/// Every hash is made in the end: who is refused comes again.
async fn hash_many(checker: &PasswordChecker, way: Way, known: &str) {
    let callers = (0..AT_ONCE).map(|_| {
        let (checker, known) = (checker.clone(), known.to_owned());
        tokio::spawn(async move {
            let mut made = 0;
            while made < HASHES / AT_ONCE {
                match hash(&checker, way, &known).await {
                    Ok(done) => {
                        assert!(done, "{way:?}");
                        made += 1;
                    }
                    Err(Busy) => tokio::task::yield_now().await,
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hashes_of_every_way_share_the_memory_of_one_on_each_core() {
    let checker = PasswordChecker::default();
    let known = checker.hash(Zeroizing::new("s3cret".to_owned())).await.unwrap();
    // Each thread has hashed once by each scheme.
    for way in [Way::Compares, Way::ComparesScrypt] {
        hash_many(&checker, way, &known).await;
    }
    let before = resident();
    for way in [
        Way::Compares,
        Way::ComparesNobody,
        Way::ComparesScrypt,
        Way::Makes,
        Way::MakesPeppered,
        Way::MakesBetter,
        Way::Compares,
    ] {
        hash_many(&checker, way, &known).await;
        let grown = resident().saturating_sub(before);
        assert!(grown < MOST_GROWTH, "{way:?}: from {before} KiB by {grown} KiB");
    }
}
