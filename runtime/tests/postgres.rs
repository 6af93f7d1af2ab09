//! What the PostgreSQL engine promises beyond what every engine does, on a real server that the tests start. Where its
//! programs are not installed, these tests fail. `COUNTERSIGN_RACE_CODES` and `COUNTERSIGN_KILLS` set the counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

#[path = "postgres/cluster.rs"]
mod cluster;
mod edge_support;
#[path = "postgres/kill.rs"]
mod kill;
mod pg_server;
#[path = "postgres/pooled.rs"]
mod pooled;
#[path = "postgres/processes.rs"]
mod processes;
mod send_patterns;
#[path = "postgres/speed.rs"]
mod speed;
#[path = "postgres/start.rs"]
mod start;
#[path = "postgres/tls.rs"]
mod tls;
#[path = "postgres/together.rs"]
mod together;
mod worker;
#[path = "postgres/writes.rs"]
mod writes;

/// How often something is done, by default or as the environment says.
fn times(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
