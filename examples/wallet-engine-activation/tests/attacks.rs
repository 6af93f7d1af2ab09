//! Attacks from outside on the example in a memory cgroup of 512 MiB, as those on the PowerAuth example: new passwords, large and
//! half bodies, connections that say nothing. Anybody may call this API. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod outside;

use std::path::Path;

use example_test_support::Server;
use example_test_support::attack::{self, Flood, HELD, request};
use outside::{APP, new_password, settings, token};
use serde_json::{Value, json};

fn started(folder: &Path) -> Server {
    let store = format!("embedded:{}", folder.join("state.db").display());
    let environment = [
        ("COUNTERSIGN_SETTINGS", settings()),
        ("COUNTERSIGN_DEV_LIMITS", "off"),
        ("COUNTERSIGN_STORE", store.as_str()),
    ];
    Server::start_in(folder, &attack::binary(env!("CARGO_BIN_EXE_example-wallet-engine-activation")), &environment)
}

fn terms(body: &Value) -> Vec<u8> {
    request("POST", "/api/profile/tos", "", &body.to_string())
}

#[test]
fn passwords_bodies_and_idle_connections_end_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = started(folder.path());
    let tokens: Vec<String> = (0..16).map(|at| token(&server, &format!("{}", 81_234_000 + at))).collect();
    let passwords: Vec<Vec<u8>> = tokens.iter().map(|token| new_password(token)).collect();
    let large = terms(&json!({ "app_id": APP, "more": vec![json!({ "a": 1 }); 7_000] }));
    let hashes = Flood::Requests { source: 20, at_once: 16, requests: passwords.clone() };
    let bodies = attack::bodies(std::slice::from_ref(&large), &large);
    let idle = attack::idle();
    let honest = terms(&json!({ "app_id": APP }));
    for (name, floods, gets) in [
        ("new passwords", vec![hashes.clone()], 200),
        ("bodies", bodies.clone(), HELD),
        ("idle connections", idle.clone(), HELD),
        ("all at once", [vec![hashes], bodies, idle].concat(), HELD),
    ] {
        if !attack::is_wanted(name) {
            continue;
        }
        let outcome = attack::run(name, &mut server, &honest, Some(&passwords[0]), &floods);
        println!("{outcome}");
        outcome.must_hold(gets);
    }
}

#[test]
fn slow_callers_are_closed_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let server = started(folder.path());
    let body = terms(&json!({ "app_id": APP, "more": "a".repeat(10_000) }));
    attack::slow_callers(&server, &terms(&json!({ "app_id": APP })), &body, None);
}
