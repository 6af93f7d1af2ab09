//! Calls through the router.

use axum::body::Body;
use axum::http::Request;
use countersign_runtime::{StartOptions, axum};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::api::{Adapted, Bank, start};

/// The status and the body of an answer.
pub async fn answered(router: axum::Router, request: Request<Body>) -> (u16, Value) {
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

async fn call(path: &str, body: Value) -> (u16, Value) {
    let app = start(Adapted, Bank, StartOptions::dev()).unwrap();
    answered(app.router(), post(path, json!({ "requestObject": body }).to_string())).await
}

/// The `responseObject` of a failure.
fn failure(answer: (u16, Value), status: u16, code: &str, message: &str) -> Value {
    assert_eq!(answer.0, status, "{}", answer.1);
    assert_eq!(answer.1["status"], "ERROR");
    let failure = &answer.1["responseObject"];
    assert_eq!((failure["code"].as_str(), failure["message"].as_str()), (Some(code), Some(message)), "{failure}");
    failure.clone()
}

#[tokio::test]
async fn a_get_shows_settings_and_time() {
    let app = start(Adapted, Bank, StartOptions::dev()).unwrap();
    let request = Request::get("/by-hand/status").body(Body::empty()).unwrap();
    let answer = answered(app.router(), request).await;
    let expected = r#"{"status":"OK","responseObject":{"applicationName":"by-hand","showRemainingAttempts":false,"mostCards":3,"timestamp":"2019-06-29T13:54:59.010+0000"}}"#;
    assert_eq!((answer.0, answer.1.to_string()), (200, expected.to_owned()));
}

#[tokio::test]
async fn a_user_is_found_and_shown() {
    let request = json!({ "operationContext": { "name": "login" }, "username": 12345, "organizationId": "RETAIL" });
    let (status, answer) = call("/user/lookup", request).await;
    let expected = json!({ "id": "7", "givenName": "John", "organizationId": "RETAIL", "branchCode": "Brno", "organizations": [] });
    assert_eq!((status, &answer["responseObject"]), (200, &expected));
}

#[tokio::test]
async fn broken_rules_are_reported_in_order() {
    let answer = call("/user/lookup", json!({ "operationContext": {}, "username": " ".repeat(31) })).await;
    let failure = failure(answer, 400, "INPUT_INVALID", "login.username.empty");
    let codes: Vec<&str> =
        failure["validationErrors"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let list = |key: &str, field: &str| {
        [
            format!("{key}.objectRequest.requestObject.{field}"),
            format!("{key}.requestObject.{field}"),
            format!("{key}.{field}"),
            format!("{key}.java.lang.String"),
            key.to_owned(),
        ]
    };
    let expected = [
        list("login.username.empty", "username"),
        list("login.username.long", "username"),
        list("login.organizationId.empty", "organizationId"),
    ];
    assert_eq!(codes, expected.concat());
    assert_eq!(failure["remainingAttempts"], Value::Null);
}

#[tokio::test]
async fn what_is_no_request_is_malformed() {
    for body in [
        "",
        "null",
        "{}",
        r#"{"requestObject":null}"#,
        "[]",
        "{",
        r#"{"requestObject":{"a":1,"a":2}}"#,
        r#"{"requestObject":1}"#,
    ] {
        let app = start(Adapted, Bank, StartOptions::dev()).unwrap();
        let answer = answered(app.router(), post("/user/lookup", body)).await;
        let failure = failure(answer, 400, "INPUT_INVALID", "error.invalidRequest");
        let expected = json!(["error.invalidRequest.objectRequest", "error.invalidRequest"]);
        assert_eq!(failure["validationErrors"], expected, "{body}");
    }
}

#[tokio::test]
async fn an_endpoint_without_an_answer_sends_the_envelope_alone() {
    let request = json!({
        "operationContext": {}, "password": "12345678", "authenticationContext": { "passwordProtection": "NO_PROTECTION" },
    });
    let (status, answer) = call("/user/authenticate", request).await;
    assert_eq!((status, answer.to_string().as_str()), (200, r#"{"status":"OK"}"#));
}

#[tokio::test]
async fn a_success_has_its_own_status_and_constants() {
    let request = json!({ "operationContext": { "name": "pay", "data": "A1*A100.50CZK*Q238400856/0300" } });
    let (status, answer) = call("/sms/create", request).await;
    let expected = r#"{"amount":100.50,"currency":"CZK","account":"238400856/0300","outcome":"VERIFIED_FAILED","remainingAttempts":null,"details":[{"level":1,"tags":["a",{}]}]}"#;
    assert_eq!((status, answer["responseObject"].to_string().as_str()), (202, expected));
}

#[tokio::test]
async fn own_hooks_answer_and_refuse() {
    let (status, answer) = call("/card/1234/block", json!({ "branchCode": "Brno" })).await;
    let expected = json!({ "cardNumber": "1234", "blockedAt": "1970-01-01T00:00:00.000+0000", "blockedBy": "Brno" });
    assert_eq!((status, &answer["responseObject"]), (200, &expected));
    let entry = failure(call("/card/0000/block", json!({})).await, 404, "CARD_UNKNOWN", "card.unknown");
    assert_eq!(entry["text"], "There is no such card.");
    failure(call("/card/9999/block", json!({})).await, 400, "REMOTE_ERROR", "error.remote");
    failure(call("/card/12/block", json!({})).await, 400, "INPUT_INVALID", "login.authenticationFailed");
}

#[tokio::test]
async fn a_fault_that_no_row_names_is_unexpected_and_stays_inside() {
    let (status, answer) = call("/explode", json!({})).await;
    let message = answer["responseObject"]["message"].as_str().unwrap();
    assert_eq!(status, 500);
    assert!(message.starts_with("Exception occurred at ") && message.len() > 25, "{message}");
    assert!(!answer.to_string().contains("disk"));
    assert_eq!(answer["responseObject"]["validationErrors"], Value::Null);
}

#[tokio::test]
async fn what_is_outside_every_endpoint_is_answered_by_the_adapters_table() {
    let app = start(Adapted, Bank, StartOptions::dev()).unwrap();
    let (_, answer) = answered(app.router(), post("/nowhere", "{}")).await;
    assert_eq!(answer["responseObject"]["code"], "ERROR_GENERIC");
}
