//! Two requests with one code, a thousand times: one of them is right, and one alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

#[rustfmt::skip]
#[allow(dead_code, reason = "the binary serves it")]
#[path = "../src/generated/mod.rs"]
mod generated;
#[path = "../src/hooks.rs"]
mod hooks;
mod support;
mod turned;

use serde_json::{Value, json};
use turned::{Turned, answers, start};

const ROUNDS: usize = 1000;
/// Answers are hashed slowly, on purpose.
const SLOW_ROUNDS: usize = 50;

/// Sends a request twice at once; how many of the two were right.
async fn twice(issuer: &Turned, method: &str, path: &str, more: Value) -> usize {
    let (one, other) = tokio::join!(issuer.ask(method, path, more.clone()), issuer.ask(method, path, more));
    // What was late has been counted as wrong; the next round is in the next minute.
    issuer.clock.turn(61);
    [one, other].iter().filter(|reason| *reason == "SUCCESS").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_recovery_code_recovers_once() {
    let issuer = start(&[]);
    for round in 0..ROUNDS {
        let code = issuer.code("/customers/security/recovery", json!({ "recoveryType": "FORGOT_PASSWORD" })).await;
        let more = json!({ "recoveryType": "FORGOT_PASSWORD", "recoveryCode": code });
        let right = twice(&issuer, "POST", "/customers/security/recovery/authenticate", more).await;
        assert_eq!(right, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_verification_is_completed_once_by_its_code() {
    let issuer = start(&[("enabled: true", "enabled: false")]);
    for round in 0..ROUNDS {
        let code = issuer.code("/customers/security/emailverification", json!({})).await;
        let more = json!({ "verificationCode": code });
        let right = twice(&issuer, "PUT", "/customers/security/emailverification", more).await;
        assert_eq!(right, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_verification_is_completed_once_by_its_answers() {
    let issuer = start(&[]);
    for round in 0..SLOW_ROUNDS {
        let code = issuer.code("/customers/security/emailverification", json!({})).await;
        let more = json!({ "verificationCode": code });
        assert_eq!(issuer.ask("PUT", "/customers/security/emailverification", more).await, "SUCCESS");
        let more = answers(&[("q-pet", "Rex")]);
        let right = twice(&issuer, "PUT", "/customers/security/emailverification/mfa", more).await;
        assert_eq!(right, 1, "round {round}");
    }
}
