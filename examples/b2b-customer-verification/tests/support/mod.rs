//! The demo issuer over HTTP: settings, requests as a customer-care system builds them, and what answers say.
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing, reason = "not every test uses all, and may break")]

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use example_test_support::{Answer, Server};
use serde_json::{Value, json};

pub const KEY: &str = "care-4fzXk0qDPuq1nB0Q2nH6cOqvZz9yT7LQ";
pub const NEXT_KEY: &str = "next-9aKXw1rEQvr2oC1R3oI7dPrwAa0zU8MR";
pub const GUEST_KEY: &str = "guest-3cMZy3tGSxt4qE3T5qK9fRtyCc2bW0OT";

pub const ISSUER: &str = "wlwdemo:entity:issuingpartner#1f6f2b0c-8f43-4a39-8a0e-6a3c2f0d9e01";
pub const PARTNER: &str = "wlwdemo:entity:partner#7b0c3f9e-2a51-4f0a-9d44-0c1f5f1f2a10";
pub const DANA: &str = "wlwdemo:entity:customer#3c1a7d52-6a0b-4d3b-b7f4-51b0c9a2e7d4";
pub const DEVICE: &str = "wlwdemo:entity:device#0e8f1c77-9f0c-4f3d-8f5b-2d6a4c1b9a33";

const GATEWAY: &str = "/b2b-gateway";

/// A server and the folder of its settings.
pub struct Issuer {
    pub server: Server,
    _folder: tempfile::TempDir,
}

/// The demo rows, with some texts in place of others.
pub fn demo_rows(changes: &[(&str, &str)]) -> String {
    let rows = include_str!("../../../../definitions/b2b-customer-verification/demo.yaml").to_owned();
    changes.iter().fold(rows, |rows, (old, new)| {
        assert!(rows.contains(old), "{old}");
        rows.replace(old, new)
    })
}

/// A settings file in a folder of its own.
pub fn settings_file(changes: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.yaml");
    std::fs::write(&file, demo_rows(changes)).expect("a file");
    (folder, file)
}

/// The demo issuer with its rows.
pub fn start() -> Issuer {
    start_with(&[], &[])
}

/// The same with changed rows and further environment.
pub fn start_with(changes: &[(&str, &str)], environment: &[(&str, &str)]) -> Issuer {
    let binary = env!("CARGO_BIN_EXE_example-b2b-customer-verification");
    start_by(changes, environment, |environment| Server::start(binary, environment))
}

/// Another build of the demo issuer.
pub fn start_binary(binary: &str, environment: &[(&str, &str)]) -> Issuer {
    start_by(&[], environment, |environment| Server::start(binary, environment))
}

/// The issuer that a test of the running ones serves, with its hooks.
pub fn start_this(test: &str, environment: &[(&str, &str)]) -> Issuer {
    start_by(&[], environment, |environment| Server::start_this(test, environment))
}

fn start_by(
    changes: &[(&str, &str)],
    environment: &[(&str, &str)],
    start: impl FnOnce(&[(&str, &str)]) -> Server,
) -> Issuer {
    let (folder, file) = settings_file(changes);
    let pair = format!("{ISSUER} {PARTNER}");
    let mut all = vec![
        ("COUNTERSIGN_SETTINGS", file.to_str().expect("a path")),
        ("COUNTERSIGN_CALLERS__CARE__ACCESS_ID", "accessId"),
        ("COUNTERSIGN_CALLERS__CARE__KEY", "env:CARE_KEY,env:CARE_NEXT_KEY"),
        ("COUNTERSIGN_CALLERS__CARE__PARTNERS", &pair),
        ("COUNTERSIGN_CALLERS__GUEST__KEY", "env:GUEST_KEY"),
        ("COUNTERSIGN_CALLERS__GUEST__PARTNERS", "issuer:other partner:other"),
        ("CARE_KEY", KEY),
        ("CARE_NEXT_KEY", NEXT_KEY),
        ("GUEST_KEY", GUEST_KEY),
    ];
    all.extend_from_slice(environment);
    Issuer { server: start(&all), _folder: folder }
}

/// `Basic base64(id:key)`
pub fn basic(id: &str, key: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{id}:{key}")))
}

impl Issuer {
    /// Sends a body as the customer-care system.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send_as(&basic("accessId", KEY), method, path, &body.to_string())
    }

    #[track_caller]
    pub fn send_as(&self, authorization: &str, method: &str, path: &str, body: &str) -> Answer {
        let headers = [("authorization", authorization)];
        self.server.send(method, path, "application/json", &headers, Some(body))
    }

    /// Asks an operation about dana.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, more: Value) -> Answer {
        self.send(method, &format!("{GATEWAY}{path}"), &request(DANA, more))
    }
}

/// The message header of every request here.
pub fn header() -> Value {
    json!({ "partnerId": "WLWDEMO", "messageId": "m-0001", "versionId": "", "environmentId": "sandbox" })
}

/// A request about a customer.
pub fn request(customer: &str, more: Value) -> Value {
    let mut request = json!({
        "b2bRequest": { "messageHeader": header() },
        "issuingPartnerUri": ISSUER,
        "partnerUri": PARTNER,
        "customerUri": customer,
    });
    for (name, value) in more.as_object().expect("an object") {
        request[name] = value.clone();
    }
    request
}

/// The vendor's code and the reason of a failure, or `SUCCESS`.
#[track_caller]
pub fn outcome(body: &Value) -> (String, String) {
    let head = body.get("b2bResponse").or_else(|| body.get("paymentResponse")).expect("a head");
    let status = &head["status"];
    assert_eq!(status["statusDetails"], status["errors"], "{body}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match status["statusCode"].as_str() {
        Some("SUCCESS") => {
            assert_eq!(status["statusDetails"], json!([]), "{body}");
            (String::new(), "SUCCESS".to_owned())
        }
        _ => {
            let detail = &status["statusDetails"][0];
            (text(&detail["statusCode"]), text(&detail["reason"]))
        }
    }
}

/// The reason of a failure, or `SUCCESS`.
#[track_caller]
pub fn reason(body: &Value) -> String {
    outcome(body).1
}

pub fn is(code: &str, reason: &str) -> (String, String) {
    (code.to_owned(), reason.to_owned())
}
