//! Requests as a merchant's server builds them, and the callers that the tests set.
#![allow(dead_code, clippy::expect_used, reason = "not every test uses all of it, and a test may break")]

use example_test_support::{Answer, Server};
use serde_json::{Value, json};

/// Settings of three callers: one who may do all in all countries, one for Sweden alone, one who may do nothing.
pub const CALLERS: [(&str, &str); 9] = [
    ("COUNTERSIGN_DEV_LIMITS", "off"),
    ("COUNTERSIGN_CALLERS__SHOP__TOKEN", "env:SHOP_TOKEN,env:SHOP_NEXT_TOKEN"),
    ("COUNTERSIGN_CALLERS__SWEDEN__TOKEN", "env:SWEDEN_TOKEN"),
    ("COUNTERSIGN_CALLERS__SWEDEN__COUNTRIES", "SE"),
    ("COUNTERSIGN_CALLERS__GUEST__TOKEN", "env:GUEST_TOKEN"),
    ("COUNTERSIGN_CALLERS__GUEST__ENDPOINTS", ""),
    ("SHOP_TOKEN", SHOP),
    ("SWEDEN_TOKEN", SWEDEN),
    ("GUEST_TOKEN", GUEST),
];

pub const SHOP: &str = "shop-4fzXk0qDPuq1nB0Q2nH6cOqvZz9yT7LQ";
pub const SHOP_NEXT: &str = "next-9aKXw1rEQvr2oC1R3oI7dPrwAa0zU8MR";
pub const SWEDEN: &str = "sweden-7bLYx2sFRws3pD2S4pJ8eQsxBb1aV9NS";
pub const GUEST: &str = "guest-3cMZy3tGSxt4qE3T5qK9fRtyCc2bW0OT";

/// The demo register's adapter, without limits on sending.
pub fn start() -> Server {
    start_with(&[])
}

/// The same, with further environment.
pub fn start_with(environment: &[(&str, &str)]) -> Server {
    let mut all = CALLERS.to_vec();
    all.push(("SHOP_NEXT_TOKEN", SHOP_NEXT));
    all.extend_from_slice(environment);
    Server::start(env!("CARGO_BIN_EXE_example-walley-identify-buyer"), &all)
}

/// Posts a body as a caller.
#[track_caller]
pub fn post_as(server: &Server, token: &str, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    server.send("POST", path, "application/json", &[("authorization", &bearer)], Some(body))
}

/// Posts JSON as the shop.
#[track_caller]
pub fn post(server: &Server, path: &str, body: Value) -> Answer {
    post_as(server, SHOP, path, &body.to_string())
}

/// Identifies by phone, and gives the token.
#[track_caller]
pub fn by_phone(server: &Server, phone: &str) -> String {
    let answer = post(server, "/b2b/SE/identify", json!({ "Type": "Phone", "Value": phone }));
    assert_eq!(answer.status, 202, "{}", answer.text);
    token(&answer)
}

/// Identifies by registration number, and gives the token.
#[track_caller]
pub fn by_number(server: &Server) -> String {
    let request = json!({ "Type": "RegistrationNumber", "Value": "198010011016" });
    let answer = post(server, "/b2b/SE/identify", request);
    assert_eq!(answer.status, 200, "{}", answer.text);
    token(&answer)
}

#[track_caller]
pub fn token(answer: &Answer) -> String {
    answer.at("/data/token").as_str().expect("a token").to_owned()
}

/// Verifies in Sweden.
#[track_caller]
pub fn verify(server: &Server, token: &str, body: Value) -> Answer {
    post(server, &format!("/b2b/SE/identify/{token}/verify"), body)
}

/// The status and the problem's code, or what was answered.
#[track_caller]
pub fn problem(answer: &Answer) -> (u16, String) {
    let code = answer.at("/code").as_str().unwrap_or("none").to_owned();
    if code != "none" {
        assert_eq!(answer.content_type, "application/problem+json", "{}", answer.text);
        assert_eq!(answer.at("/status"), answer.status, "{}", answer.text);
        assert_eq!(answer.at("/type"), format!("urn:walley-b2b:problem:{code}"), "{}", answer.text);
    }
    (answer.status, code)
}

pub fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Another code of the same length.
pub fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}
