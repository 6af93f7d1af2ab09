//! Requests as a caller of the adapter builds them.
#![allow(dead_code, reason = "every test uses a part of it")]

use example_test_support::{Answer, Server, set};
use serde_json::{Value, json};

/// The demo bank's adapter, without limits on sending.
pub fn start() -> Server {
    start_with(&[])
}

/// The same, with further environment.
pub fn start_with(environment: &[(&str, &str)]) -> Server {
    let mut all = vec![("COUNTERSIGN_DEV_LIMITS", "off")];
    all.extend_from_slice(environment);
    Server::start(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &all)
}

/// A payment of 100 CZK.
pub fn payment(id: &str) -> Value {
    json!({
        "id": id,
        "name": "authorize_payment",
        "data": "A1*A100CZK*Q238400856/0300",
        "formData": {
            "title": { "id": "operation.title", "message": "Confirm Payment" },
            "greeting": { "id": "operation.greeting", "message": "Hello" },
            "summary": { "id": "operation.summary", "message": "Hello" },
            "config": [],
            "banners": [],
            "parameters": [
                {
                    "type": "AMOUNT", "id": "operation.amount", "label": "Amount", "valueFormatType": "AMOUNT",
                    "formattedValues": {}, "amount": 100, "currency": "CZK", "currencyId": "operation.currency"
                },
                {
                    "type": "KEY_VALUE", "id": "operation.account", "label": "To Account", "valueFormatType": "ACCOUNT",
                    "formattedValues": {}, "value": "238400856/0300"
                }
            ],
            "userInput": {}
        },
        "applicationContext": null
    })
}

/// An operation without a form.
pub fn operation(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "data": "A2", "formData": null, "applicationContext": null })
}

/// Posts a payload in its envelope.
#[track_caller]
pub fn post(server: &Server, path: &str, payload: Value) -> Answer {
    server.post(path, &json!({ "requestObject": payload }))
}

/// Makes a code for a user and an operation and returns its id.
#[track_caller]
pub fn create_code(server: &Server, user: &str, operation: &Value) -> String {
    let answer = post(server, "/api/auth/sms/create", create_request(user, operation));
    assert_eq!(answer.at("/responseObject/smsDeliveryResult"), "SUCCEEDED", "{}", answer.text);
    answer.at("/responseObject/messageId").as_str().expect("an id").to_owned()
}

pub fn create_request(user: &str, operation: &Value) -> Value {
    json!({ "userId": user, "organizationId": "RETAIL", "operationContext": operation, "lang": "en" })
}

/// Checks a code as the real caller does, with user and organization.
#[track_caller]
pub fn verify(server: &Server, user: &str, operation: &Value, id: &str, code: &str) -> Verified {
    let payload = json!({
        "messageId": id, "authorizationCode": code, "userId": user, "organizationId": "RETAIL",
        "operationContext": operation
    });
    Verified::of(&post(server, "/api/auth/sms/verify", payload))
}

/// Result, message and attempts left.
#[derive(Debug, PartialEq)]
pub struct Verified(pub String, pub Option<String>, pub Option<i64>);

impl Verified {
    #[track_caller]
    pub fn of(answer: &Answer) -> Verified {
        assert_eq!(answer.status, 200, "{}", answer.text);
        let text = |name: &str| answer.at(&format!("/responseObject/{name}")).as_str().map(str::to_owned);
        let left = answer.at("/responseObject/remainingAttempts").as_i64();
        Verified(text("smsAuthorizationResult").expect("a result"), text("errorMessage"), left)
    }

    pub fn succeeded() -> Verified {
        Verified("VERIFIED_SUCCEEDED".to_owned(), None, None)
    }

    pub fn failed(key: &str, left: Option<i64>) -> Verified {
        Verified("VERIFIED_FAILED".to_owned(), Some(key.to_owned()), left)
    }
}

/// Another code of the same length.
pub fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}

/// The same operation with another value at a pointer.
pub fn with(operation: &Value, pointer: &str, value: Value) -> Value {
    let mut operation = operation.clone();
    set(&mut operation, pointer, value);
    operation
}
