//! Several adapters as processes of their own on one database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::pg_server::{ADMIN, Server};
use crate::send_patterns::{PATTERNS, Pattern};
use crate::times;
use crate::worker::{Plan, Worker, work_if_asked};

const PROCESSES: usize = 4;
const AT_ONCE: usize = 16;
const LANES: usize = 8;
const UNKNOWN: &str = "refused:store.unavailable";

/// One of them; does nothing unless a case starts it.
#[test]
fn as_a_process() {
    work_if_asked();
}

fn started(server: &Server, database: &str, life: u64, clock: i64) -> Worker {
    let plan = Plan { store: server.url(ADMIN, database), life, block: 900, clock };
    Worker::start("processes::as_a_process", &plan)
}

/// A machine that is too busy may make the store too late; then there is no code, and another one is asked for.
async fn sent(worker: &Worker, user: &str, operation: &str) -> (String, String) {
    for _ in 0..20 {
        let answer = worker.ask(&format!("send {user} {operation}")).await.unwrap();
        match answer.split(' ').collect::<Vec<_>>()[..] {
            ["sent", id, digits, _] => return (id.to_owned(), digits.to_owned()),
            ["refused", "store.unavailable"] => {}
            _ => panic!("{answer}"),
        }
    }
    panic!("the store is always too late");
}

/// Races for one code: each process verifies it as often as the others, all of them at once.
async fn race(workers: &[Worker], lane: usize, number: usize, counts: &mut BTreeMap<String, usize>) {
    let (user, operation) = (format!("u{lane}-{}", number % 50), format!("op-{number}"));
    let (id, digits) = sent(&workers[number % PROCESSES], &user, &operation).await;
    let asked = format!("race {} {id} {digits} {operation} {user}", AT_ONCE / PROCESSES);
    let raced = futures_util::future::join_all(workers.iter().map(|worker| worker.ask(&asked))).await;
    let (mut passed, unknown) = (0, counts.get(UNKNOWN).copied().unwrap_or(0));
    for answer in raced {
        for entry in answer.unwrap().split(' ').skip(1) {
            let (what, times) = entry.split_once('=').unwrap();
            let times: usize = times.parse().unwrap();
            passed += if what == "passed" { times } else { 0 };
            *counts.entry(what.to_owned()).or_default() += times;
        }
    }
    // Of one whose answer the store was too late for, nobody knows.
    let unknown = counts.get(UNKNOWN).copied().unwrap_or(0) - unknown;
    assert!(passed == 1 || (passed == 0 && unknown > 0), "code {number} passed {passed} times");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_passes_exactly_once_in_whichever_process() {
    let codes = times("COUNTERSIGN_RACE_CODES", 100);
    let server = Server::start(&[]);
    let database = server.database();
    let workers: Arc<Vec<Worker>> = Arc::new((0..PROCESSES).map(|_| started(&server, &database, 300, 0)).collect());
    let began = Instant::now();
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        let workers = workers.clone();
        lanes.spawn(async move {
            let mut counts = BTreeMap::new();
            for number in (lane..codes).step_by(LANES) {
                race(&workers, lane, number, &mut counts).await;
            }
            counts
        });
    }
    let mut counts = BTreeMap::<String, usize>::new();
    for lane in lanes.join_all().await {
        lane.into_iter().for_each(|(what, times)| *counts.entry(what).or_default() += times);
    }
    assert_eq!(counts.values().sum::<usize>(), codes * AT_ONCE);
    let verified = "SELECT count(*), count(DISTINCT record ->> 'challenge') FROM countersign.audit \
                    WHERE event = 'otp.verified'";
    let unknown = counts.get(UNKNOWN).copied().unwrap_or(0);
    let entry = server.sql(&database, verified);
    let (all, different) = entry.split_once('|').unwrap();
    assert_eq!(all, different, "a code was verified twice");
    assert!(
        (codes - unknown.min(codes)..=codes).contains(&all.parse().unwrap()),
        "{all} of {codes}, {unknown} unknown"
    );
    println!("{codes} codes, {AT_ONCE} at once over {PROCESSES} processes, {:?}, {counts:?}", began.elapsed());
}

