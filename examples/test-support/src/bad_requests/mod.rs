//! Bad requests, made of the good ones of an API's documentation: values exchanged, bytes changed, and what is no HTTP
//! at all. Whatever comes, the adapter answers in time, as documented, without a panic and without growing.
//! `COUNTERSIGN_FUZZ` sets how many requests, `COUNTERSIGN_FUZZ_SEED` which; see `docs/figures.md` for the full count.

mod mutate;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::raw::{Connection, Response, body_of, status_of};
use crate::{Server, size_of_process};
use mutate::Dice;

const WORKERS: u64 = 4;

/// How many requests come before memory is looked at.
const WARM_UP: u64 = 400;

/// The longest that an answer may take; a build for debugging is given more, so that a busy machine fails no test.
const SLOWEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// How much the process may grow, in KiB.
const MOST_GROWTH: u64 = 64 * 1024;

/// A good request.
#[derive(Debug, Clone)]
pub struct GoodRequest {
    /// Such as `POST`.
    pub method: String,
    /// Begins with `/`.
    pub path: String,
    /// JSON; null for none.
    pub body: Value,
}

/// An API that bad requests are sent to.
pub struct Api<'a> {
    /// What is made bad.
    pub good: Vec<GoodRequest>,
    /// Header lines of a caller who may ask, each with its line end.
    pub headers: String,
    /// Values that mean something to this API, as JSON.
    pub own_values: &'a [&'a str],
    /// True for a failure (500 and above) that the API's documentation has, by status and body. Nothing behind the adapter
    /// fails here, so every other failure is a mistake.
    pub is_documented: fn(u16, &[u8]) -> bool,
}

/// The requests of a list of documented examples, whose paths may have places to fill in.
///
/// # Panics
/// If it is no such list.
pub fn documented(examples: &str, fill_in: &[(&str, &str)]) -> Vec<GoodRequest> {
    let samples: Vec<Value> = serde_json::from_str(examples).expect("a list of examples");
    let with_path = samples.iter().filter_map(|sample| Some((sample, sample["path"].as_str()?)));
    let requests = with_path.map(|(sample, path)| GoodRequest {
        method: sample["method"].as_str().expect("a method").to_owned(),
        path: fill_in.iter().fold(path.to_owned(), |path, (place, value)| path.replace(place, value)),
        body: sample["request"].clone(),
    });
    requests.collect()
}

/// What was seen.
#[derive(Debug, Default)]
struct Seen {
    statuses: BTreeMap<u16, u64>,
    silent: u64,
    slowest: Duration,
}

impl Seen {
    fn and(mut self, other: Seen) -> Seen {
        other.statuses.into_iter().for_each(|(status, count)| *self.statuses.entry(status).or_default() += count);
        Seen { silent: self.silent + other.silent, slowest: self.slowest.max(other.slowest), ..self }
    }
}

/// Sends bad requests, and looks at every answer, at the log and at the memory of the process.
///
/// # Panics
/// If an answer is late or undocumented, if anything panicked or failed, or if the process grew.
pub fn harm_nothing(server: &Server, api: &Api<'_>) {
    let (count, seed) = (number("COUNTERSIGN_FUZZ", 3_000), number("COUNTERSIGN_FUZZ_SEED", 1));
    let began = Instant::now();
    send(server, api, seed ^ 0xabcd, WARM_UP);
    let before = resident_kib(server);
    let Seen { statuses, silent, slowest } = send(server, api, seed, count);
    let after = resident_kib(server);
    println!(
        "{count} bad requests in {:?}, seed {seed}: statuses {statuses:?}, {silent} closed without an answer, the slowest \
         {slowest:?}, {before} KiB before, {after} KiB after",
        began.elapsed(),
    );
    assert!(statuses.keys().any(|status| (200..300).contains(status)), "some must get through");
    assert!(after.saturating_sub(before) <= MOST_GROWTH, "{before} KiB before, {after} KiB after");
    // Passwords are hashed a few at a time: on a slow machine a source may have to come again, which is no failure.
    let log = server.log();
    let (busy, log): (Vec<&str>, Vec<&str>) = log.lines().partition(|line| line.contains(r#"fault="overloaded""#));
    assert!(busy.len() as u64 <= count / 50, "{} requests found no room", busy.len());
    for word in ["panic", "ERROR"] {
        assert!(!log.iter().any(|line| line.contains(word)), "{:?}", log.iter().find(|line| line.contains(word)));
    }
}

fn send(server: &Server, api: &Api<'_>, seed: u64, count: u64) -> Seen {
    std::thread::scope(|scope| {
        let begin = |worker| {
            let mut dice = Dice::new(seed ^ (worker << 32));
            scope.spawn(move || work(server, api, &mut dice, count / WORKERS))
        };
        let workers: Vec<_> = (1..=WORKERS).map(begin).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker")).fold(Seen::default(), Seen::and)
    })
}

fn work(server: &Server, api: &Api<'_>, dice: &mut Dice, count: u64) -> Seen {
    let mut seen = Seen::default();
    let mut connection = Connection::to(server.address()).with_headers(&api.headers);
    for _ in 0..count {
        let request = dice.pick(&api.good);
        let Asked { status, body, is_busy, took, sent } = ask(&mut connection, api, dice, request);
        let sent = || format!("{} {}: {}", request.method, request.path, sent.escape_ascii());
        let is_fine = |status| status < 500 || is_busy || (api.is_documented)(status, &body);
        assert!(status.is_none_or(is_fine), "{status:?} {} for {}", body.escape_ascii(), sent());
        assert!(took <= SLOWEST, "{took:?} for {}", sent());
        seen.slowest = seen.slowest.max(took);
        match status {
            Some(status) => *seen.statuses.entry(status).or_default() += 1,
            None => seen.silent += 1,
        }
    }
    seen
}

/// One bad request: the status, the body, how long it took, and what was sent.
/// What was asked, and answered.
struct Asked {
    status: Option<u16>,
    body: Vec<u8>,
    is_busy: bool,
    took: Duration,
    sent: Vec<u8>,
}

fn ask(connection: &mut Connection, api: &Api<'_>, dice: &mut Dice, request: &GoodRequest) -> Asked {
    let kind = dice.below(10);
    if kind == 0 {
        let bytes = mutate::no_http(dice, request, &api.headers);
        let (answer, took) = connection.garbage(&bytes);
        return Asked { status: status_of(&answer), body: body_of(&answer), is_busy: false, took, sent: bytes };
    }
    let body = if kind < 7 { mutate::values(dice, request, api.own_values) } else { mutate::bytes(dice, request) };
    let answer = connection.send(&request.method, &request.path, mutate::content_type(dice), &body);
    assert!(answer.body.is_empty() || serde_json::from_slice::<Value>(&answer.body).is_ok(), "an answer is JSON");
    let Response { status, body: answered, is_busy, took, .. } = answer;
    Asked { status: Some(status), body: answered, is_busy, took, sent: body }
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn resident_kib(server: &Server) -> u64 {
    size_of_process(server.process_id(), "VmRSS:").expect("the process and its memory")
}
