//! Bad requests, and signals to stop under load. The full counts stand in `docs/figures.md`.
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod support;

use example_test_support::bad_requests::{self, Api, GoodRequest, documented};
use example_test_support::stops;
use serde_json::json;
use support::{DANA, KEY, basic};

const OWN_VALUES: &[&str] = &[
    "\"FORGOT_PASSWORD\"",
    "\"dana@example.com\"",
    "\"correct horse 7\"",
    "\"q-pet\"",
    "\"411111\"",
    "\"wlwdemo:entity:customer#3c1a7d52-6a0b-4d3b-b7f4-51b0c9a2e7d4\"",
    "\"wlwdemo:entity:customer#\"",
];

fn authorization() -> String {
    format!("authorization: {}\r\n", basic("accessId", KEY))
}

#[test]
fn bad_requests_are_answered_in_time_and_harm_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let environment = [("COUNTERSIGN_STORE", store.as_str()), ("COUNTERSIGN_DEV_LIMITS", "off")];
    let issuer = support::start_with(&[], &environment);
    let api = Api {
        good: documented(include_str!("contract.json"), &[]),
        headers: authorization(),
        own_values: OWN_VALUES,
        is_documented: |_, _| false,
    };
    bad_requests::harm_nothing(&issuer.server, &api);
}

#[test]
fn a_signal_to_stop_loses_no_request() {
    let body = support::request(DANA, json!({ "iin": "411111" }));
    let details = GoodRequest { method: "POST".to_owned(), path: "/b2b-gateway/partners/iin/details".to_owned(), body };
    let start = || support::start_with(&[], &[stops::DELAY]).server;
    stops::lose_nothing(start, &details, &authorization());
}
