//! Whether the duration of an answer tells what its body does not: codes of users who exist against decoys and ids that
//! never were, wrong passwords of users who exist against users who do not. The requests take turns at random.
//! `COUNTERSIGN_TIMING` sets how many of each; what is printed is the chance that one of the first takes longer than one
//! of the second, where 0.5 means that nothing can be told. See `docs/figures.md` for the full count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

#[path = "support/raw.rs"]
mod raw;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use example_test_support::Server;
use raw::Connection;
use serde_json::{Value, json};
use support::{create_request, operation, wrong};

/// Requests of each sort before the first that counts.
const WARM_UP: usize = 10;

#[derive(Default)]
struct Sort {
    took: Vec<Duration>,
    bodies: BTreeSet<String>,
}

struct Watch {
    server: Server,
    connection: Connection,
    sorts: BTreeMap<&'static str, Sort>,
    dice: u64,
}

fn each() -> usize {
    std::env::var("COUNTERSIGN_TIMING").ok().and_then(|text| text.parse().ok()).unwrap_or(30)
}

impl Watch {
    fn begin(folder: &std::path::Path, store: &str) -> Watch {
        let store = match store {
            "memory" => store.to_owned(),
            _ => format!("embedded:{}", folder.join("state.db").display()),
        };
        let environment = [
            ("COUNTERSIGN_DEV_LIMITS", "off"),
            ("COUNTERSIGN_STORE", store.as_str()),
            ("TIMING_KEY", "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c="),
            ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:TIMING_KEY"),
        ];
        let server = Server::start_in(folder, env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &environment);
        let connection = Connection::to(server.address());
        Watch { server, connection, sorts: BTreeMap::new(), dice: 0x2545_f491_4f6c_dd1d }
    }

    fn post(&mut self, path: &str, payload: &Value) -> (Duration, String) {
        let body = json!({ "requestObject": payload }).to_string();
        let answer = self.connection.send("POST", path, "application/json", body.as_bytes());
        (answer.took, String::from_utf8(answer.body).unwrap())
    }

    /// Sends one request of each sort, in an order of its own.
    fn round(&mut self, path: &str, mut requests: Vec<(&'static str, Value)>, counts: bool) {
        for last in (1..requests.len()).rev() {
            self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            requests.swap(last, (self.dice >> 33) as usize % (last + 1));
        }
        for (sort, payload) in requests {
            let (took, body) = self.post(path, &payload);
            if counts {
                let sort = self.sorts.entry(sort).or_default();
                sort.took.push(took);
                sort.bodies.insert(body);
            }
        }
    }

    fn tell(&self, what: &str, left: &str, right: &str) {
        let (one, other) = (&self.sorts[left].took, &self.sorts[right].took);
        let middle = |took: &[Duration]| {
            let mut took = took.to_vec();
            took.sort();
            took[took.len() / 2]
        };
        println!(
            "{what}: {left} {:?}, {right} {:?} in the middle, {} each: {:.3}",
            middle(one),
            middle(other),
            one.len(),
            chance(one, other)
        );
    }
}

/// The chance that one of the first takes longer than one of the second; what takes as long counts half.
fn chance(first: &[Duration], second: &[Duration]) -> f64 {
    let mut sorted = second.to_vec();
    sorted.sort();
    let below = |one: &Duration| {
        let (less, upto) = (sorted.partition_point(|two| two < one), sorted.partition_point(|two| two <= one));
        (less + upto) as f64 / 2.0
    };
    first.iter().map(below).sum::<f64>() / (first.len() * second.len()) as f64
}

fn check(user: &str, number: &str, id: &str, code: &str) -> Value {
    json!({
        "messageId": id, "authorizationCode": code, "userId": user, "organizationId": "RETAIL",
        "operationContext": operation(number, "login_sca")
    })
}

fn codes(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::begin(folder.path(), store);
    for turn in 0..each() + WARM_UP {
        let (real, decoy) = (format!("real-{turn}"), format!("decoy-{turn}"));
        let nobody = format!("9{turn:07}");
        let mut made = |user: &str, number: &str| {
            let request = create_request(user, &operation(number, "login_sca"));
            let (_, body) = watch.post("/api/auth/sms/create", &request);
            let body: Value = serde_json::from_str(&body).unwrap();
            body["responseObject"]["messageId"].as_str().unwrap().to_owned()
        };
        let (id, decoys) = (made("20000001", &real), made(&nobody, &decoy));
        let code = watch.server.code(&id);
        let mistyped = wrong(&code);
        let requests = vec![
            ("known", check("20000001", &real, &id, &mistyped)),
            ("decoy", check(&nobody, &decoy, &decoys, &mistyped)),
            ("unknown", check("20000001", &real, &format!("00000000-0000-4000-8000-{turn:012}"), &mistyped)),
        ];
        watch.round("/api/auth/sms/verify", requests, turn >= WARM_UP);
        // So that nobody is blocked.
        watch.post("/api/auth/sms/verify", &check("20000001", &real, &id, &code));
    }
    assert_eq!(watch.sorts["known"].bodies, watch.sorts["decoy"].bodies, "decoys are answered as codes are");
    watch.tell(&format!("verify_sms, {store}"), "known", "decoy");
    watch.tell(&format!("verify_sms, {store}"), "known", "unknown");
}

#[test]
fn a_decoy_is_answered_as_a_code_is() {
    codes("memory");
    codes("embedded");
}

fn passwords(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::begin(folder.path(), store);
    let path = "/api/auth/user/authenticate";
    let ask = |user: &str, password: &str, protection: &str, transformation: &str| {
        json!({
            "userId": user, "organizationId": "RETAIL", "password": password,
            "authenticationContext": { "passwordProtection": protection, "cipherTransformation": transformation },
            "operationContext": operation("timing", "login")
        })
    };
    let plain = |user: &str, password: &str| ask(user, password, "NO_PROTECTION", "");
    // The last letter breaks the padding of a password that would be right.
    let broken = "AAECAwQFBgcICQoLDA0ODw==:0wlMMMFXcMMnwR9Lr+OVQA==";
    for _ in 0..5 {
        watch.post(path, &plain("20000003", "mistyped"));
    }
    for turn in 0..each() + WARM_UP {
        let requests = vec![
            ("known", plain("20000001", "mistyped")),
            ("unknown", plain(&format!("9{turn:07}"), "mistyped")),
            ("padding", ask("20000001", broken, "PASSWORD_ENCRYPTION_AES", "AES/CBC/PKCS7Padding")),
            ("blocked", plain("20000003", "mistyped")),
        ];
        watch.round(path, requests, turn >= WARM_UP);
        // So that nobody else is blocked.
        watch.post(path, &plain("20000001", "s3cret"));
    }
    for sort in ["unknown", "padding"] {
        assert_eq!(watch.sorts["known"].bodies, watch.sorts[sort].bodies, "{sort}");
    }
    // The contract tells who is blocked.
    assert_eq!(watch.sorts["blocked"].bodies.len(), 1);
    for sort in ["unknown", "padding", "blocked"] {
        watch.tell(&format!("authenticate_user, {store}"), "known", sort);
    }
}

#[test]
fn a_user_who_does_not_exist_is_answered_as_one_who_mistyped() {
    passwords("memory");
    passwords("embedded");
}
