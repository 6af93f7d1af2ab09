//! Every example of the API's description, over HTTP. Tokens and codes are those of the run; of a problem, status and
//! code are compared, since its texts are free.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use example_test_support::{Answer, Server};
use serde_json::{Value, json};
use support::*;

/// What has to be done before an example, and who calls.
fn prepared(server: &Server, id: &str) -> (String, Value) {
    match id {
        "walley-20" | "walley-seed-03" => (by_number(server), Value::Null),
        "walley-21" | "walley-22" | "walley-23" | "walley-24" | "walley-seed-04" => {
            let token = by_phone(server, "+46731234567");
            let code = server.code(&token);
            (token, json!(code))
        }
        _ => ("sjpqhDnA3eVRWJPnyQweMg".to_owned(), Value::Null),
    }
}

/// The request with the code of the run in place of the one in the example.
fn with_code(request: &Value, code: &Value) -> Value {
    let mut request = request.clone();
    if let (Some(members), Some(code)) = (request.as_object_mut(), code.as_str()) {
        for (_, value) in members.iter_mut() {
            match value {
                Value::String(text) if text == "519943" => *value = json!(code),
                Value::Number(_) => *value = json!(code.parse::<u64>().unwrap()),
                _ => {}
            }
        }
    }
    request
}

fn same(answer: &Answer, wanted: &Value, token: &str, what: &str) {
    assert_eq!(answer.status, wanted["status"], "{what}: {}", answer.text);
    let body = &wanted["body"];
    match body["code"].as_str() {
        Some(code) => {
            assert_eq!(problem(answer).1, code, "{what}");
            // What is wrong with a field is said there, and the whole says the same for all of them.
            if body["errors"].is_object() {
                assert_eq!(answer.at("/detail"), body["detail"], "{what}");
            }
            // Where nothing tells which endpoint is meant, the first of the route tells all that it does not take.
            for field in body["errors"].as_object().into_iter().flat_map(|errors| errors.keys()) {
                assert!(answer.at(&format!("/errors/{field}")).is_array(), "{what}: {}", answer.text);
            }
        }
        None => {
            let mut body = body.clone();
            let issued = answer.at("/data/token").as_str().unwrap().to_owned();
            assert_eq!(issued.len(), 22, "{what}");
            body["data"]["token"] = if what.contains("verify") { json!(token) } else { json!(issued) };
            assert_eq!(answer.json(), body, "{what}");
            assert_eq!(answer.content_type, "application/json", "{what}");
        }
    }
}

#[test]
fn every_example_of_the_description_is_answered_so() {
    let examples: Vec<Value> = serde_json::from_str(include_str!("contract.json")).unwrap();
    assert_eq!(examples.len(), 21);
    for example in examples.iter().filter(|example| example["id"] != "walley-25") {
        let server = start();
        let id = example["id"].as_str().unwrap();
        let what = format!("{id} {}", example["path"].as_str().unwrap());
        let (token, code) = prepared(&server, id);
        let sample = ["YeJA5TTGBFtC-xNwKiBOAQ", "RVadpX9Le_Ry16hk70eBRQ", "{token}"];
        let path =
            sample.iter().fold(example["path"].as_str().unwrap().to_owned(), |path, old| path.replace(old, &token));
        let path = path.replace("{countryCode}", "SE");
        let bearer = match id {
            "walley-19" => Some(GUEST),
            _ => example["bearer"].as_bool().unwrap().then_some(SHOP),
        };
        let body = with_code(&example["request"], &code).to_string();
        let ask = || match bearer {
            Some(bearer) => post_as(&server, bearer, &path, &body),
            None => server.send("POST", &path, "application/json", &[], Some(&body)),
        };
        let responses = example["responses"].as_array().unwrap();
        if responses.is_empty() {
            let answer = ask();
            assert!(answer.status < 300, "{what}: {}", answer.text);
        }
        for (at, wanted) in responses.iter().enumerate() {
            // Failures 1 to 4, then failure 5 and later.
            let times = if id == "walley-23" { [4, 2][at] } else { 1 };
            (0..times).for_each(|_| same(&ask(), wanted, &token, &what));
        }
    }
}
