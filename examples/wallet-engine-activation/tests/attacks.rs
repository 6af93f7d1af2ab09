//! Attacks from outside on the example in a memory cgroup of 512 MiB, as those on the PowerAuth example: new passwords, large and
//! half bodies, connections that say nothing. Anybody may call this API. `COUNTERSIGN_ATTACK_SECONDS=60` is the full count.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use std::path::Path;

use example_test_support::Server;
use example_test_support::attack::{self, Flood, HELD, request, seconds};
use serde_json::{Value, json};

const APP: &str = "5db2a50be7626";

/// The most resident memory, in MiB.
const MOST: f64 = 400.0;

/// How much of what one hash on each core leaves may be resident when it is calm again.
const MOST_AFTERWARDS: f64 = 1.5;

fn started(folder: &Path) -> Server {
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions/wallet-engine-activation/demo.yaml");
    let store = format!("embedded:{}", folder.join("state.db").display());
    let environment = [
        ("COUNTERSIGN_SETTINGS", settings.to_str().unwrap()),
        ("COUNTERSIGN_DEV_LIMITS", "off"),
        ("COUNTERSIGN_STORE", store.as_str()),
    ];
    Server::start_in(folder, &attack::binary(env!("CARGO_BIN_EXE_example-wallet-engine-activation")), &environment)
}

/// The token of a wallet that was just made.
fn token(server: &Server, phone: &str) -> String {
    let asked = server.post(
        "/api/activate/request",
        &json!({
            "app_id": APP, "country_dial_code": "65", "phone_number": phone, "email_address": "a@example.com",
            "nickname": "A", "tos_accepted": "2021-09-20 10:50:59",
        }),
    );
    let id = asked.at("/request_id").as_str().unwrap_or_else(|| panic!("{}", asked.text)).to_owned();
    let body = json!({ "app_id": APP, "request_id": id, "passcode": server.code(&id) });
    let verified = server.post("/api/activate/otp/verify", &body);
    verified.at("/token").as_str().unwrap_or_else(|| panic!("{}", verified.text)).to_owned()
}

fn new_password(token: &str) -> Vec<u8> {
    let body = json!({ "app_id": APP, "password": "correct horse battery" }).to_string();
    request("POST", "/api/profile/update", &format!("Authorization: Bearer {token}\r\n"), &body)
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
    let bodies = [
        Flood::Requests { source: 30, at_once: 60, requests: vec![large.clone()] },
        Flood::OneByteShort { source: 31, at_once: 700, request: large },
    ];
    let idle = [
        Flood::Idle { source: 50, at_once: 1024, operations: false },
        Flood::Idle { source: 50, at_once: 64, operations: true },
    ];
    let honest = terms(&json!({ "app_id": APP }));
    for (name, floods, gets) in [
        ("new passwords", vec![hashes.clone()], 200),
        ("bodies", bodies.to_vec(), HELD),
        ("idle connections", idle.to_vec(), HELD),
        ("all at once", [vec![hashes], bodies.to_vec(), idle.to_vec()].concat(), HELD),
    ] {
        let outcome = attack::run(name, &mut server, &honest, &passwords[0], &floods);
        println!("{outcome}");
        assert!(outcome.answers.contains_key(&gets), "{outcome}");
        assert!(outcome.peak <= MOST && outcome.honest.took.len() > 50, "{outcome}");
        if seconds() >= 60 {
            assert!(outcome.after <= MOST_AFTERWARDS * outcome.rested && outcome.honest.failed == 0, "{outcome}");
            assert!(outcome.honest.percentile(0.5) <= 50.0 && outcome.honest.percentile(0.99) <= 250.0, "{outcome}");
        }
    }
}
