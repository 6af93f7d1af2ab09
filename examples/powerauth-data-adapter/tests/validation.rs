//! What is refused, in which order and with which keys; and what every failure of the framework looks like.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use example_test_support::{Answer, Server};
use serde_json::{Value, json};
use support::{create_request, operation, payment, post, start, with};

fn keys(answer: &Answer) -> Vec<String> {
    let all = answer.at("/responseObject/validationErrors");
    let all: Vec<String> = all.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    // The plain key ends the list of each violation.
    all.into_iter().filter(|code| !code.contains("objectRequest") && !code.contains("requestObject")).collect()
}

fn plain_keys(answer: &Answer) -> Vec<String> {
    let codes = answer.at("/responseObject/validationErrors");
    let codes = codes.as_array().cloned().unwrap_or_default();
    codes.chunks(5).filter_map(|five| five.last()?.as_str().map(str::to_owned)).collect()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.content_type, "application/json");
    let body = answer.json();
    assert_eq!(body["status"], "ERROR", "{}", answer.text);
    let names: Vec<_> = body["responseObject"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["code", "message", "validationErrors", "remainingAttempts"]);
    assert_eq!(body["responseObject"]["code"], code);
    assert_eq!(body["responseObject"]["message"], message);
}

fn login(username: &str, password: &str) -> (Value, Value) {
    let context = json!({ "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" });
    let lookup =
        json!({ "username": username, "organizationId": "RETAIL", "operationContext": operation("1", "login") });
    let authenticate = json!({
        "userId": username, "organizationId": "RETAIL", "password": password, "authenticationContext": context,
        "operationContext": operation("1", "login")
    });
    (lookup, authenticate)
}

#[test]
fn all_violations_are_reported_in_checking_order() {
    let server = start();
    let answer = post(&server, "/api/auth/user/authenticate", json!({}));
    refused(&answer, 400, "INPUT_INVALID", "login.password.empty");
    let expected = [
        "operationContext.missing",
        "login.userId.empty",
        "login.password.empty",
        "login.organizationId.empty",
        "login.type.unsupported",
    ];
    assert_eq!(plain_keys(&answer), expected);
    let codes = answer.at("/responseObject/validationErrors");
    assert_eq!(
        codes.as_array().unwrap()[0..5],
        [
            "operationContext.missing.objectRequest.requestObject.operationContext",
            "operationContext.missing.requestObject.operationContext",
            "operationContext.missing.operationContext",
            "operationContext.missing.io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext",
            "operationContext.missing",
        ]
        .map(Value::from)
    );
}

#[test]
fn a_blank_name_that_is_too_long_is_reported_twice() {
    let server = start();
    let (lookup, _) = login(&" ".repeat(41), "x");
    let answer = post(&server, "/api/auth/user/lookup", lookup);
    refused(&answer, 400, "INPUT_INVALID", "login.username.empty");
    assert_eq!(plain_keys(&answer), ["login.username.empty", "login.username.long"]);
}

#[test]
fn blank_is_what_java_calls_white_space() {
    let server = start();
    for (blank, text) in [
        (true, "\u{1c}\u{1f}\t\n \u{2003}\u{3000}"),
        (false, "\u{a0}"),
        (false, "\u{2007}"),
        (false, "\u{202f}"),
        (false, "\u{85}"),
    ] {
        let (lookup, _) = login(text, "x");
        let answer = post(&server, "/api/auth/user/lookup", lookup);
        assert_eq!(keys(&answer).contains(&"login.username.empty".to_owned()), blank, "{text:?}: {}", answer.text);
    }
}

#[test]
fn length_is_counted_in_utf16() {
    let server = start();
    // 21 characters outside the basic plane are 42 code units.
    let (lookup, _) = login(&"𝄞".repeat(21), "x");
    assert_eq!(plain_keys(&post(&server, "/api/auth/user/lookup", lookup)), ["login.username.long"]);
    let (lookup, _) = login(&"𝄞".repeat(20), "x");
    refused(&post(&server, "/api/auth/user/lookup", lookup), 400, "USER_NOT_FOUND", "login.userNotFound");
}

#[test]
fn a_plain_password_may_have_128_characters_and_an_encrypted_one_256() {
    let server = start();
    for (protection, length, too_long) in [
        ("NO_PROTECTION", 128, false),
        ("NO_PROTECTION", 129, true),
        ("PASSWORD_ENCRYPTION_AES", 256, false),
        ("PASSWORD_ENCRYPTION_AES", 257, true),
    ] {
        let (_, mut request) = login("20000003", &"x".repeat(length));
        request["authenticationContext"] =
            json!({ "passwordProtection": protection, "cipherTransformation": "AES/CBC/PKCS7Padding" });
        let answer = post(&server, "/api/auth/user/authenticate", request);
        assert_eq!(answer.status == 400, too_long, "{protection} {length}: {}", answer.text);
        if too_long {
            refused(&answer, 400, "INPUT_INVALID", "login.password.long");
            assert_eq!(plain_keys(&answer), ["login.password.long"]);
        }
    }
}

