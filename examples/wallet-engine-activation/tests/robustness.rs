//! Bad requests, and signals to stop under load. The full counts stand in `docs/figures.md`.
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod outside;

use example_test_support::Server;
use example_test_support::bad_requests::{self, Api, GoodRequest, documented};
use example_test_support::stops;
use outside::{APP, settings, token};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_example-wallet-engine-activation");

const OWN_VALUES: &[&str] = &[
    "\"5db2a50be7626\"",
    "\"65\"",
    "\"81234567\"",
    "\"2021-09-20 10:50:59\"",
    "\"a@example.com\"",
    "\"correct horse battery\"",
];

/// This API answers all its refusals with 500, a path that is not there too; errors of the adapter itself show in its log.
fn is_refusal(status: u16, body: &[u8]) -> bool {
    status == 500
        && serde_json::from_slice::<Value>(body).is_ok_and(|body| body.get("error").is_some_and(Value::is_string))
}

fn terms() -> GoodRequest {
    let body = json!({ "app_id": APP });
    GoodRequest { method: "POST".to_owned(), path: "/api/profile/tos".to_owned(), body }
}

#[test]
fn bad_requests_are_answered_in_time_and_harm_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let environment = [
        ("COUNTERSIGN_SETTINGS", settings()),
        ("COUNTERSIGN_DEV_LIMITS", "off"),
        ("COUNTERSIGN_STORE", store.as_str()),
    ];
    let server = Server::start_in(folder.path(), BINARY, &environment);
    let headers = format!("authorization: Bearer {}\r\n", token(&server, "81234001"));
    // Those of the documentation that succeed want a request or a wallet that is there; this one wants nothing.
    let good = [documented(include_str!("contract.json"), &[]), vec![terms()]].concat();
    let api = Api { good, headers, own_values: OWN_VALUES, is_documented: is_refusal };
    bad_requests::harm_nothing(&server, &api);
}

#[test]
fn a_signal_to_stop_loses_no_request() {
    let start = || Server::start(BINARY, &[("COUNTERSIGN_SETTINGS", settings()), stops::DELAY]);
    stops::lose_nothing(start, &terms(), "");
}
