//! What a form says of a payment: one amount, one currency and one payee, the same as the operation's data; and what is
//! answered to bodies that are too long.
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
use support::{create_request, payment, post, start, start_with};

const USER: &str = "12345678";

/// A payment with these attributes in place of its own.
fn with_attributes(id: &str, attributes: &[Value]) -> Value {
    let mut payment = payment(id);
    payment["formData"]["parameters"] = json!(attributes);
    payment
}

fn amount(number: Value, currency: &str) -> Value {
    json!({ "type": "AMOUNT", "id": "operation.amount", "amount": number, "currency": currency })
}

fn payee(kind: &str, member: &str, account: &str) -> Value {
    json!({ "type": kind, "id": "operation.account", "valueFormatType": "ACCOUNT", member: account })
}

fn create(server: &Server, payment: &Value) -> Answer {
    post(server, "/api/auth/sms/create", create_request(USER, payment))
}

/// The keys of all broken rules.
fn keys(answer: &Answer) -> Vec<String> {
    let all = answer.at("/responseObject/validationErrors");
    let all = all.as_array().cloned().unwrap_or_default();
    all.chunks(5).filter_map(|five| five.last()?.as_str().map(str::to_owned)).collect()
}

fn text(server: &Server, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
    message["text"].as_str().unwrap().to_owned()
}

