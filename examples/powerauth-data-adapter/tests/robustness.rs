//! Bad requests, and signals to stop under load. The full counts stand in `docs/figures.md`.
#![allow(clippy::unwrap_used, reason = "a test may break")]

use example_test_support::Server;
use example_test_support::bad_requests::{self, Api, GoodRequest, documented};
use example_test_support::stops;
use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_example-powerauth-data-adapter");

/// What means something here: operation data, users, operations, ways to encrypt a password, attributes.
const OWN_VALUES: &[&str] = &[
    "\"*A*\"",
    "\"A1*A100CZK*A200EUR*Q1/0300*Q2/0300\"",
    "\"A2*A*Q*D*N\"",
    "\"20000001\"",
    "\"30000002\"",
    "\"login\"",
    "\"login_sca\"",
    "\"authorize_payment_sca\"",
    "\"AES_SHA1\"",
    "\"PASSWORD_ENCRYPTION_AES\"",
    "\"AES/CBC/PKCS7Padding\"",
    "{\"type\":\"AMOUNT\"}",
    "{\"type\":\"NOPE\"}",
];

const PASSWORD_KEY: &str = "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=";

#[test]
fn bad_requests_are_answered_in_time_and_harm_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let environment = [
        ("COUNTERSIGN_DEV_LIMITS", "off"),
        ("COUNTERSIGN_STORE", store.as_str()),
        // Without a key a password that comes encrypted is a fault of the settings.
        ("PASSWORD_KEY", PASSWORD_KEY),
        ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:PASSWORD_KEY"),
    ];
    let server = Server::start_in(folder.path(), BINARY, &environment);
    let api = Api {
        good: documented(include_str!("golden/contract.json"), &[]),
        headers: String::new(),
        own_values: OWN_VALUES,
        is_documented: |_, _| false,
    };
    bad_requests::harm_nothing(&server, &api);
}

#[test]
fn a_signal_to_stop_loses_no_request() {
    let body = json!({ "requestObject": { "username": "test", "organizationId": "RETAIL" } });
    let look_up = GoodRequest { method: "POST".to_owned(), path: "/api/auth/user/lookup".to_owned(), body };
    stops::lose_nothing(|| Server::start(BINARY, &[stops::DELAY]), &look_up, "");
}
