//! Bad requests, made of the good ones of the API's documentation: values exchanged, bytes changed, and what is no
//! HTTP at all. Whatever comes, the adapter answers in time, as documented, without a panic and without growing.
//! `COUNTERSIGN_FUZZ` sets how many requests, `COUNTERSIGN_FUZZ_SEED` which; see `docs/figures.md` for the full count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "support/raw.rs"]
mod raw;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use example_test_support::Server;
use mutate::{Dice, Request};
use raw::{Connection, status_of};
use serde_json::Value;

const WORKERS: u64 = 4;

/// The longest that an answer may take; a build for debugging is given more, so that a busy machine fails no test.
const SLOWEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// How much the process may grow, in KiB.
const MOST_GROWTH: u64 = 64 * 1024;

/// What a worker saw.
#[derive(Default)]
struct Seen {
    statuses: BTreeMap<u16, usize>,
    silent: usize,
    slowest: Duration,
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn good_requests() -> Vec<Request> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/contract.json");
    let samples: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let asks = samples.iter().filter(|sample| sample["path"].is_string());
    asks.map(|sample| Request {
        method: sample["method"].as_str().unwrap().to_owned(),
        path: sample["path"].as_str().unwrap().to_owned(),
        body: sample["request"].clone(),
    })
    .collect()
}

/// Resident memory of a process, in KiB.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn work(server: &Server, good: &[Request], dice: &mut Dice, count: u64) -> Seen {
    let mut seen = Seen::default();
    let mut connection = Connection::to(server.address());
    for _ in 0..count {
        let request = dice.pick(good);
        let (status, took, sent) = match dice.below(10) {
            0 => {
                let bytes = mutate::no_http(dice, request);
                let (answer, took) = connection.garbage(&bytes);
                (status_of(&answer), took, bytes)
            }
            kind => {
                let body = if kind < 7 { mutate::values(dice, request) } else { mutate::bytes(dice, request) };
                let content_type = mutate::content_type(dice);
                let answer = connection.send(&request.method, &request.path, content_type, &body);
                assert!(answer.body.is_empty() || serde_json::from_slice::<Value>(&answer.body).is_ok());
                (Some(answer.status), answer.took, body)
            }
        };
        let sent = || format!("{} {}: {}", request.method, request.path, sent.escape_ascii());
        // Nothing behind the adapter fails here, so every failure of its own would be a mistake.
        assert!(status.is_none_or(|status| status < 500), "{status:?} for {}", sent());
        assert!(took <= SLOWEST, "{took:?} for {}", sent());
        seen.slowest = seen.slowest.max(took);
        match status {
            Some(status) => *seen.statuses.entry(status).or_default() += 1,
            None => seen.silent += 1,
        }
    }
    seen
}

fn fuzz(server: &Server, good: &[Request], seed: u64, count: u64) -> Seen {
    std::thread::scope(|scope| {
        let begin =
            |worker| scope.spawn(move || work(server, good, &mut Dice::new(seed ^ (worker << 32)), count / WORKERS));
        let workers: Vec<_> = (1..=WORKERS).map(begin).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker")).fold(Seen::default(), |mut all, one| {
            one.statuses.into_iter().for_each(|(status, count)| *all.statuses.entry(status).or_default() += count);
            all.silent += one.silent;
            all.slowest = all.slowest.max(one.slowest);
            all
        })
    })
}

#[test]
fn bad_requests_are_answered_in_time_and_harm_nothing() {
    let (count, seed) = (number("COUNTERSIGN_FUZZ", 3_000), number("COUNTERSIGN_FUZZ_SEED", 1));
    let folder = tempfile::tempdir().unwrap();
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let environment = [("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_STORE", store.as_str())];
    let binary = env!("CARGO_BIN_EXE_example-powerauth-data-adapter");
    let server = Server::start_in(folder.path(), binary, &environment);
    let good = good_requests();
    let began = Instant::now();
    fuzz(&server, &good, seed ^ 0xabcd, 400);
    let before = memory(server.process_id());
    let seen = fuzz(&server, &good, seed, count);
    let after = memory(server.process_id());
    println!(
        "{count} requests in {:?}, seed {seed}: statuses {:?}, {} closed without an answer, the slowest {:?}, \
         {before} KiB before, {after} KiB after",
        began.elapsed(),
        seen.statuses,
        seen.silent,
        seen.slowest
    );
    assert!(seen.statuses.contains_key(&200), "some must get through");
    assert!(after.saturating_sub(before) <= MOST_GROWTH, "{before} KiB before, {after} KiB after");
    let log = server.log();
    assert!(!log.contains("panic"), "{}", log.lines().find(|line| line.contains("panic")).unwrap_or_default());
    assert!(!log.contains("ERROR"), "{}", log.lines().find(|line| line.contains("ERROR")).unwrap_or_default());
}
