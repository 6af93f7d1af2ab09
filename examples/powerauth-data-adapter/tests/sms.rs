//! The life of a code over HTTP: sent, mistyped, verified, used up, voided, bound to its operation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use serde_json::{Value, json};
use support::{
    Verified, create_code, create_request, operation, payment, post, start, start_with, verify, with, wrong,
};

#[test]
fn a_code_is_mistyped_and_then_right_once() {
    let server = start();
    let payment = payment("a-code-is-mistyped");
    let id = create_code(&server, "12345678", &payment);
    let code = server.code(&id);
    assert_eq!(code.len(), 8);

    let mistyped = verify(&server, "12345678", &payment, &id, &wrong(&code));
    assert_eq!(mistyped, Verified::failed("smsAuthorization.failed", Some(4)));
    assert_eq!(verify(&server, "12345678", &payment, &id, &code), Verified::succeeded());
    let again = verify(&server, "12345678", &payment, &id, &code);
    assert_eq!(again, Verified::failed("smsAuthorization.alreadyVerified", None));
}

#[test]
fn the_text_names_amount_and_payee_in_the_callers_language() {
    let server = start();
    let payment = payment("the-text-names");
    let mut request = create_request("12345678", &payment);
    request["lang"] = json!("cs");
    let answer = post(&server, "/api/auth/sms/create", request);
    let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
    let code = message["code"].as_str().unwrap();
    assert_eq!(message["to"], "+420601234567");
    assert_eq!(message["text"], format!("Autorizační kód pro platbu 100 CZK na účet 238400856/0300 je {code}."));
}

#[test]
fn an_unknown_language_falls_back_to_the_default_one() {
    let server = start();
    for language in [json!("xx"), Value::Null, json!("en-GB")] {
        let login = operation(&format!("language-{language}"), "login");
        let mut request = create_request("12345678", &login);
        request["lang"] = language;
        let answer = post(&server, "/api/auth/sms/create", request);
        let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
        assert!(message["text"].as_str().unwrap().starts_with("Authorization code for login is "), "{message}");
    }
}

#[test]
fn five_wrong_attempts_use_a_code_up() {
    let server = start();
    let payment = payment("five-wrong-tries");
    let id = create_code(&server, "20000001", &payment);
    let code = server.code(&id);
    for left in [4, 3, 2, 1, 0] {
        let tried = verify(&server, "20000001", &payment, &id, &wrong(&code));
        assert_eq!(tried, Verified::failed("smsAuthorization.failed", Some(left)));
    }
    let right = verify(&server, "20000001", &payment, &id, &code);
    assert_eq!(right, Verified::failed("smsAuthorization.maxAttemptsExceeded", None));
}

#[test]
fn a_new_code_does_not_reset_a_users_failures() {
    let server = start();
    let payment = payment("a-new-code-does-not-reset");
    for _ in 0..2 {
        let id = create_code(&server, "20000002", &payment);
        let code = server.code(&id);
        for _ in 0..3 {
            verify(&server, "20000002", &payment, &id, &wrong(&code));
        }
    }
    let id = create_code(&server, "20000002", &payment);
    let code = server.code(&id);
    let right = verify(&server, "20000002", &payment, &id, &code);
    assert_eq!(right, Verified::failed("smsAuthorization.maxAttemptsExceeded", None));
}

#[test]
fn a_code_is_read_letter_by_letter_unless_a_bank_says_otherwise() {
    let server = start();
    let payment = payment("letter-by-letter");
    let id = create_code(&server, "20000001", &payment);
    let code = server.code(&id);
    for pasted in [format!("{code} "), format!("{} {}", &code[..4], &code[4..]), format!("{code}\u{a0}")] {
        assert_eq!(verify(&server, "20000001", &payment, &id, &pasted).0, "VERIFIED_FAILED", "{pasted:?}");
    }
    assert_eq!(verify(&server, "20000001", &payment, &id, &code), Verified::succeeded());
}