/// `COUNTERSIGN_RACE_SENDS` sets how many codes are asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_sent_than_may_be_by_whichever_process() {
    let each = times("COUNTERSIGN_RACE_SENDS", 800) / PATTERNS.len();
    let server = Server::start(&[]);
    for Pattern { name, user, phone, most } in PATTERNS {
        let database = server.database();
        let workers: Arc<Vec<Worker>> = Arc::new((0..PROCESSES).map(|_| started(&server, &database, 300, 0)).collect());
        let began = Instant::now();
        let mut lanes = JoinSet::new();
        for lane in 0..AT_ONCE * PROCESSES {
            let workers = workers.clone();
            lanes.spawn(async move {
                let mut sent = 0;
                for number in (lane..each).step_by(AT_ONCE * PROCESSES) {
                    let asked = format!("limited {} {} op-{number}", phone(number), user(number));
                    // On a busy machine a store may be late; then nothing is sent.
                    let answer = workers[lane % PROCESSES].ask(&asked).await.unwrap();
                    sent += usize::from(answer.starts_with("sent "));
                }
                sent
            });
        }
        let entry: usize = lanes.join_all().await.into_iter().sum();
        let sent = server.sql(&database, "SELECT count(*) FROM countersign.audit WHERE event = 'otp.sent'");
        println!("{PROCESSES} processes, {name}: {each} asked for, {sent} of {most} sent, {:?}", began.elapsed());
        assert!(entry <= most && sent.parse::<usize>().unwrap() <= most, "{name}: {entry} told, {sent} sent");
        assert!(entry * 2 >= most, "{name}: the limit is far from used up, only {entry} were sent");
    }
}

/// The clocks of the two are twenty minutes apart; what counts is the server's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_lives_as_long_as_the_server_says_whatever_the_processes_clocks_say() {
    const LIFE: u64 = 4;
    let codes = times("COUNTERSIGN_CLOCK_CODES", 40);
    let server = Server::start(&[]);
    let database = server.database();
    let workers = Arc::new([600_000, -600_000].map(|clock| started(&server, &database, LIFE, clock)));
    let (mut in_time, mut late) = (0, 0);
    for round in 0..codes.div_ceil(40) {
        let mut lives = JoinSet::new();
        for number in 0..40_usize.min(codes - round * 40) {
            let workers = workers.clone();
            lives.spawn(async move {
                let (user, operation) = (format!("u{round}-{number}"), format!("op-{round}-{number}"));
                let is_late = number % 2 == 1;
                // Each is made by one and verified by the other or by the same, in turn.
                let (maker, checker) = (&workers[number / 2 % 2], &workers[number / 4 % 2]);
                let asked = Instant::now();
                let (id, digits) = sent(maker, &user, &operation).await;
                let verify = format!("verify {id} {digits} {operation} {user} 100");
                let late = Duration::from_millis(LIFE * 1000 + 1000) + Duration::from_millis(7 * number as u64);
                let early = Duration::from_millis(LIFE * 1000 * number as u64 / 60);
                tokio::time::sleep(if is_late { late } else { early.saturating_sub(asked.elapsed()) }).await;
                let answer = checker.ask(&verify).await.unwrap();
                // One that the machine was too slow for tells nothing.
                let counts = is_late || asked.elapsed() < Duration::from_secs(LIFE);
                (is_late, counts, answer)
            });
        }
        for (is_late, counts, answer) in lives.join_all().await {
            match is_late {
                true => assert_eq!(answer, "refused otp.expired"),
                false if counts => assert_eq!(answer, "passed"),
                false => continue,
            }
            late += usize::from(is_late);
            in_time += usize::from(!is_late);
        }
    }
    assert!(in_time > 0 && late > 0, "nothing was tried: {in_time}, {late}");
    println!("clocks 10 min ahead and behind: {in_time} codes in time, all passed; {late} too late, none passed");
}
