//! The example for a long time at half of what it can do, while it is killed and told to read its keys anew, its core system
//! fails and its disk is full: what it acknowledged is kept, nothing passes twice, memory and files stay what they were, and it
//! is as quick at the end as at the beginning. `COUNTERSIGN_SOAK_SECONDS` says for how long (`scripts/soak.sh` for the full
//! time); a short one is part of the tests.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use example_test_support::disk::Disk;
use example_test_support::{Server, send, size_of_process};
use serde_json::{Value, json};
use support::{create_request, operation};

/// Each worker has a user of its own.
const USERS: [&str; 4] = ["20000001", "20000002", "20000003", "20000004"];

/// How often something goes wrong in the whole time.
const TROUBLES: u32 = 16;

/// For how long a core system fails and a disk is full, at the most.
const TROUBLE: Duration = Duration::from_secs(5);

/// How many codes that were used are asked for again at the end.
const ASKED_AGAIN: usize = 2_000;

fn lasts() -> Duration {
    let seconds = std::env::var("COUNTERSIGN_SOAK_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(12))
}

fn start(folder: &Path) -> Server {
    let store = format!("embedded:{}", folder.join("state.db").display());
    let environment = [("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_STORE", store.as_str())];
    Server::start_in(folder, env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &environment)
}

/// A code that was acknowledged as used.
struct Used {
    user: &'static str,
    operation: Value,
    id: String,
    digits: String,
}

/// What all threads share.
struct Soak<'d> {
    disk: &'d Disk,
    server: RwLock<Server>,
    is_over: AtomicBool,
    /// True while it may fail: it is being killed, or its disk is full.
    is_in_trouble: AtomicBool,
    done: AtomicUsize,
    failed: AtomicUsize,
    used: Mutex<Vec<Used>>,
    samples: Mutex<Vec<Sample>>,
}

/// What the process has, and how long it took to do a thing.
#[derive(Debug, Clone, Copy)]
struct Sample {
    resident_kib: u64,
    files: usize,
    took: Duration,
}

