//! Attacks from outside on the example in a memory cgroup of 512 MiB: keys that nobody has, logins and new answers, which
//! are hashed, codes, large and half bodies, connections that say nothing. `COUNTERSIGN_ATTACK_SECONDS=20` is a full
//! count, and `COUNTERSIGN_SLOW_CALLERS=2000` that of slow callers; see `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may break")]

mod support;

use example_test_support::attack::{self, Flood, HELD, request};
use serde_json::{Value, json};
use support::{DANA, Issuer, KEY, NEXT_KEY, basic};

/// The caller whose requests the attackers send, where they have a key.
const CARE: (&str, &str) = ("accessId", KEY);

fn started(folder: &tempfile::TempDir) -> Issuer {
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let binary = attack::binary(env!("CARGO_BIN_EXE_example-b2b-customer-verification"));
    support::start_binary(&binary, &[("COUNTERSIGN_STORE", &store), ("COUNTERSIGN_DEV_LIMITS", "off")])
}

fn ask((id, key): (&str, &str), method: &str, path: &str, customer: &str, more: Value) -> Vec<u8> {
    let headers = format!("Authorization: {}\r\n", basic(id, key));
    request(method, &format!("/b2b-gateway{path}"), &headers, &support::request(customer, more).to_string())
}

fn login(who: usize) -> Vec<u8> {
    let more = json!({ "username": "somebody", "password": "wrong horse" });
    ask(CARE, "POST", "/customers/security/login", &format!("wlwdemo:entity:customer#{who}"), more)
}

fn iin(caller: (&str, &str), more: Value) -> Vec<u8> {
    let mut asked = json!({ "iin": "411111" });
    asked["more"] = more;
    ask(caller, "POST", "/partners/iin/details", DANA, asked)
}

/// A request as large as may be, mostly of what nobody reads.
fn large() -> Vec<u8> {
    iin(CARE, json!(vec![json!({ "a": 1 }); 7_000]))
}

/// Of whom honest callers ask.
fn honest() -> Vec<u8> {
    iin(("accessId", NEXT_KEY), json!(null))
}

#[test]
fn keys_logins_answers_codes_bodies_and_idle_connections_end_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut issuer = started(&folder);
    let flood = |source, at_once, requests| Flood::Requests { source, at_once, requests };
    let answer = |question: &str, at: usize| json!({ "questionUri": question, "answer": format!("answer {at}") });
    let answers = |at: usize| {
        let more = json!({ "questionAnswers": [answer("q-pet", at), answer("q-teacher", at)] });
        ask(CARE, "PUT", "/customers/security/mfa", DANA, more)
    };
    let code = ask(CARE, "POST", "/customers/security/recovery", DANA, json!({ "recoveryType": "FORGOT_PASSWORD" }));
    let wrong = flood(10, 64, (0..1000).map(|at| iin((&format!("nobody-{at}"), KEY), json!(null))).collect());
    let logins = flood(20, 16, (0..1000).map(login).collect());
    let answers = flood(21, 16, (0..64).map(answers).collect());
    let codes = flood(60, 32, vec![code]);
    let bodies = attack::bodies(&[large()], &large());
    let all =
        [vec![wrong.clone(), logins.clone(), answers.clone(), codes.clone()], bodies.clone(), attack::idle()].concat();
    for (name, floods, gets) in [
        ("wrong keys", vec![wrong], 401),
        ("logins", vec![logins], 200),
        ("new answers", vec![answers], 200),
        ("codes", vec![codes], 200),
        ("bodies", bodies, HELD),
        ("idle connections", attack::idle(), HELD),
        ("all at once", all, HELD),
    ] {
        if !attack::is_wanted(name) {
            continue;
        }
        let outcome = attack::run(name, &mut issuer.server, &honest(), Some(&login(1)), &floods);
        println!("{outcome}");
        outcome.must_hold(gets);
    }
}

#[test]
fn slow_callers_are_closed_in_time() {
    let folder = tempfile::tempdir().unwrap();
    attack::slow_callers(&started(&folder).server, &honest(), &large(), None);
}
