//! Every example of the API's description, over HTTP. Ids, tokens and passcodes are those of the run; of an error,
//! status and code are compared, since messages are free.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use example_test_support::Answer;
use serde_json::{Value, json};
use support::*;

/// What the run has in place of what the description shows.
#[derive(Default)]
struct Run {
    request: Option<String>,
    passcode: Option<String>,
    token: Option<String>,
}

/// What has to be done before an example.
fn prepared(programme: &Programme, id: &str) -> Run {
    match id {
        "we-27" => {
            programme.token(PHONE);
            Run::default()
        }
        "we-30" | "we-31" | "we-32" | "we-33" | "we-34" => {
            let request = programme.request(PHONE);
            Run { passcode: Some(programme.code(&request)), request: Some(request), token: None }
        }
        "we-40" | "we-41" | "we-42" | "we-seed-04" => Run { token: Some(programme.token(PHONE)), ..Run::default() },
        _ => Run::default(),
    }
}

/// The request with the values of the run.
fn with_run(id: &str, request: &Value, run: &Run) -> Value {
    let mut request = request.clone();
    if let (Some(own), "we-30" | "we-31" | "we-32" | "we-33") = (&run.request, id) {
        request["request_id"] = json!(own);
    }
    if let (Some(passcode), "we-30" | "we-34") = (&run.passcode, id) {
        request["passcode"] = json!(passcode);
    }
    if let (Some(passcode), "we-31") = (&run.passcode, id) {
        request["passcode"] = json!(passcode.parse::<u64>().unwrap());
    }
    if let (Some(passcode), "we-33") = (&run.passcode, id) {
        request["passcode"] = json!(wrong(passcode));
    }
    if id == "we-28" {
        // The gateway of `--dev` refuses this number.
        request["phone_number"] = json!("900000000");
    }
    request
}

/// Puts what only the run knows in place of the description's.
fn same(answer: &Answer, wanted: &Value, what: &str) {
    assert_eq!(answer.status, wanted["status"], "{what}: {}", answer.text);
    assert_eq!(answer.content_type, "application/json", "{what}");
    let (mut body, mut wanted) = (answer.json(), wanted["body"].clone());
    if wanted["error"].is_string() {
        assert_eq!(error(answer), wanted["error"], "{what}");
        return;
    }
    for (pointer, fits) in FREE {
        if let (Some(found), Some(shown)) = (body.pointer_mut(pointer), wanted.pointer_mut(pointer)) {
            assert!(fits(found.as_str().unwrap()), "{what}: {pointer} is {found}");
            *found = shown.take();
            *shown = found.clone();
        }
    }
    assert_eq!(body, wanted, "{what}");
}

type Fits = fn(&str) -> bool;

/// What differs from run to run, and how it looks.
const FREE: [(&str, Fits); 4] = [
    ("/request_id", |id| id.len() == 36 && id.split('-').count() == 5),
    ("/profile/client_id", |id| id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_digit())),
    ("/accounts/0/account_id", |id| id.strip_prefix("EWCV").is_some_and(|number| number.parse::<u64>().is_ok())),
    ("/token", |token| token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')),
];

#[test]
fn every_example_of_the_description_is_answered_so() {
    let examples: Vec<Value> = serde_json::from_str(include_str!("contract.json")).unwrap();
    assert_eq!(examples.len(), 26);
    for example in examples.iter().filter(|example| !example["request"].is_null()) {
        let programme = programme();
        let id = example["id"].as_str().unwrap();
        let what = format!("{id} {}", example["title"].as_str().unwrap());
        let run = prepared(&programme, id);
        let body = with_run(id, &example["request"], &run).to_string();
        let token = run.token.as_deref().filter(|_| example["bearer"] == true);
        for (at, wanted) in example["responses"].as_array().unwrap().iter().enumerate() {
            // Failures 1 to 4, then failure 5 and later.
            let times = if id == "we-33" { [4, 2][at] } else { 1 };
            for _ in 0..times {
                same(&programme.post_text(example["path"].as_str().unwrap(), token, &body), wanted, &what);
            }
        }
    }
}

#[test]
fn the_message_holds_the_passcode() {
    let programme = programme();
    let request = programme.request(PHONE);
    let message = &programme.outbox()[0];
    assert_eq!(message["to"], "+65909099999");
    assert_eq!(message["text"], format!("Your code is {}", programme.code(&request)));
}