#[test]
fn two_payees_are_one_too_many_unless_they_are_the_same() {
    let server = start();
    let one = || payee("KEY_VALUE", "value", "238400856/0300");
    for (id, other) in [
        ("two-1", payee("KEY_VALUE", "value", "999999999/0300")),
        ("two-2", payee("HEADING", "value", "999999999/0300")),
        ("two-3", payee("NOTE", "note", "999999999/0300")),
    ] {
        let answer = create(&server, &with_attributes(id, &[amount(json!(100), "CZK"), one(), other]));
        assert_eq!((answer.status, keys(&answer)), (400, vec!["smsAuthorization.account.invalid".to_owned()]), "{id}");
    }
    let same = payee("HEADING", "value", " 238400856/0300 ");
    let answer = create(&server, &with_attributes("two-same", &[amount(json!(100), "CZK"), one(), same]));
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn a_payee_in_a_note_is_the_payee() {
    let server = start();
    let note = payee("NOTE", "note", "238400856/0300");
    let mut payment = with_attributes("note", &[amount(json!(100), "CZK"), note]);
    payment["data"] = json!("A1*A100CZK");
    assert!(text(&server, &create(&server, &payment)).contains("to account 238400856/0300 is "));
    let other = json!({ "type": "NOTE", "id": "operation.note", "note": "238400856/0300" });
    payment["formData"]["parameters"] = json!([amount(json!(100), "CZK"), other]);
    payment["id"] = json!("another-note");
    assert_eq!(keys(&create(&server, &payment)), ["smsAuthorization.account.empty"], "another note is none");
}

#[test]
fn a_payee_in_whom_nothing_is_seen_is_none() {
    let server = start();
    for (at, nothing) in
        ["\u{200b}", "\u{feff}\u{ad}", "\u{2060}", "\u{3164}", "\u{a0}", "\u{202f} \u{2007}"].iter().enumerate()
    {
        let attributes = [amount(json!(100), "CZK"), payee("KEY_VALUE", "value", nothing)];
        let mut payment = with_attributes(&format!("unseen-{at}"), &attributes);
        payment["data"] = json!("A1*A100CZK");
        let answer = create(&server, &payment);
        let expected = (400, vec!["smsAuthorization.account.empty".to_owned()]);
        assert_eq!((answer.status, keys(&answer)), expected, "{nothing:?}: {}", answer.text);
    }
}

#[test]
fn data_that_names_no_one_payment_contradicts_a_form() {
    let server = start();
    let form = || [amount(json!(100), "CZK"), payee("KEY_VALUE", "value", "1/2")];
    for (at, data, key) in [
        ("1", "A1*A1000.CZK*Q1/2", "smsAuthorization.amount.invalid"),
        ("2", "A1*A1,000CZK*Q1/2", "smsAuthorization.amount.invalid"),
        ("3", "A1*A100CZK*Q1/2*A999CZK", "smsAuthorization.amount.invalid"),
        ("4", "A1*A100CZK*I1/2*Q9/9", "smsAuthorization.account.invalid"),
    ] {
        let mut payment = with_attributes(&format!("unclear-{at}"), &form());
        payment["data"] = json!(data);
        let answer = create(&server, &payment);
        assert_eq!(answer.status, 400, "{data}: {}", answer.text);
        assert!(keys(&answer).contains(&key.to_owned()), "{data}: {}", answer.text);
    }
    let mut alone = with_attributes("unclear-alone", &[]);
    alone["data"] = json!("A0*A100CZK*A200CZK*Q1/2");
    let answer = create(&server, &alone);
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(keys(&answer).contains(&"smsAuthorization.amount.empty".to_owned()), "{}", answer.text);
}

#[test]
fn a_form_says_what_the_data_says() {
    let server = start();
    let account = || payee("KEY_VALUE", "value", "238400856/0300");
    for (id, attributes, key) in [
        ("amount", [amount(json!(100.01), "CZK"), account()], "smsAuthorization.amount.invalid"),
        ("amount-text", [amount(json!("1000"), "CZK"), account()], "smsAuthorization.amount.invalid"),
        ("currency", [amount(json!(100), "EUR"), account()], "smsAuthorization.currency.invalid"),
        (
            "account",
            [amount(json!(100), "CZK"), payee("KEY_VALUE", "value", "238400857/0300")],
            "smsAuthorization.account.invalid",
        ),
    ] {
        let answer = create(&server, &with_attributes(id, &attributes));
        assert_eq!((answer.status, keys(&answer)), (400, vec![key.to_owned()]), "{id}: {}", answer.text);
        assert_eq!(answer.at("/responseObject/code"), "INPUT_INVALID");
    }
    for (id, attributes) in [
        ("same-amount", [amount(json!("100.00"), "czk"), account()]),
        ("same-account", [amount(json!(100), "CZK"), payee("KEY_VALUE", "value", "2384 00856/0300")]),
        ("exponent", [amount(json!(1e2), "CZK"), account()]),
    ] {
        let answer = create(&server, &with_attributes(id, &attributes));
        assert_eq!(answer.status, 200, "{id}: {}", answer.text);
    }
    let mut free = with_attributes("free", &[amount(json!(7), "CZK"), account()]);
    free["data"] = json!("free text");
    assert_eq!(create(&server, &free).status, 200, "data that says nothing is not contradicted");
}

#[test]
fn a_form_may_differ_where_that_is_set() {
    let server = start_with(&[("COUNTERSIGN_FORM_MAY_DIFFER", "true")]);
    let account = payee("KEY_VALUE", "value", "238400857/0300");
    let answer = create(&server, &with_attributes("differs", &[amount(json!(7), "EUR"), account.clone()]));
    assert!(text(&server, &answer).contains("7 EUR to account 238400857/0300"));
    let other = payee("NOTE", "note", "1/0300");
    let answer = create(&server, &with_attributes("two", &[amount(json!(7), "EUR"), account, other]));
    assert_eq!(keys(&answer), ["smsAuthorization.account.invalid"], "two payees are two all the same");
}

#[test]
fn a_banner_without_a_kind_is_an_information() {
    let server = start();
    let mut payment = payment("banner");
    payment["formData"]["banners"] = json!([{ "id": "a", "message": "b" }, { "bannerType": null }]);
    let request = json!({ "userId": USER, "organizationId": "RETAIL", "operationContext": payment });
    let answer = post(&server, "/api/operation/formdata/decorate", request);
    let banners = answer.at("/responseObject/formData/banners");
    let kinds: Vec<_> = banners.as_array().unwrap().iter().map(|banner| banner["bannerType"].clone()).collect();
    assert_eq!(kinds, ["BANNER_INFO", "BANNER_INFO"]);
}

#[test]
fn a_body_that_is_too_long_is_413_in_the_apis_own_words() {
    // So short that the server has read all of it when it answers.
    let server = start_with(&[("COUNTERSIGN_BODY_LIMIT", "1KiB")]);
    for path in ["/api/auth/sms/create", "/api/auth/user/lookup", "/api/operation/formdata/decorate"] {
        let answer = post(&server, path, json!({ "userId": "x".repeat(2_000) }));
        assert_eq!(answer.status, 413, "{path}");
        assert_eq!(answer.at("/responseObject/code"), "INPUT_INVALID");
        assert_eq!(answer.at("/responseObject/message"), "error.invalidRequest");
    }
}

#[test]
fn a_protection_is_named_wherever_a_password_is_checked() {
    let server = start();
    let request = |context: Value| {
        json!({
            "userId": USER, "organizationId": "RETAIL", "password": "test", "messageId": "x", "authorizationCode": "1",
            "operationContext": payment("protection"), "authenticationContext": context
        })
    };
    for context in [json!({ "passwordProtection": null }), json!({}), json!({ "passwordProtection": "" })] {
        let answer = post(&server, "/api/auth/sms/password/verify", request(context.clone()));
        assert_eq!((answer.status, keys(&answer)), (400, vec!["login.type.unsupported".to_owned()]), "{context}");
    }
    let plain = json!({ "passwordProtection": "NO_PROTECTION" });
    assert_eq!(post(&server, "/api/auth/sms/password/verify", request(plain)).status, 200);
}
