//! Keys that are exchanged while codes are made and tried: every right code passes, none passes after its time, and a
//! ring that cannot be used changes nothing. `COUNTERSIGN_ROTATIONS` sets how often, one every two seconds; see
//! `docs/figures.md` for the full count.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use example_test_support::Server;
use serde_json::json;
use support::{create_request, operation};

/// How long a code is good, in seconds.
const LIFE: u64 = 10;
/// How many keys a ring has: enough that a code's key stays in it for longer than the code is good.
const RING: usize = 8;
const NAMES: [&str; 4] = ["CODES", "COUNTERS", "PEPPER", "AUDIT"];

fn rotations() -> usize {
    std::env::var("COUNTERSIGN_ROTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// Files of a ring, the newest key first.
fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    (0..RING).map(|place| folder.join(format!("{name}-{place}"))).collect()
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn secret(name: &str, number: usize) -> String {
    format!("{name}-{number:06}-7fKq2ZxVb91mTgRwYc4HsLpE")
}

/// Puts a newer key in front of each ring.
fn rotate(folder: &Path, newest: usize) {
    for name in NAMES {
        for (place, path) in files(folder, name).iter().enumerate() {
            write(path, &secret(name, (newest + RING).saturating_sub(place)));
        }
    }
}

fn hang_up(server: &Server) {
    let id = server.process_id().to_string();
    assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
}

fn started(folder: &Path) -> Server {
    rotate(folder, 0);
    let rings = NAMES.map(|name| {
        let files = files(folder, name).iter().map(|path| format!("file:{}", path.display())).collect::<Vec<_>>();
        (format!("COUNTERSIGN_KEYS__{name}"), files.join(","))
    });
    let life = format!("{LIFE}s");
    let mut environment = vec![("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_OTPS__SMS__LIFE", life.as_str())];
    environment.extend(rings.iter().map(|(name, files)| (name.as_str(), files.as_str())));
    Server::start_in(folder, env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &environment)
}

fn create(server: &Server, number: &str) -> String {
    let payload = create_request("20000001", &operation(number, "login"));
    let answer = server.post("/api/auth/sms/create", &json!({ "requestObject": payload }));
    answer.at("/responseObject/messageId").as_str().unwrap().to_owned()
}

fn passes(server: &Server, number: &str, id: &str, code: &str) -> bool {
    let payload = json!({
        "messageId": id, "authorizationCode": code, "userId": "20000001", "organizationId": "RETAIL",
        "operationContext": operation(number, "login")
    });
    let answer = server.post("/api/auth/sms/verify", &json!({ "requestObject": payload }));
    answer.at("/responseObject/smsAuthorizationResult") == "VERIFIED_SUCCEEDED"
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("stderr.log")).unwrap()
}

fn await_log(folder: &Path, text: &str, times: usize) {
    let patience = Instant::now();
    while log(folder).matches(text).count() < times {
        assert!(patience.elapsed() < Duration::from_secs(20), "the log never said `{text}` {times} times");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn codes_outlive_the_exchange_of_their_keys_and_not_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let server = started(folder.path());
    let (over, right, late) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for worker in 0..4_usize {
            let (server, over, right, late) = (&server, &over, &right, &late);
            scope.spawn(move || {
                let mut turn = 0;
                while !over.load(Ordering::Relaxed) {
                    turn += 1;
                    let number = format!("rotation-{worker}-{turn}");
                    let id = create(server, &number);
                    let code = server.code(&id);
                    // Some are tried at once, some after a few exchanges, some too late.
                    match (turn + worker) % 8 {
                        0 => std::thread::sleep(Duration::from_secs(LIFE) + Duration::from_millis(1_000)),
                        1 => std::thread::sleep(Duration::from_secs(LIFE - 3)),
                        _ => std::thread::sleep(Duration::from_millis(50)),
                    }
                    let is_late = (turn + worker).is_multiple_of(8);
                    assert_eq!(passes(server, &number, &id, &code), !is_late, "worker {worker}, turn {turn}");
                    if is_late { late } else { right }.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for number in 1..=rotations() {
            std::thread::sleep(Duration::from_secs(2));
            rotate(folder.path(), number);
            hang_up(&server);
            await_log(folder.path(), "the keys were exchanged", number);
        }
        over.store(true, Ordering::Relaxed);
    });
    println!(
        "{} exchanges, {} right codes passed, {} late ones did not",
        rotations(),
        right.into_inner(),
        late.into_inner()
    );
}

#[test]
fn a_ring_that_cannot_be_used_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = started(folder.path());
    let id = create(&server, "before");
    let newest = folder.path().join("CODES-0");
    let broken: [&dyn Fn(); 3] = [&|| write(&newest, "too short"), &|| write(&newest, &secret("AUDIT", RING)), &|| {
        std::fs::remove_file(&newest).unwrap()
    }];
    for (times, breaks) in (1..).zip(broken) {
        breaks();
        hang_up(&server);
        await_log(folder.path(), "the keys stay as they are", times);
    }
    assert!(!log(folder.path()).contains("7fKq2ZxVb91"), "no secret is in the log");
    let code = server.code(&id);
    assert!(passes(&server, "before", &id, &code));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process_id()));
    if let Some(line) =
        limits.ok().and_then(|text| text.lines().find(|line| line.contains("core file")).map(str::to_owned))
    {
        assert_eq!(line.split_whitespace().filter(|word| *word == "0").count(), 2, "{line}");
    }
}
