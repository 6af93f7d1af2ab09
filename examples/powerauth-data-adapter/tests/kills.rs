//! Kills the adapter while codes are made and verified on the embedded store, and asks afterwards for everything that
//! it had acknowledged. `COUNTERSIGN_KILLS` sets how often; see `docs/figures.md` for the full count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use example_test_support::Server;
use serde_json::{Value, json};
use support::{create_request, operation, wrong};

/// Each worker has a user of its own, so that one's failures are not another's.
const USERS: [&str; 4] = ["20000001", "20000002", "20000003", "20000004"];

/// How many kills a store lives through. An attempt that a kill cut off counts against its user as one under way for half a
/// minute, so further kills in that time would block them, as they should.
const KILLS_OF_A_STORE: usize = 2;

/// What the adapter has acknowledged of a code.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    Issued,
    /// One wrong attempt was answered.
    TriedOnce,
    Used,
    /// The process was killed while a right code was on its way.
    Unsure,
}

struct Code {
    user: &'static str,
    operation: Value,
    id: String,
    known: Known,
}

#[derive(Default)]
struct Counts {
    issued: usize,
    tried: usize,
    used: usize,
    unsure: usize,
}

fn start(folder: &Path) -> Server {
    let store = format!("embedded:{}", folder.join("state.db").display());
    let environment = [("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_STORE", store.as_str())];
    Server::start_in(folder, env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &environment)
}

fn try_post(server: &Server, path: &str, payload: &Value) -> Option<Value> {
    let body = json!({ "requestObject": payload }).to_string();
    let answer = server.try_send("POST", path, "application/json", &[], Some(&body)).ok()?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    Some(answer.at("/responseObject"))
}

fn try_verify(server: &Server, code: &Code, digits: &str) -> Option<(String, Option<String>, Option<i64>)> {
    let request = json!({
        "messageId": code.id, "authorizationCode": digits, "userId": code.user, "organizationId": "RETAIL",
        "operationContext": code.operation
    });
    let body = try_post(server, "/api/auth/sms/verify", &request)?;
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    Some((text("smsAuthorizationResult")?, text("errorMessage"), body["remainingAttempts"].as_i64()))
}

/// Makes and verifies codes until the process is gone.
fn work(server: &Server, round: usize, user: &'static str, codes: &Mutex<Vec<Code>>) {
    for turn in 0.. {
        let operation = operation(&format!("{round}-{user}-{turn}"), "login");
        let Some(created) = try_post(server, "/api/auth/sms/create", &create_request(user, &operation)) else { return };
        let id = created["messageId"].as_str().unwrap().to_owned();
        let digits = server.code(&id);
        let mut code = Code { user, operation, id, known: Known::Issued };
        // A third is only made, a third mistyped once, a third verified; and one that is mistyped is followed by one
        // that is right, so that nobody is blocked.
        let gone = match turn % 3 {
            0 => false,
            1 => match try_verify(server, &code, &wrong(&digits)) {
                Some(answer) => {
                    assert_eq!(answer.2, Some(4), "{answer:?}");
                    code.known = Known::TriedOnce;
                    false
                }
                None => {
                    code.known = Known::Unsure;
                    true
                }
            },
            _ => match try_verify(server, &code, &digits) {
                Some(answer) => {
                    assert_eq!(answer.0, "VERIFIED_SUCCEEDED", "{answer:?}");
                    code.known = Known::Used;
                    false
                }
                None => {
                    code.known = Known::Unsure;
                    true
                }
            },
        };
        codes.lock().unwrap().push(code);
        if gone {
            return;
        }
    }
}

fn check(server: &Server, codes: &[Code], counts: &mut Counts) {
    for code in codes {
        let digits = server.code(&code.id);
        let first = match code.known {
            Known::TriedOnce => {
                counts.tried += 1;
                let again = try_verify(server, code, &wrong(&digits)).unwrap();
                assert_eq!(again.2, Some(3), "an acknowledged try was forgotten: {again:?}");
                try_verify(server, code, &digits).unwrap()
            }
            _ => try_verify(server, code, &digits).unwrap(),
        };
        match code.known {
            Known::Issued | Known::TriedOnce => {
                counts.issued += 1;
                assert_eq!(first.0, "VERIFIED_SUCCEEDED", "an acknowledged code was forgotten: {first:?}");
            }
            Known::Used => {
                counts.used += 1;
                let refused = Some("smsAuthorization.alreadyVerified".to_owned());
                assert_eq!(
                    (first.0.as_str(), first.1),
                    ("VERIFIED_FAILED", refused),
                    "an acknowledged use was forgotten"
                );
            }
            Known::Unsure => counts.unsure += 1,
        }
        let second = try_verify(server, code, &digits).unwrap();
        assert_eq!(second.0, "VERIFIED_FAILED", "a code was good twice: {second:?}");
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    let kills: usize = std::env::var("COUNTERSIGN_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(5);
    let mut counts = Counts::default();
    let mut folder = tempfile::tempdir().unwrap();
    let mut server = start(folder.path());
    for round in 0..kills {
        if round > 0 && round % KILLS_OF_A_STORE == 0 {
            let next = tempfile::tempdir().unwrap();
            server = start(next.path());
            folder = next;
        }
        let codes = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for user in USERS {
                let (server, codes) = (&server, &codes);
                scope.spawn(move || work(server, round, user, codes));
            }
            // Another moment each round, the same ones each run.
            std::thread::sleep(Duration::from_millis(100 + (round as u64 * 37) % 200));
            kill(&server);
        });
        server.kill();
        server = start(folder.path());
        check(&server, &codes.into_inner().unwrap(), &mut counts);
    }
    assert!(counts.issued > 0 && counts.tried > 0 && counts.used > 0, "nothing was checked");
    println!(
        "{kills} kills: {} codes issued, {} wrong tries, {} uses acknowledged and found again; {} unsure; 0 lost",
        counts.issued, counts.tried, counts.used, counts.unsure
    );
}

fn kill(server: &Server) {
    let killed = std::process::Command::new("kill").args(["-9", &server.process_id().to_string()]).status();
    assert!(killed.unwrap().success());
}

#[test]
fn a_second_process_on_the_same_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path());
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let second = example_test_support::command(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"))
        .arg("--dev")
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_STORE", store)
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("state.db"), "{said}");
    drop(server);
}

#[test]
fn a_damaged_store_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    std::fs::write(&path, "this was a database once".repeat(400)).unwrap();
    let output = example_test_support::command(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"))
        .arg("--dev")
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_STORE", format!("embedded:{}", path.display()))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert!(String::from_utf8_lossy(&output.stderr).contains("state.db"));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this was a database once"), "it is left as it was");
}
