//! Attacks from outside on the example in a memory cgroup of 512 MiB: none ends the process, takes its memory for good, or
//! keeps honest callers from their answers. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count; see `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use example_test_support::Server;
use example_test_support::attack::{self, Flood, HELD, Outcome, request};

fn lookup(name: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"requestObject":{{"username":"{name}","organizationId":"RETAIL","operationContext":{{"id":"1","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/user/lookup", "", &body)
}

fn sign_in(user: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"requestObject":{{"userId":"{user}","organizationId":"RETAIL","password":"none","authenticationContext":{{"passwordProtection":"NO_PROTECTION"}},"operationContext":{{"id":"1","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/user/authenticate", "", &body)
}

fn sms(at: usize) -> Vec<u8> {
    let body = format!(
        r#"{{"requestObject":{{"userId":"12345678","organizationId":"RETAIL","lang":"en","operationContext":{{"id":"{at}","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/sms/create", "", &body)
}

/// Nearly a megabyte of small objects, in a member that nobody reads.
fn objects() -> Vec<u8> {
    let many = vec![r#"{"a":1}"#; 130_000].join(",");
    let body = format!(
        r#"{{"requestObject":{{"username":"user1234","organizationId":"RETAIL","more":[{many}],"operationContext":{{"id":"1","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/user/lookup", "", &body)
}

/// The same as long texts, of which there are few.
fn texts() -> Vec<u8> {
    let many = vec![format!("\"{}\"", "a".repeat(1000)); 900].join(",");
    let body = format!(
        r#"{{"requestObject":{{"username":"user1234","organizationId":"RETAIL","more":[{many}],"operationContext":{{"id":"1","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/user/lookup", "", &body)
}

/// A form with so much in it that is not known that its answer is nearly a megabyte too.
fn large_form() -> Vec<u8> {
    let more = "a".repeat(900_000);
    let body = format!(
        r#"{{"requestObject":{{"userId":"12345678","organizationId":"RETAIL","operationContext":{{"id":"1","name":"login","data":"A2","formData":{{"title":{{"id":"t","message":"T"}},"greeting":{{"id":"g","message":"G"}},"summary":{{"id":"s","message":"S"}},"config":[],"banners":[],"parameters":[{{"type":"NOTE","id":"n","label":"N","note":"{more}"}}],"userInput":{{}}}}}}}}}}"#
    );
    request("POST", "/api/operation/formdata/decorate", "", &body)
}

fn hashes() -> Flood {
    Flood::Requests { source: 20, at_once: 16, requests: (0..64).map(|at| sign_in(&format!("9{at}"))).collect() }
}

fn hung() -> Flood {
    Flood::Requests { source: 40, at_once: 80, requests: vec![lookup("hangs")] }
}

fn writes() -> Flood {
    Flood::Requests { source: 60, at_once: 32, requests: (0..1000).map(sms).collect() }
}

fn attack(name: &str, floods: &[Flood]) -> (Outcome, u64) {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let environment = [("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_STORE", store.as_str())];
    let binary = attack::binary(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"));
    let mut server = Server::start_in(folder.path(), &binary, &environment);
    let outcome = attack::run(name, &mut server, &lookup("user1234"), Some(&sign_in("90000000")), floods);
    let log = std::fs::metadata(folder.path().join("state.db-wal")).map_or(0, |file| file.len());
    println!("{outcome}, write-ahead log {} MiB", log >> 20);
    let health = server.operations_address().to_owned();
    let ready = example_test_support::send(&health, "GET", "/health/live", "text/plain", &[], None).unwrap();
    assert_eq!(ready.status, 200, "{name}");
    (outcome, log)
}

/// `gets` is what the attack must have got, so that it was one.
fn holds(name: &str, floods: &[Flood], gets: u16) {
    if !attack::is_wanted(name) {
        return;
    }
    let (outcome, log) = attack(name, floods);
    outcome.must_hold(gets);
    assert!(log <= 64 << 20, "{name}: the write-ahead log has {log} bytes");
}

#[test]
fn hashes_bodies_hung_look_ups_idle_connections_and_writes_end_nothing() {
    let bodies = attack::bodies(&[objects(), texts()], &texts());
    holds("hashes", &[hashes()], 200);
    holds("bodies", &bodies, HELD);
    holds("hung look-ups", &[hung()], 400);
    holds("idle connections", &attack::idle(), HELD);
    holds("writes", &[writes()], 200);
    let all: Vec<Flood> = [vec![hashes(), hung(), writes()], bodies, attack::idle()].concat();
    holds("all at once", &all, HELD);
}

#[test]
fn slow_callers_are_closed_in_time() {
    let server = Server::start(&attack::binary(env!("CARGO_BIN_EXE_example-powerauth-data-adapter")), &[]);
    attack::slow_callers(&server, &lookup("user1234"), &texts(), Some(&large_form()));
}
