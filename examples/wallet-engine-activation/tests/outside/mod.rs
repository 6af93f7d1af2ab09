//! The example in a process of its own, attacked from outside: its settings, and requests that want a hash.
#![allow(dead_code, clippy::expect_used, clippy::panic, reason = "not every test uses all of it, and a test may break")]

use example_test_support::Server;
use example_test_support::attack::request;
use serde_json::json;

pub const APP: &str = "5db2a50be7626";

/// The sample's rows.
pub const fn settings() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/wallet-engine-activation/demo.yaml")
}

/// The token of a wallet that was just made.
pub fn token(server: &Server, phone: &str) -> String {
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

/// A new password, which is hashed.
pub fn new_password(token: &str) -> Vec<u8> {
    let body = json!({ "app_id": APP, "password": "correct horse battery" }).to_string();
    request("POST", "/api/profile/update", &format!("Authorization: Bearer {token}\r\n"), &body)
}