#[test]
fn an_unknown_or_missing_protection_is_reported_at_the_context() {
    let server = start();
    for protection in [json!("ROT13"), Value::Null] {
        let (_, mut request) = login("12345678", "s3cret");
        request["authenticationContext"]["passwordProtection"] = protection;
        let answer = post(&server, "/api/auth/user/authenticate", request);
        refused(&answer, 400, "INPUT_INVALID", "login.authenticationFailed");
        assert_eq!(plain_keys(&answer), ["login.type.unsupported"]);
        assert_eq!(
            answer.at("/responseObject/validationErrors/0"),
            "login.type.unsupported.objectRequest.requestObject.authenticationContext"
        );
    }
}

#[test]
fn an_encrypted_password_must_name_the_agreed_transformation() {
    let server = start();
    for transformation in [json!("AES/ECB/PKCS5Padding"), json!("AES/CBC/NoPadding"), json!("AES"), json!("")] {
        let (_, mut request) = login("12345678", "AAAA:AAAA");
        request["authenticationContext"] =
            json!({ "passwordProtection": "PASSWORD_ENCRYPTION_AES", "cipherTransformation": transformation });
        let answer = post(&server, "/api/auth/user/authenticate", request);
        refused(&answer, 400, "INPUT_INVALID", "login.authenticationFailed");
        assert_eq!(plain_keys(&answer), ["login.type.unsupported"], "{transformation}");
    }
}

#[test]
fn a_consent_names_the_nested_field() {
    let server = start();
    let long = operation("1", &"x".repeat(33));
    let request = json!({ "userId": "12345678", "operationContext": long, "lang": "en" });
    let answer = post(&server, "/api/auth/consent/create", request);
    refused(&answer, 400, "INPUT_INVALID", "login.authenticationFailed");
    assert_eq!(
        answer.at("/responseObject/validationErrors"),
        json!([
            "consent.invalidRequest.objectRequest.requestObject.operationContext.name",
            "consent.invalidRequest.requestObject.operationContext.name",
            "consent.invalidRequest.name",
            "consent.invalidRequest.java.lang.String",
            "consent.invalidRequest",
        ])
    );
}

#[test]
fn a_payment_without_a_form_lacks_amount_currency_and_account() {
    let server = start();
    let mut bare = operation("1", "authorize_payment");
    bare["data"] = Value::Null;
    let answer = post(&server, "/api/auth/sms/create", create_request("12345678", &bare));
    refused(&answer, 400, "INPUT_INVALID", "login.authenticationFailed");
    let first = plain_keys(&answer);
    assert_eq!(first.first().map(String::as_str), Some("smsAuthorization.amount.empty"), "{first:?}");
    assert_eq!(first.last().map(String::as_str), Some("smsAuthorization.account.empty"), "{first:?}");
    assert_eq!(
        answer.at("/responseObject/validationErrors/0"),
        "smsAuthorization.amount.empty.objectRequest.requestObject.operationContext"
    );
    // A login needs none of them.
    let login = post(&server, "/api/auth/sms/create", create_request("12345678", &operation("2", "login")));
    assert_eq!(login.status, 200, "{}", login.text);
}

#[test]
fn amount_and_account_come_from_the_data_where_the_form_lacks_them() {
    let server = start();
    let answer = post(
        &server,
        "/api/auth/sms/create",
        create_request("12345678", &{
            let mut bare = operation("from-data", "authorize_payment");
            bare["data"] = json!("A1*A250.5EUR*Q238400856/0300*");
            bare
        }),
    );
    let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
    assert!(message["text"].as_str().unwrap().contains("250.5 EUR to account 238400856/0300"), "{message}");
}

#[test]
fn amounts_that_are_not_above_zero_or_not_one_are_invalid() {
    let server = start();
    for amount in ["0", "-1", "0.00"] {
        let amount: Value = serde_json::from_str(amount).unwrap();
        let payment = with(&payment("1"), "/formData/parameters/0/amount", amount);
        let answer = post(&server, "/api/auth/sms/create", create_request("12345678", &payment));
        assert_eq!(plain_keys(&answer), ["smsAuthorization.amount.invalid"], "{}", answer.text);
    }
    let mut two = payment("2");
    let first = two["formData"]["parameters"][0].clone();
    two["formData"]["parameters"].as_array_mut().unwrap().push(first);
    let answer = post(&server, "/api/auth/sms/create", create_request("12345678", &two));
    assert_eq!(plain_keys(&answer), ["smsAuthorization.amount.invalid"], "{}", answer.text);
}

