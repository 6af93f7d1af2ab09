//! Each way in which Acme Bank's adapter differs from the one it extends, proved by a request.
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
    Server::start(env!("CARGO_BIN_EXE_example-acme-bank"), &[("COUNTERSIGN_DEV_LIMITS", "off")])
}

#[track_caller]
fn post(server: &Server, path: &str, payload: Value) -> Answer {
    server.post(path, &json!({ "requestObject": payload }))
}

fn login(id: &str) -> Value {
    json!({ "id": id, "name": "login", "data": "A2" })
}

fn card_payment(id: &str, merchant: Value) -> Value {
    let amount: Value = serde_json::from_str("49.90").unwrap();
    json!({
        "id": id,
        "name": "authorize_card_payment",
        "formData": { "parameters": [
            { "type": "AMOUNT", "id": "operation.amount", "amount": amount, "currency": "EUR" },
            { "type": "KEY_VALUE", "id": "operation.merchant", "value": merchant }
        ] }
    })
}

fn create(server: &Server, operation: &Value, language: &str) -> Answer {
    let request =
        json!({ "userId": "12345678", "organizationId": "RETAIL", "operationContext": operation, "lang": language });
    post(server, "/api/auth/sms/create", request)
}

fn verify(server: &Server, operation: &Value, id: &str, code: &str) -> Value {
    let request =
        json!({ "messageId": id, "authorizationCode": code, "userId": "12345678", "operationContext": operation });
    post(server, "/api/auth/sms/verify", request).at("/responseObject")
}

#[test]
fn codes_have_six_digits_and_slovak_texts() {
    let server = start();
    let answer = create(&server, &login("1"), "sk");
    let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
    let code = message["code"].as_str().unwrap();
    assert_eq!(code.len(), 6);
    assert_eq!(message["text"], format!("Kód na prihlásenie je {code}."));
}

#[test]
fn a_lookup_asks_for_the_branch_and_hands_it_to_the_hook() {
    let server = start();
    let lookup = |branch: Value| {
        let request = json!({ "username": "user1234", "organizationId": "RETAIL", "operationContext": login("1"), "branchCode": branch });
        post(&server, "/api/auth/user/lookup", request)
    };
    assert_eq!(lookup(json!("0800")).at("/responseObject/id"), "12345678");
    assert_eq!(lookup(json!("0900")).at("/responseObject/code"), "USER_NOT_FOUND");
    let wrong = lookup(json!("08x0"));
    assert_eq!(wrong.at("/responseObject/code"), "INPUT_INVALID");
    let codes = wrong.at("/responseObject/validationErrors");
    assert_eq!(codes[0], "login.branchCode.invalid.objectRequest.requestObject.branchCode");
    assert_eq!(codes.as_array().unwrap().len(), 5);
    assert_eq!(lookup(Value::Null).at("/responseObject/validationErrors/4"), "login.branchCode.empty");
    // Digits are ASCII digits.
    assert_eq!(lookup(json!("٠٨٠٠")).at("/responseObject/code"), "INPUT_INVALID");
}

#[test]
fn a_code_for_one_merchant_is_none_for_another() {
    let server = start();
    let bookshop = card_payment("1", json!("Bookshop"));
    let answer = create(&server, &bookshop, "en");
    let id = answer.at("/responseObject/messageId").as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
    let message = server.message(&id).unwrap();
    let code = message["code"].as_str().unwrap();
    assert_eq!(message["text"], format!("Code for your card payment of 49.90 EUR to Bookshop: {code}."));

    let other = verify(&server, &card_payment("1", json!("Casino")), &id, code);
    assert_eq!((&other["smsAuthorizationResult"], &other["remainingAttempts"]), (&json!("VERIFIED_FAILED"), &json!(0)));

    let answer = create(&server, &bookshop, "en");
    let id = answer.at("/responseObject/messageId").as_str().unwrap().to_owned();
    let right = verify(&server, &bookshop, &id, &server.code(&id));
    assert_eq!(right["smsAuthorizationResult"], "VERIFIED_SUCCEEDED");
}