#[test]
fn an_unknown_message_and_empty_values_fail_without_telling_more() {
    let server = start();
    let payment = payment("an-unknown-message");
    let unknown = verify(&server, "12345678", &payment, "617178ab-f315-4223-a602-9d4893b4f99f", "77038183");
    assert_eq!(unknown, Verified::failed("smsAuthorization.invalidMessage", None));
    let nothing = post(&server, "/api/auth/sms/verify", json!({ "operationContext": payment }));
    assert_eq!(Verified::of(&nothing), Verified::failed("smsAuthorization.invalidMessage", None));
    let id = create_code(&server, "12345678", &payment);
    let empty = post(
        &server,
        "/api/auth/sms/verify",
        json!({ "messageId": id, "authorizationCode": "", "operationContext": payment }),
    );
    assert_eq!(Verified::of(&empty).1.as_deref(), Some("smsAuthorization.failed"));
}

#[test]
fn a_new_code_voids_the_older_one_of_its_operation() {
    let server = start();
    let payment = payment("a-new-code-voids");
    let first = create_code(&server, "12345678", &payment);
    let first_code = server.code(&first);
    let second = create_code(&server, "12345678", &payment);
    let other = create_code(&server, "12345678", &operation("another-operation", "login"));
    assert_ne!(first, second);

    let voided = verify(&server, "12345678", &payment, &first, &first_code);
    assert_eq!(voided.0, "VERIFIED_FAILED");
    assert_eq!(verify(&server, "12345678", &payment, &second, &server.code(&second)), Verified::succeeded());
    let login = operation("another-operation", "login");
    assert_eq!(verify(&server, "12345678", &login, &other, &server.code(&other)), Verified::succeeded());
}

#[test]
fn a_changed_amount_currency_or_payee_voids_the_code() {
    let server = start();
    let changes = [
        ("/formData/parameters/0/amount", json!(100.01)),
        ("/formData/parameters/0/currency", json!("EUR")),
        ("/formData/parameters/1/value", json!("666/0300")),
    ];
    for (user, (pointer, value)) in ["12345678", "20000001", "20000002"].into_iter().zip(changes) {
        let payment = payment(&format!("changed{pointer}"));
        let id = create_code(&server, user, &payment);
        let code = server.code(&id);
        let changed = verify(&server, user, &with(&payment, pointer, value), &id, &code);
        assert_eq!(changed, Verified::failed("smsAuthorization.failed", Some(0)), "{pointer}");
        let original = verify(&server, user, &payment, &id, &code);
        assert_eq!(original, Verified::failed("smsAuthorization.maxAttemptsExceeded", None), "{pointer}");
    }
}

#[test]
fn changed_data_voids_the_code_although_the_form_is_the_same() {
    let server = start();
    let payment = payment("changed-data");
    let id = create_code(&server, "12345678", &payment);
    let changed = with(&payment, "/data", json!("A1*A9999CZK*Q666/0300"));
    let answer = verify(&server, "12345678", &changed, &id, &server.code(&id));
    assert_eq!(answer, Verified::failed("smsAuthorization.failed", Some(0)));
}

#[test]
fn the_same_amount_written_otherwise_is_the_same() {
    let server = start();
    let payment = payment("written-otherwise");
    for literal in ["100.0", "100.00", "1E+2", "\"100\""] {
        let id = create_code(&server, "12345678", &payment);
        let amount: Value = serde_json::from_str(literal).unwrap();
        let rewritten = with(&payment, "/formData/parameters/0/amount", amount);
        assert_eq!(verify(&server, "12345678", &rewritten, &id, &server.code(&id)), Verified::succeeded(), "{literal}");
    }
}

#[test]
fn another_operation_user_or_organization_is_a_wrong_code() {
    let server = start();
    let payment = payment("mine");
    let id = create_code(&server, "12345678", &payment);
    let code = server.code(&id);
    let other_id = verify(&server, "12345678", &with(&payment, "/id", json!("theirs")), &id, &code);
    assert_eq!(other_id, Verified::failed("smsAuthorization.failed", Some(4)));
    let other_user = verify(&server, "20000003", &payment, &id, &code);
    assert_eq!(other_user, Verified::failed("smsAuthorization.failed", Some(3)));
    let other_name = verify(&server, "12345678", &with(&payment, "/name", json!("authorize_payment_sca")), &id, &code);
    assert_eq!(other_name, Verified::failed("smsAuthorization.failed", Some(2)));
    assert_eq!(verify(&server, "12345678", &payment, &id, &code), Verified::succeeded());
}