/// The message depends on which of four keys occur; the other combinations cannot occur together on one endpoint,
/// and are proved on the table itself in the runtime.
#[test]
fn the_message_is_that_of_the_documented_table() {
    let server = start();
    for (username, message) in [("", "login.username.empty"), (&*"x".repeat(41), "login.username.long")] {
        refused(&post(&server, "/api/auth/user/lookup", login(username, "").0), 400, "INPUT_INVALID", message);
    }
    for (password, message) in [("", "login.password.empty"), (&*"x".repeat(129), "login.password.long")] {
        refused(&post(&server, "/api/auth/user/authenticate", login("1", password).1), 400, "INPUT_INVALID", message);
    }
}

#[test]
fn numbers_and_booleans_are_read_as_text() {
    let server = start();
    let answer = post(&server, "/api/auth/user/info", json!({ "userId": 12345678, "organizationId": true }));
    assert_eq!(answer.at("/responseObject/id"), "12345678", "{}", answer.text);
    assert_eq!(answer.at("/responseObject/organizationId"), "true");
}

fn malformed(server: &Server, body: &str) {
    let answer = server.send("POST", "/api/auth/user/info", "application/json", &[], Some(body));
    refused(&answer, 400, "INPUT_INVALID", "error.invalidRequest");
    let codes = json!(["error.invalidRequest.objectRequest", "error.invalidRequest"]);
    assert_eq!(answer.at("/responseObject/validationErrors"), codes, "{body}");
}

#[test]
fn what_is_not_the_json_that_was_asked_for_is_malformed() {
    let server = start();
    let deep = format!(r#"{{"requestObject":{{"userId":"1","x":{}{}}}}}"#, "[".repeat(40), "]".repeat(40));
    for body in [
        "",
        "null",
        "{",
        "{}",
        "[]",
        "12",
        r#"{"requestObject":null}"#,
        r#"{"requestObject":[]}"#,
        r#"{"requestObject":{"userId":{}}}"#,
        r#"{"requestObject":{"userId":["1"]}}"#,
        r#"{"requestObject":{"userId":"1","userId":"2"}}"#,
        r#"{"requestObject":{"userId":"1"},"requestObject":{"userId":"2"}}"#,
        r#"{"requestObject":{"userId":"1\u0000"}}"#,
        r#"{"requestObject":{"userId":"1"}} trailing"#,
        &deep,
    ] {
        malformed(&server, body);
    }
}

#[test]
fn an_unknown_member_of_an_enumeration_or_kind_of_change_is_malformed() {
    let server = start();
    for (path, change) in [
        ("/api/operation/change", json!({ "operationChange": "EXPLODED" })),
        ("/api/operation/formdata/change", json!({ "formDataChange": { "type": "UNKNOWN" } })),
        ("/api/operation/formdata/change", json!({ "formDataChange": {} })),
    ] {
        let mut request = json!({ "userId": "12345678", "operationContext": operation("1", "login") });
        for (name, value) in change.as_object().unwrap() {
            request[name] = value.clone();
        }
        refused(&post(&server, path, request), 400, "INPUT_INVALID", "error.invalidRequest");
    }
}

#[test]
fn every_failure_of_the_framework_has_the_apis_own_envelope() {
    let server = start();
    let body = r#"{"requestObject":{"userId":"12345678"}}"#;
    let wrong_type = server.send("POST", "/api/auth/user/info", "text/plain", &[], Some(body));
    refused(&wrong_type, 415, "INPUT_INVALID", "error.invalidRequest");
    let wrong_charset = server.send("POST", "/api/auth/user/info", "application/json;charset=latin1", &[], Some(body));
    refused(&wrong_charset, 415, "INPUT_INVALID", "error.invalidRequest");
    let zipped =
        server.send("POST", "/api/auth/user/info", "application/json", &[("content-encoding", "gzip")], Some(body));
    refused(&zipped, 415, "INPUT_INVALID", "error.invalidRequest");
    for good in ["application/json;charset=UTF-8", "application/json", "application/vnd.bank+json"] {
        let answer = server.send("POST", "/api/auth/user/info", good, &[("accept", "text/html")], Some(body));
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"), "{good}");
    }
    refused(&server.get("/api/auth/user/info"), 405, "ERROR_GENERIC", "error.invalidRequest");
    for path in ["/api/nowhere", "/api/auth/user/info/", "/api//auth/user/info", "/api/auth%2fuser/info", "/"] {
        refused(
            &server.send("POST", path, "application/json", &[], Some(body)),
            404,
            "ERROR_GENERIC",
            "error.invalidRequest",
        );
    }
    let large = json!({ "requestObject": { "userId": "1", "x": "x".repeat(2 * 1024 * 1024) } }).to_string();
    let large = server.try_send("POST", "/api/auth/user/info", "application/json", &[], Some(&large));
    if let Ok(answer) = large {
        refused(&answer, 413, "INPUT_INVALID", "error.invalidRequest");
    }
}
