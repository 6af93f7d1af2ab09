//! Attacks from outside on the example in a memory cgroup of 512 MiB: tokens that nobody has, look-ups and messages without
//! end, large and half bodies, connections that say nothing. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count, and
//! `COUNTERSIGN_SLOW_CALLERS=2000` that of slow callers; see `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod support;

use std::path::Path;

use example_test_support::Server;
use example_test_support::attack::{self, Flood, HELD, request};
use serde_json::{Value, json};
use support::{CALLERS, SHOP, SHOP_NEXT, SWEDEN};

fn started(folder: &Path) -> Server {
    let store = format!("embedded:{}", folder.join("state.db").display());
    let mut environment = CALLERS.to_vec();
    environment.extend([("SHOP_NEXT_TOKEN", SHOP_NEXT), ("COUNTERSIGN_STORE", store.as_str())]);
    Server::start_in(folder, &attack::binary(env!("CARGO_BIN_EXE_example-walley-identify-buyer")), &environment)
}

fn identify(token: &str, body: &Value) -> Vec<u8> {
    request("POST", "/b2b/SE/identify", &format!("Authorization: Bearer {token}\r\n"), &body.to_string())
}

fn by_number() -> Value {
    json!({ "Type": "RegistrationNumber", "Value": "198010011016" })
}

/// A body as large as may be, mostly of what nobody reads.
fn large() -> Value {
    json!({ "Type": "RegistrationNumber", "Value": "198010011016", "more": vec![json!({ "a": 1 }); 7_000] })
}

#[test]
fn tokens_look_ups_messages_bodies_and_idle_connections_end_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = started(folder.path());
    let flood = |source, at_once, requests| Flood::Requests { source, at_once, requests };
    let wrong = (0..1000).map(|at| identify(&format!("nobody-{at}"), &by_number())).collect();
    let look_ups = (0..1000).map(|at| json!({ "Type": "RegistrationNumber", "Value": format!("{}", 100_000 + at) }));
    let messages = (1..6).map(|at| json!({ "Type": "Phone", "Value": format!("+4673100000{at}") }));
    let as_the_shop = |bodies: Vec<Value>| bodies.iter().map(|body| identify(SHOP, body)).collect();
    let wrong = flood(20, 64, wrong);
    let look_ups = flood(40, 80, as_the_shop(look_ups.collect()));
    let messages = flood(60, 32, as_the_shop(messages.collect()));
    let bodies = attack::bodies(&[identify(SHOP, &large())], &identify(SHOP, &large()));
    let all = [vec![wrong.clone(), look_ups.clone(), messages.clone()], bodies.clone(), attack::idle()].concat();
    for (name, floods, gets) in [
        ("wrong tokens", vec![wrong], 401),
        ("look-ups", vec![look_ups], 400),
        ("messages", vec![messages], 202),
        ("bodies", bodies, HELD),
        ("idle connections", attack::idle(), HELD),
        ("all at once", all, HELD),
    ] {
        if !attack::is_wanted(name) {
            continue;
        }
        let outcome = attack::run(name, &mut server, &identify(SWEDEN, &by_number()), None, &floods);
        println!("{outcome}");
        outcome.must_hold(gets);
    }
}

#[test]
fn slow_callers_are_closed_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let server = started(folder.path());
    attack::slow_callers(&server, &identify(SWEDEN, &by_number()), &identify(SHOP, &large()), None);
}