impl Soak<'_> {
    /// Posts to whichever process there is; nothing if it gives no good answer.
    fn post(&self, path: &str, payload: &Value) -> Option<Value> {
        let body = json!({ "requestObject": payload }).to_string();
        let address = self.server.read().unwrap().address().to_owned();
        let answer = send(&address, "POST", path, "application/json", &[], Some(&body)).ok()?;
        (answer.status == 200).then(|| answer.at("/responseObject"))
    }

    fn verify(&self, code: &Used) -> Option<String> {
        let request = json!({
            "messageId": code.id, "authorizationCode": code.digits, "userId": code.user, "organizationId": "RETAIL",
            "operationContext": code.operation
        });
        Some(self.post("/api/auth/sms/verify", &request)?["smsAuthorizationResult"].as_str()?.to_owned())
    }

    /// Makes a code and uses it; false if the process did not do its part.
    fn round(&self, user: &'static str, turn: usize) -> bool {
        let operation = operation(&format!("{user}-{turn}"), "login");
        let Some(made) = self.post("/api/auth/sms/create", &create_request(user, &operation)) else { return false };
        let Some(id) = made["messageId"].as_str().map(str::to_owned) else { return false };
        let Some(digits) = last_code(self.disk.path(), &id) else { return false };
        let code = Used { user, operation, id, digits };
        match self.verify(&code).as_deref() {
            Some("VERIFIED_SUCCEEDED") => {}
            // A process that was killed leaves attempts under way, for which the next wait.
            _ => return false,
        }
        assert_ne!(self.verify(&code).as_deref(), Some("VERIFIED_SUCCEEDED"), "a code was good twice");
        let mut used = self.used.lock().unwrap();
        if used.len() < ASKED_AGAIN || turn.is_multiple_of(64) {
            used.push(code);
        }
        true
    }

    /// As many rounds as are due, for as long as it goes on.
    fn work(&self, user: &'static str, every: Duration, turns: &AtomicUsize) {
        let mut due = Instant::now();
        while !self.is_over.load(Ordering::Relaxed) {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let was_in_trouble = self.is_in_trouble.load(Ordering::SeqCst);
            let began = Instant::now();
            let done = self.round(user, turns.fetch_add(1, Ordering::Relaxed));
            let may_fail = was_in_trouble || self.is_in_trouble.load(Ordering::SeqCst);
            match done {
                true => self.sample(began.elapsed()),
                false if may_fail => std::thread::sleep(Duration::from_millis(50)),
                false => drop(self.failed.fetch_add(1, Ordering::Relaxed)),
            }
            due = (due + every).max(Instant::now() - every);
        }
    }

    fn sample(&self, took: Duration) {
        // Of many, some.
        if self.done.fetch_add(1, Ordering::Relaxed).is_multiple_of(16) {
            let process = self.server.read().unwrap().process_id();
            let resident_kib = size_of_process(process, "VmRSS:").unwrap_or_default();
            let files = std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
            self.samples.lock().unwrap().push(Sample { resident_kib, files, took });
        }
    }

    fn trouble(&self, number: u32) {
        match number % 4 {
            0 => {
                let process = self.server.read().unwrap().process_id().to_string();
                assert!(Command::new("kill").args(["-HUP", &process]).status().unwrap().success());
            }
            1 => self.hang(),
            2 => self.in_trouble(|| {
                self.disk.fill();
                std::thread::sleep(TROUBLE.min(lasts() / TROUBLES));
                self.disk.make_room();
            }),
            _ => self.in_trouble(|| {
                let mut server = self.server.write().unwrap();
                server.kill();
                *server = start(self.disk.path());
            }),
        }
    }

    /// The core system hangs, fails and breaks for a while; whoever asks for no one there is served.
    fn hang(&self) {
        let end = Instant::now() + TROUBLE.min(lasts() / TROUBLES);
        let ask = |name: &str| {
            let context = json!({ "id": "1", "name": "login", "data": "A2" });
            self.post(
                "/api/auth/user/lookup",
                &json!({ "username": name, "organizationId": "RETAIL", "operationContext": context }),
            );
        };
        while Instant::now() < end {
            ["fails", "panics"].into_iter().for_each(ask);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Does what makes requests fail, until the adapter is ready again. Attempts that were cut off are under way for half a
    /// minute, for which the next ones of the same user wait.
    fn in_trouble(&self, what: impl FnOnce()) {
        self.is_in_trouble.store(true, Ordering::SeqCst);
        what();
        let operations = self.server.read().unwrap().operations_address().to_owned();
        let ready =
            || send(&operations, "GET", "/health/ready", "text/plain", &[], None).is_ok_and(|it| it.status == 200);
        example_test_support::wait_until("it is ready again", ready);
        let settles = if lasts() < Duration::from_secs(120) { Duration::ZERO } else { Duration::from_secs(35) };
        std::thread::sleep(settles);
        self.is_in_trouble.store(settles.is_zero(), Ordering::SeqCst);
    }
}

/// The code that was sent for an id; the outbox is read from its end, since it is long by then.
fn last_code(folder: &Path, id: &str) -> Option<String> {
    use std::io::{Read, Seek, SeekFrom};
    let mut outbox = std::fs::File::open(folder.join("outbox.jsonl")).ok()?;
    let end = outbox.seek(SeekFrom::End(0)).ok()?;
    outbox.seek(SeekFrom::Start(end.saturating_sub(64 * 1024))).ok()?;
    let mut text = Vec::new();
    outbox.read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let messages = text.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.into_iter().find(|message| message["id"] == id)?["code"].as_str().map(str::to_owned)
}

fn middle<T: Ord + Copy>(of: impl Iterator<Item = T>) -> T {
    let mut all: Vec<T> = of.collect();
    all.sort();
    all[all.len() / 2]
}

/// How many rounds a second there are when everybody asks at once.
fn capacity(soak: &Soak<'_>, turns: &AtomicUsize) -> f64 {
    let lasts = (lasts() / 12).min(Duration::from_secs(20));
    let end = Instant::now() + lasts;
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for user in USERS {
            let done = &done;
            scope.spawn(move || {
                while Instant::now() < end {
                    done.fetch_add(
                        usize::from(soak.round(user, turns.fetch_add(1, Ordering::Relaxed))),
                        Ordering::Relaxed,
                    );
                }
            });
        }
    });
    done.into_inner() as f64 / lasts.as_secs_f64()
}