#[test]
fn a_card_payment_without_a_merchant_is_refused_and_has_a_consent_form() {
    let server = start();
    let answer = create(&server, &card_payment("1", Value::Null), "en");
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.at("/responseObject/validationErrors/0"),
        "smsAuthorization.merchant.empty.objectRequest.requestObject.operationContext"
    );
    let form = json!({ "userId": "12345678", "operationContext": card_payment("1", json!("Bookshop")), "lang": "en" });
    let form = post(&server, "/api/auth/consent/create", form);
    assert_eq!(form.at("/responseObject/consentHtml"), "You are about to confirm a card payment.");
    assert_eq!(form.at("/responseObject/options/0/id"), "CONSENT_CARD");
}

#[test]
fn the_banks_own_endpoint_asks_the_banks_own_hook() {
    let server = start();
    let block =
        |user: &str, card: &str| post(&server, "/api/card/block", json!({ "userId": user, "cardNumber": card }));
    let blocked = block("12345678", "5500000000000004");
    assert_eq!(blocked.status, 200, "{}", blocked.text);
    assert!(blocked.at("/responseObject/blockedAt").as_str().unwrap().ends_with("+0000"));
    let unknown = block("12345678", "4111111111111111");
    assert_eq!((unknown.status, unknown.at("/responseObject/code")), (400, json!("CARD_NOT_FOUND")));
    assert_eq!(unknown.at("/responseObject/message"), "card.notFound");
    assert_eq!(block("1", "5500000000000004").at("/responseObject/code"), "USER_NOT_FOUND");
    assert_eq!(block("12345678", "55").at("/responseObject/validationErrors/4"), "card.number.invalid");
}

#[test]
fn a_failed_login_answers_401() {
    let server = start();
    let login = |password: &str| {
        let context = json!({ "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" });
        let request = json!({
            "userId": "12345678", "organizationId": "RETAIL", "password": password, "authenticationContext": context,
            "operationContext": login("1")
        });
        post(&server, "/api/auth/user/authenticate", request)
    };
    let wrong = login("guess");
    assert_eq!((wrong.status, wrong.at("/responseObject/code")), (401, json!("AUTHENTICATION_FAILED")));
    assert_eq!(wrong.at("/responseObject/message"), "login.authenticationFailed");
    assert_eq!(login("s3cret").at("/responseObject/authenticationResult"), "VERIFIED_SUCCEEDED");
}

#[test]
fn codes_are_read_as_people_paste_them() {
    let server = start();
    for (at, paste) in [
        (|code: &str| format!("{code} ")) as fn(&str) -> String,
        |code| format!("{} {}", &code[..3], &code[3..]),
        |code| format!("{}-{}", &code[..3], &code[3..]),
        |code| format!("{}\u{a0}{}\u{a0}", &code[..3], &code[3..]),
        |code| format!("{}\u{2011}{}", &code[..2], &code[2..]),
        |code| format!("\u{202a}\u{200b}{code}\u{202c}\r\n"),
        |code| code.chars().map(|digit| char::from_u32(u32::from(digit) + 0xfee0).unwrap()).collect(),
        |code| code.chars().map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0x660).unwrap()).collect(),
    ]
    .into_iter()
    .enumerate()
    {
        let operation = login(&format!("pasted-{at}"));
        let id = create(&server, &operation, "en").at("/responseObject/messageId").as_str().unwrap().to_owned();
        let pasted = paste(&server.code(&id));
        assert_eq!(
            verify(&server, &operation, &id, &pasted)["smsAuthorizationResult"],
            "VERIFIED_SUCCEEDED",
            "{pasted:?}"
        );
    }
}

#[test]
fn a_wrong_code_is_one_failure_whatever_stands_around_it() {
    let server = start();
    let operation = login("pasted-wrong");
    let id = create(&server, &operation, "en").at("/responseObject/messageId").as_str().unwrap().to_owned();
    let code = server.code(&id);
    let wrong: String = code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    for (left, around) in [(4, "\u{a0}"), (3, "\u{200b}"), (2, "-"), (1, "\u{202a}")] {
        let tried = verify(&server, &operation, &id, &format!("{around}{wrong}{around}"));
        assert_eq!(
            (&tried["smsAuthorizationResult"], &tried["remainingAttempts"]),
            (&json!("VERIFIED_FAILED"), &json!(left))
        );
    }
    assert_eq!(verify(&server, &operation, &id, &code)["smsAuthorizationResult"], "VERIFIED_SUCCEEDED");
}
