//! Bad requests, and signals to stop under load. The full counts stand in `docs/figures.md`.
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod support;

use example_test_support::Server;
use example_test_support::bad_requests::{self, Api, GoodRequest, documented};
use example_test_support::stops;
use serde_json::json;
use support::{CALLERS, SHOP, SHOP_NEXT, start_with};

const OWN_VALUES: &[&str] = &[
    "\"RegistrationNumber\"",
    "\"Phone\"",
    "\"198010011016\"",
    "\"+46731234567\"",
    "\"+4673\"",
    "\"519943\"",
    "519943",
];

fn bearer() -> String {
    format!("authorization: Bearer {SHOP}\r\n")
}

#[test]
fn bad_requests_are_answered_in_time_and_harm_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("embedded:{}", folder.path().join("state.db").display());
    let mut environment = CALLERS.to_vec();
    environment.extend([("SHOP_NEXT_TOKEN", SHOP_NEXT), ("COUNTERSIGN_STORE", store.as_str())]);
    let server = Server::start_in(folder.path(), env!("CARGO_BIN_EXE_example-walley-identify-buyer"), &environment);
    let token = support::by_phone(&server, "+46731234567");
    let api = Api {
        good: documented(include_str!("contract.json"), &[("{countryCode}", "SE"), ("{token}", &token)]),
        headers: bearer(),
        own_values: OWN_VALUES,
        is_documented: |_, _| false,
    };
    bad_requests::harm_nothing(&server, &api);
}

#[test]
fn a_signal_to_stop_loses_no_request() {
    let body = json!({ "Type": "RegistrationNumber", "Value": "198010011016" });
    let identify = GoodRequest { method: "POST".to_owned(), path: "/b2b/SE/identify".to_owned(), body };
    stops::lose_nothing(|| start_with(&[stops::DELAY]), &identify, &bearer());
}
