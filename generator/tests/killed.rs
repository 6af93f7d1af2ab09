//! A run that is killed at any moment leaves the old files or the new ones, and the next run goes on from there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::time::Duration;

use bench::{Bench, TINY};

/// How often a run is killed; `COUNTERSIGN_KILLS` says otherwise.
const KILLS: u32 = 25;

#[test]
fn a_killed_run_leaves_the_old_files_or_the_new_ones() {
    let kills = std::env::var("COUNTERSIGN_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS);
    let other = TINY.replace("/user/find", "/user/seek").replace("max: 40", "max: 41");
    let bench = Bench::with(&other);
    assert_eq!(bench.run(&["generate"]).code, 0);
    let two = bench.generated();
    bench.put("adapter.yaml", TINY);
    let began = std::time::Instant::now();
    assert_eq!(bench.run(&["generate"]).code, 0);
    let whole_run = began.elapsed();
    let one = bench.generated();
    assert_ne!(one, two);
    for round in 0..kills {
        bench.put("adapter.yaml", if round % 2 == 0 { &other } else { TINY });
        let mut child =
            Bench::command(bench.root(), &["generate"]).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment(whole_run, round, kills));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = bench.generated();
        assert!(found == one || found == two, "round {round}: {:?}", found.keys());
    }
    bench.put("adapter.yaml", TINY);
    let run = bench.run(&["generate"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(bench.generated(), one);
    let left: Vec<_> = std::fs::read_dir(bench.path("src")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["generated"]);
}

/// Moments spread over a whole run and a little beyond.
fn moment(whole: Duration, round: u32, rounds: u32) -> Duration {
    // A stride that is prime to most counts, so that neighbours are not alike.
    let step = u64::from(round) * 7919 % u64::from(rounds.max(1));
    whole.mul_f64(1.2 * step as f64 / f64::from(rounds.max(1)))
}
