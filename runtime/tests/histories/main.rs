//! Histories: clients ask adapters that are killed, stopped, cut off and whose clocks jump, and note every call and
//! answer with its time; a checker proves afterwards that no code passed twice, before it was made, or after it was
//! void, expired or its user was blocked. `COUNTERSIGN_HISTORIES` sets how many there are, and
//! `COUNTERSIGN_HISTORY_SECONDS` how long each is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod checker;
mod clients;
mod embedded;
#[cfg(feature = "postgres")]
mod failover;
mod kept;
#[cfg(feature = "postgres")]
mod link;
#[cfg(feature = "postgres")]
#[path = "../pg_server/mod.rs"]
mod pg_server;
mod planted;
#[cfg(feature = "postgres")]
mod postgres;
#[path = "../send_patterns/mod.rs"]
mod send_patterns;
#[path = "../worker/mod.rs"]
mod worker;

use std::time::Duration;

/// How long a code is good, in seconds; short, so that many expire in a history.
const LIFE: u64 = 4;

/// How long a user is blocked.
const BLOCK: u64 = 4;

/// A worker; does nothing unless a case starts it.
#[test]
fn as_a_worker() {
    worker::work_if_asked();
}

fn times(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// How many histories are wanted, and how long each is.
fn wanted() -> (usize, Duration) {
    let seconds = times("COUNTERSIGN_HISTORY_SECONDS", 6);
    (times("COUNTERSIGN_HISTORIES", 1), Duration::from_secs(seconds as u64))
}
