//! Accounts that are not active: what is skipped, what is sent to nobody, and what a bank's own word does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use serde_json::{Value, json};
use support::{Verified, create_code, create_request, operation, payment, post, start, verify};

fn both(server: &example_test_support::Server, change: Value, id: &str, code: &str, payment: &Value) -> Value {
    let mut request = json!({
        "userId": "12345678", "password": "s3cret", "organizationId": "RETAIL", "accountStatus": "ACTIVE",
        "messageId": id, "authorizationCode": code, "operationContext": payment,
        "authenticationContext": { "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" }
    });
    for (name, value) in change.as_object().unwrap() {
        request[name] = value.clone();
    }
    post(server, "/api/auth/sms/password/verify", request).at("/responseObject")
}

#[test]
fn a_right_code_is_skipped_and_stays_unspent() {
    let server = start();
    let payment = payment("skipped");
    let id = create_code(&server, "12345678", &payment);
    let code = server.code(&id);
    let good = json!({
        "messageId": id, "authorizationCode": code, "userId": "12345678", "organizationId": "RETAIL",
        "accountStatus": "ACTIVE", "operationContext": payment
    });
    // Not active, not said, said of nobody: none of it is an account that is active.
    for change in
        [json!({ "accountStatus": "NOT_ACTIVE" }), json!({ "accountStatus": null }), json!({ "userId": null })]
    {
        let mut request = good.clone();
        change.as_object().unwrap().iter().for_each(|(name, value)| request[name] = value.clone());
        let answer = post(&server, "/api/auth/sms/verify", request);
        assert_eq!(Verified::of(&answer), Verified("SKIPPED".into(), Some("login.authenticationFailed".into()), None));
        let answer = both(&server, change.clone(), &id, &code, &payment);
        assert_eq!(answer["smsAuthorizationResult"], "SKIPPED", "{change}");
        assert_eq!(answer["userAuthenticationResult"], "SKIPPED", "{change}");
        assert_eq!(answer["errorMessage"], "login.authenticationFailed", "{change}");
    }
    assert_eq!(verify(&server, "12345678", &payment, &id, &code), Verified::succeeded());
}

#[test]
fn nothing_is_sent_to_an_account_that_is_not_active_and_the_answer_does_not_say_so() {
    let server = start();
    let login = operation("sent-to-nobody", "login");
    let mut request = create_request("12345678", &login);
    request["accountStatus"] = json!("NOT_ACTIVE");
    let answer = post(&server, "/api/auth/sms/create", request);
    assert_eq!(answer.at("/responseObject/smsDeliveryResult"), "SUCCEEDED", "{}", answer.text);
    assert_eq!(answer.at("/responseObject/errorMessage"), Value::Null);
    assert!(server.outbox().is_empty());
    let id = answer.at("/responseObject/messageId").as_str().unwrap().to_owned();
    assert_eq!(verify(&server, "12345678", &login, &id, "00000000").1.as_deref(), Some("smsAuthorization.failed"));
}

#[test]
fn a_bank_that_calls_an_account_inactive_refuses_its_right_password() {
    let server = start();
    let ask = |user: &str| {
        let request = json!({
            "userId": user, "organizationId": "RETAIL", "password": "s3cret",
            "authenticationContext": { "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" },
            "operationContext": payment("inactive")
        });
        post(&server, "/api/auth/user/authenticate", request).at("/responseObject")
    };
    let good = ask("12345678");
    assert_eq!((&good["authenticationResult"], &good["accountStatus"]), (&json!("SUCCEEDED"), &json!("ACTIVE")));
    let inactive = ask("30000004");
    assert_eq!(inactive["authenticationResult"], "FAILED");
    assert_eq!(inactive["errorMessage"], "login.authenticationBlocked");
}

#[test]
fn a_user_is_found_by_a_certificate_where_no_name_is_said() {
    let server = start();
    let certificate = "-----BEGIN CERTIFICATE-----\nam9obg==\n-----END CERTIFICATE-----";
    let ask = |change: Value| {
        let mut request = json!({ "organizationId": "RETAIL", "operationContext": payment("by-certificate") });
        change.as_object().unwrap().iter().for_each(|(name, value)| request[name] = value.clone());
        post(&server, "/api/auth/user/lookup", request)
    };
    let found = ask(json!({ "username": null, "clientCertificate": certificate }));
    assert_eq!(found.at("/responseObject/id"), "12345678", "{}", found.text);
    assert_eq!(ask(json!({ "clientCertificate": "another" })).at("/responseObject/code"), "USER_NOT_FOUND");
    let blank = ask(json!({ "clientCertificate": "  " }));
    assert_eq!(blank.at("/responseObject/validationErrors/4"), "error.invalidRequest", "{}", blank.text);
    let neither = ask(json!({}));
    assert_eq!(neither.at("/responseObject/message"), "login.username.empty", "{}", neither.text);
}