#[test]
fn nobody_gets_a_message_id_and_no_message() {
    let server = start();
    let login = operation("nobody", "login_sca");
    let answer =
        post(&server, "/api/auth/sms/create", json!({ "userId": null, "operationContext": login, "lang": "en" }));
    assert_eq!(answer.at("/responseObject/smsDeliveryResult"), "SUCCEEDED", "{}", answer.text);
    let id = answer.at("/responseObject/messageId").as_str().unwrap().to_owned();
    assert!(server.outbox().is_empty());
    for left in [4, 3] {
        let request = json!({ "messageId": id, "authorizationCode": "12345678", "operationContext": login });
        let tried = Verified::of(&post(&server, "/api/auth/sms/verify", request));
        assert_eq!(tried, Verified::failed("smsAuthorization.failed", Some(left)));
    }
}

#[test]
fn code_and_password_are_both_checked_and_the_code_survives_a_wrong_password() {
    let server = start();
    let payment = payment("both");
    let id = create_code(&server, "12345678", &payment);
    let code = server.code(&id);
    let both = |code: &str, password: &str| {
        let request = json!({
            "userId": "12345678", "password": password, "organizationId": "RETAIL", "messageId": id,
            "authenticationContext": { "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" },
            "authorizationCode": code, "operationContext": payment
        });
        let answer = post(&server, "/api/auth/sms/password/verify", request);
        let field = |name: &str| answer.at(&format!("/responseObject/{name}")).as_str().map(str::to_owned);
        assert_eq!(answer.at("/responseObject/remainingAttempts"), Value::Null);
        (field("smsAuthorizationResult").unwrap(), field("userAuthenticationResult").unwrap(), field("errorMessage"))
    };
    let (good, bad) = ("VERIFIED_SUCCEEDED".to_owned(), "VERIFIED_FAILED".to_owned());
    let failed = Some("login.authenticationFailed".to_owned());
    assert_eq!(both(&wrong(&code), "s3cret"), (bad.clone(), good.clone(), failed.clone()));
    assert_eq!(both(&code, "guess"), (good.clone(), bad.clone(), failed.clone()));
    assert_eq!(both(&wrong(&code), "guess"), (bad.clone(), bad.clone(), failed.clone()));
    assert_eq!(both(&code, "s3cret"), (good.clone(), good.clone(), None));
    assert_eq!(both(&code, "s3cret"), (bad, good, failed));
}

#[test]
fn an_unknown_operation_is_refused() {
    let server = start();
    let answer = post(&server, "/api/auth/sms/create", create_request("12345678", &operation("x", "buy_castle")));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.at("/responseObject/code"), "OPERATION_CONTEXT_INVALID");
}

#[test]
fn a_repeated_request_inside_the_resend_interval_sends_nothing() {
    let server = start_with(&[("COUNTERSIGN_DEV_LIMITS", "on")]);
    let payment = payment("repeated");
    let first = create_code(&server, "12345678", &payment);
    let second = create_code(&server, "12345678", &payment);
    assert_eq!(first, second);
    assert_eq!(server.outbox().len(), 1);
    assert_eq!(verify(&server, "12345678", &payment, &first, &server.code(&first)), Verified::succeeded());
}

#[test]
fn a_payment_to_two_payees_is_bad_input() {
    let server = start();
    let mut payment = payment("two-payees");
    let mut other = payment["formData"]["parameters"][1].clone();
    other["value"] = json!("1/0300");
    payment["formData"]["parameters"].as_array_mut().unwrap().push(other);
    let answer = post(&server, "/api/auth/sms/create", create_request("12345678", &payment));
    assert_eq!((answer.status, answer.at("/responseObject/code")), (400, json!("INPUT_INVALID")), "{}", answer.text);
}
