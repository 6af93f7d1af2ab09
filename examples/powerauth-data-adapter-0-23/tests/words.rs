//! What Web Flow 0.23 to 1.0 reads and says, where 1.x differs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

use example_test_support::{Answer, Server};
use serde_json::{Value, json};

fn start() -> Server {
    let binary = env!("CARGO_BIN_EXE_example-powerauth-data-adapter-0-23");
    Server::start(binary, &[("COUNTERSIGN_DEV_LIMITS", "off")])
}

#[track_caller]
fn post(server: &Server, path: &str, payload: Value) -> Answer {
    server.post(path, &json!({ "requestObject": payload }))
}

fn login() -> Value {
    json!({ "id": "371526cc-5dee-414e-8418-5ee1c5ef2d67", "name": "login_sca", "data": "A2" })
}

fn password(server: &Server, password: &str) -> Value {
    let request = json!({
        "userId": "12345678", "organizationId": "RETAIL", "password": password, "operationContext": login(),
        "authenticationContext": { "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" }
    });
    post(server, "/api/auth/user/authenticate", request).at("/responseObject")
}

#[test]
fn a_password_check_answers_the_user_in_the_words_of_1_x() {
    let server = start();
    let right = password(&server, "s3cret");
    assert_eq!((&right["authenticationResult"], &right["accountStatus"]), (&json!("SUCCEEDED"), &json!("ACTIVE")));
    let detail = &right["userDetail"];
    assert_eq!((&detail["id"], &detail["organizationId"]), (&json!("12345678"), &json!("RETAIL")), "{right}");
    assert_eq!(detail["accountStatus"], "ACTIVE");
    let wrong = password(&server, "guess");
    assert_eq!((&wrong["authenticationResult"], &wrong["userDetail"]), (&json!("FAILED"), &Value::Null), "{wrong}");
}

#[test]
fn a_code_for_nobody_is_made_and_nothing_is_sent() {
    let server = start();
    let request = json!({ "userId": null, "organizationId": null, "operationContext": login(), "lang": "en" });
    let answer = post(&server, "/api/auth/sms/create", request);
    assert_eq!(answer.at("/responseObject/smsDeliveryResult"), "SUCCEEDED", "{}", answer.text);
    assert!(server.outbox().is_empty());
}

#[test]
fn certificates_and_instruments_are_read_by_their_old_names() {
    let server = start();
    let certificate = json!({
        "userId": "12345678", "organizationId": "RETAIL", "clientCertificate": "-----BEGIN CERTIFICATE-----",
        "accountStatus": "ACTIVE", "authMethod": "APPROVAL_SCA", "operationContext": login()
    });
    let answer = post(&server, "/api/auth/certificate/verify", certificate);
    assert_eq!(answer.at("/responseObject/certificateVerificationResult"), "FAILED", "{}", answer.text);
    let step = json!({
        "userId": "12345678", "organizationId": "RETAIL", "operationContext": login(),
        "afsRequestParameters": {
            "afsType": "THREAT_MARK", "afsAction": "LOGIN_AUTH", "authInstruments": ["PASSWORD", "SMS_KEY"]
        }
    });
    let answer = post(&server, "/api/afs/action/execute", step);
    assert_eq!(answer.at("/responseObject/afsLabel"), "2FA", "{}", answer.text);
}
