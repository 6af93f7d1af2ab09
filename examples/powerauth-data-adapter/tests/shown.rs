//! What a message shows of a payment: a currency is three letters, a payee fits and is one line, and neither is changed.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use example_test_support::{Answer, Server};
use serde_json::{Value, json};
use support::{create_request, operation, payment, post, start, with};

const USER: &str = "12345678";
const CURRENCY: &str = "/formData/parameters/0/currency";
const ACCOUNT: &str = "/formData/parameters/1/value";

/// A payment of which nothing but the form says something.
fn by_form(id: &str) -> Value {
    with(&payment(id), "/data", json!("free text"))
}

fn create(server: &Server, payment: &Value) -> Answer {
    post(server, "/api/auth/sms/create", create_request(USER, payment))
}

#[track_caller]
fn keys(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.at("/responseObject/code")), (400, json!("INPUT_INVALID")), "{}", answer.text);
    let all = answer.at("/responseObject/validationErrors");
    all.as_array().unwrap().chunks(5).map(|five| five[4].as_str().unwrap().to_owned()).collect()
}

fn text(server: &Server, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
    message["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_currency_is_three_letters() {
    let server = start();
    for (at, currency) in
        ["\u{202e}", "USD.com/x", "US", "USDT", "U D", "12E", "U\nD", "ÚSD", "€", "USD\u{200b}", " USD", "ＵＳＤ"]
            .into_iter()
            .enumerate()
    {
        let answer = create(&server, &with(&by_form(&format!("currency-{at}")), CURRENCY, json!(currency)));
        assert_eq!(keys(&answer), ["smsAuthorization.currency.invalid"], "{currency:?}");
    }
    for blank in ["", " ", "\t"] {
        let answer = create(&server, &with(&by_form("blank"), CURRENCY, json!(blank)));
        assert_eq!(keys(&answer), ["smsAuthorization.currency.empty"], "{blank:?}");
    }
    for currency in ["CZK", "eur", "XAU"] {
        let answer = create(&server, &with(&by_form(&format!("is-{currency}")), CURRENCY, json!(currency)));
        assert!(text(&server, &answer).contains(&format!(" 100 {currency} to ")), "{currency}");
    }
    let login = json!([{ "type": "AMOUNT", "id": "operation.amount", "amount": 1, "currency": "USD.com/x" }]);
    let login = with(&operation("login", "login"), "/formData", json!({ "parameters": login }));
    assert_eq!(create(&server, &login).status, 200, "what an operation does not need is not asked");
}

#[test]
fn a_payee_fits_into_the_message_and_is_never_cut() {
    let server = start();
    for (at, account) in
        ["1".repeat(260), "č".repeat(90), format!("{}🍕", "x".repeat(90)), "€".repeat(130)].into_iter().enumerate()
    {
        let answer = create(&server, &with(&by_form(&format!("long-{at}")), ACCOUNT, json!(account)));
        assert_eq!(keys(&answer), ["smsAuthorization.account.long"], "{account}");
        let codes = answer.at("/responseObject/validationErrors");
        assert_eq!(codes[0], "smsAuthorization.account.long.objectRequest.requestObject.operationContext");
    }
    let most = "1".repeat(200);
    assert!(text(&server, &create(&server, &with(&by_form("most"), ACCOUNT, json!(most)))).contains(&most));
}

#[test]
fn a_payee_of_the_data_is_reported_like_one_of_the_form() {
    let server = start();
    let by_data = |id: &str, data: String| json!({ "id": id, "name": "authorize_payment", "data": data });
    let long = by_data("long", format!("A1*A100CZK*Q{}", "1".repeat(260)));
    assert_eq!(keys(&create(&server, &long)), ["smsAuthorization.account.long"]);
    let broken = by_data("broken", r"A1*A100CZK*Q12\n34".to_owned());
    assert_eq!(keys(&create(&server, &broken)), ["smsAuthorization.account.invalid"]);
}

#[test]
fn a_payee_is_one_line_without_signs_that_turn_it() {
    let server = start();
    for (at, account) in
        ["12\n34", "12\r34", "\u{202e}4321", "12\u{2067}34", "12\u{1b}[1m34", "12\u{85}34", "\u{200f}12"]
            .into_iter()
            .enumerate()
    {
        let answer = create(&server, &with(&by_form(&format!("line-{at}")), ACCOUNT, json!(account)));
        assert_eq!(keys(&answer), ["smsAuthorization.account.invalid"], "{account:?}");
    }
}

#[test]
fn a_form_is_carried_as_it_came() {
    let server = start();
    let form = json!({
        "title": { "id": "t", "message": "two\nlines" },
        "banners": [{ "id": "b", "message": "\u{200f}x", "bannerType": "BANNER_INFO" }],
        "parameters": [
            { "type": "NOTE", "id": "operation.note", "note": "first\nsecond" },
            { "type": "KEY_VALUE", "id": "other", "value": "a\tb" }
        ]
    });
    let context = json!({ "id": "form", "name": "login", "data": "A2", "formData": form,
        "applicationContext": { "id": "a", "description": "one\ntwo" } });
    let request = json!({ "userId": USER, "organizationId": "RETAIL", "operationContext": context });
    let answer = post(&server, "/api/operation/formdata/decorate", request);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.at("/responseObject/formData/title/message"), "two\nlines");
    assert_eq!(answer.at("/responseObject/formData/banners/0/message"), "\u{200f}x");
    assert_eq!(answer.at("/responseObject/formData/parameters/0/note"), "first\nsecond");
    assert_eq!(answer.at("/responseObject/formData/parameters/1/value"), "a\tb");
}

#[test]
fn texts_that_reach_hooks_and_the_audit_are_one_line() {
    let server = start();
    for (pointer, text) in [
        ("/userId", "1234\u{202e}5678"),
        ("/userId", "12345678\nadmin"),
        ("/organizationId", "RETAIL\r\nX"),
        ("/organizationId", "\u{2066}RETAIL"),
        ("/operationContext/id", "1\n2"),
        ("/operationContext/name", "login\u{7f}"),
        ("/operationContext/data", "A2\nx"),
        ("/operationContext/applicationContext/name", "App\nX"),
    ] {
        let mut context = operation("line", "login");
        context["applicationContext"] = json!({ "id": "a", "name": "App" });
        let request = with(&create_request(USER, &context), pointer, json!(text));
        let answer = post(&server, "/api/auth/sms/create", request);
        assert_eq!(
            (answer.status, answer.at("/responseObject/code")),
            (400, json!("INPUT_INVALID")),
            "{pointer}: {}",
            answer.text
        );
    }
}
