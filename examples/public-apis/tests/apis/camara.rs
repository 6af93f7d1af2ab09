//! CAMARA's one-time passwords: a code that is made here goes out in the caller's words.

use countersign_runtime::{App, StartError, StartOptions};
use example_public_apis::{Adapter, Bank, PHONE, camara_otp_sms};
use serde_json::{Value, json};

use crate::calling::{Answer, Api};

fn start(options: StartOptions) -> Result<App, StartError> {
    camara_otp_sms::start(Adapter, Bank, options)
}

fn asked(api: &Api, path: &str, body: Value) -> Answer {
    api.ask(&format!("POST /one-time-password-sms/v1/{path}"), &[("x-correlator", "c-1")], Some(body))
}

fn sent(api: &Api, message: &str) -> Answer {
    asked(api, "send-code", json!({ "phoneNumber": PHONE, "message": message }))
}

#[test]
fn the_code_stands_in_the_place_of_its_mark() {
    let api = Api::serve(start, "Bearer demo-access-token");
    let answer = sent(&api, "{{code}} is your code for https://shop.example");
    assert_eq!((answer.status, answer.header("x-correlator")), (200, Some("c-1")), "{answer:?}");
    let message = api.messages().last().unwrap().clone();
    let code = message["code"].as_str().unwrap();
    assert_eq!(message["text"], json!(format!("{code} is your code for https: shop. example")));
    let id = &answer.json["authenticationId"];
    let wrong = asked(&api, "validate-code", json!({ "authenticationId": id, "code": "none" }));
    assert_eq!((wrong.status, &wrong.json["code"]), (400, &json!("ONE_TIME_PASSWORD_SMS.INVALID_OTP")));
    let right = asked(&api, "validate-code", json!({ "authenticationId": id, "code": code }));
    assert_eq!((right.status, right.json), (204, Value::Null));
}

#[test]
fn words_without_the_mark_send_nothing() {
    let api = Api::serve(start, "Bearer demo-access-token");
    let long = format!("{{{{code}}}} {}", "x".repeat(160));
    for words in ["Call us.", "", "{code}", &long] {
        let answer = sent(&api, words);
        assert_eq!((answer.status, &answer.json["code"]), (400, &json!("INVALID_ARGUMENT")), "{words}: {answer:?}");
    }
    assert!(api.messages().is_empty());
}