fn check(soak: &Soak<'_>, name: &str) {
    let used = soak.used.lock().unwrap();
    for code in used.iter() {
        let again = soak.verify(code).unwrap_or_else(|| panic!("{name}: no answer for {}", code.id));
        assert_eq!(again, "VERIFIED_FAILED", "{name}: an acknowledged use was forgotten");
    }
}

#[test]
fn nothing_grows_and_nothing_is_lost() {
    let Some(disk) = Disk::in_a_file(if lasts() < Duration::from_secs(120) { 256 } else { 32 * 1024 }) else { return };
    let soak = Soak {
        server: RwLock::new(start(disk.path())),
        disk: &disk,
        is_over: AtomicBool::new(false),
        is_in_trouble: AtomicBool::new(false),
        done: AtomicUsize::new(0),
        failed: AtomicUsize::new(0),
        used: Mutex::default(),
        samples: Mutex::default(),
    };
    let turns = AtomicUsize::new(0);
    let capacity = capacity(&soak, &turns);
    let every = Duration::from_secs_f64(USERS.len() as f64 / (capacity / 2.0).max(1.0));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for user in USERS {
            let (soak, turns) = (&soak, &turns);
            scope.spawn(move || soak.work(user, every, turns));
        }
        for number in 0..TROUBLES {
            let due = began + lasts() * (number + 1) / (TROUBLES + 1);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            soak.trouble(number);
        }
        std::thread::sleep((began + lasts()).saturating_duration_since(Instant::now()));
        soak.is_over.store(true, Ordering::Relaxed);
    });
    check(&soak, "at the end");
    tell(&soak, capacity);
}

fn tell(soak: &Soak<'_>, capacity: f64) {
    let samples = soak.samples.lock().unwrap();
    let (done, failed) = (soak.done.load(Ordering::Relaxed), soak.failed.load(Ordering::Relaxed));
    assert!(samples.len() > 8, "{done} rounds");
    let (early, late) = (&samples[samples.len() / 4..samples.len() / 2], &samples[3 * samples.len() / 4..]);
    let resident = [early, late].map(|part| middle(part.iter().map(|sample| sample.resident_kib)));
    let files = [early, late].map(|part| middle(part.iter().map(|sample| sample.files)));
    let took = [early, late].map(|part| middle(part.iter().map(|sample| sample.took)));
    println!(
        "soak of {} s at half of {capacity:.0} rounds a second, {TROUBLES} troubles: {done} rounds done, {failed} failed outside of \
         trouble; {} used codes asked again, 0 good; resident {} and {} MiB, {} and {} files, {took:?} in the middle",
        lasts().as_secs(),
        soak.used.lock().unwrap().len(),
        resident[0] >> 10,
        resident[1] >> 10,
        files[0],
        files[1],
    );
    assert!(resident[1] * 10 <= resident[0] * 12, "memory grew: {resident:?} KiB");
    assert!(files[1] <= files[0] + 8, "files grew: {files:?}");
    // What was cut off is under way for half a minute, and a short soak is all trouble.
    assert!(lasts() < Duration::from_secs(120) || failed == 0, "{failed} of {done} failed");
}
