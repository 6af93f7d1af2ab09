//! Every sample of the API, those of 0.22 in the words of 1.x and those of what 1.x adds, sent to the running example
//! and compared as text: status, members, their order, nulls and number literals. `golden/cases.json` says how a
//! request is changed to get a sample's answer, and where our answer may differ and why.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

use std::collections::BTreeSet;
use std::path::Path;

use example_test_support::{Answer, Server, set};
use serde_json::Value;

fn read(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn start() -> Server {
    let environment = [("COUNTERSIGN_APPLICATION__ENVIRONMENT", "ENV1"), ("COUNTERSIGN_DEV_LIMITS", "off")];
    Server::start(env!("CARGO_BIN_EXE_example-powerauth-data-adapter-1"), &environment)
}

fn sample<'a>(contract: &'a [Value], id: &str) -> &'a Value {
    contract.iter().find(|sample| sample["id"] == id).unwrap_or_else(|| panic!("no sample {id}"))
}

fn call(server: &Server, sample: &Value, body: &Value) -> Answer {
    let path = sample["path"].as_str().unwrap();
    match sample["method"].as_str().unwrap() {
        "GET" => server.get(path),
        _ => server.post(path, body),
    }
}

/// Makes a code first, for samples that verify one, and names its id, itself and a wrong one.
fn before(server: &Server, contract: &[Value], case: &Value) -> Vec<(&'static str, String)> {
    let Some(id) = case["before"].as_str() else { return Vec::new() };
    let first = sample(contract, id);
    let message = call(server, first, &first["request"]).at("/responseObject/messageId").as_str().unwrap().to_owned();
    let code = server.code(&message);
    let wrong = if code == "00000000" { "00000001" } else { "00000000" }.to_owned();
    vec![("$id", message), ("$code", code), ("$wrong", wrong)]
}

fn changed(request: &Value, case: &Value, known: &[(&str, String)]) -> Value {
    let mut request = request.clone();
    for (pointer, value) in case["change"].as_object().into_iter().flatten() {
        let known = known.iter().find(|(name, _)| value == name).map(|(_, text)| Value::from(text.as_str()));
        set(&mut request, pointer, known.unwrap_or_else(|| value.clone()));
    }
    request
}

/// Replaces in both bodies what may differ, once it has been seen to be of the right form.
fn adapt(case: &Value, expected: &mut Value, actual: &mut Value) {
    for adaptation in case["adapt"].as_array().into_iter().flatten() {
        assert!(adaptation["why"].as_str().is_some_and(|why| why.len() > 10), "an adaptation needs its reason");
        let (pointer, form) = (adaptation["at"].as_str().unwrap(), &adaptation["as"]);
        let found = actual.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")).clone();
        assert!(fits(form, &found), "{pointer} is {found}, not {form}");
        set(expected, pointer, form.clone());
        set(actual, pointer, form.clone());
    }
}

fn fits(form: &Value, found: &Value) -> bool {
    let (Some(form), Some(text)) = (form.as_str(), found.as_str()) else { return form == found };
    match form.split_once('<') {
        None => form == text,
        Some((start, kind)) => text.strip_prefix(start).is_some_and(|text| match kind {
            "uuid>" => is_uuid(text),
            "time>" => is_time(text),
            "text>" => !text.is_empty(),
            _ => panic!("no form <{kind}"),
        }),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
        })
}

/// `2019-06-21T12:49:22.959+0000`
fn is_time(text: &str) -> bool {
    text.len() == 28
        && text.ends_with("+0000")
        && text.char_indices().take(23).all(|(at, c)| match at {
            4 | 7 => c == '-',
            10 => c == 'T',
            13 | 16 => c == ':',
            19 => c == '.',
            _ => c.is_ascii_digit(),
        })
}

#[test]
fn every_sample_is_answered_as_documented() {
    let (contract, cases) = (read("contract.json"), read("cases.json"));
    let server = start();
    let mut passed = BTreeSet::new();
    for case in &cases {
        let (id, title) = (case["id"].as_str().unwrap(), case["response"].as_str().unwrap());
        let documented = sample(&contract, id);
        let response = documented["responses"].as_array().unwrap().iter().find(|r| r["title"] == title);
        let response = response.unwrap_or_else(|| panic!("{id} has no response {title}"));
        let sent = case["send"].as_str().map_or(documented, |other| sample(&contract, other));
        let request = changed(&sent["request"], case, &before(&server, &contract, case));

        let answer = call(&server, sent, &request);

        let status = response["status"].as_u64().or(case["status"].as_u64()).unwrap();
        assert_eq!(u64::from(answer.status), status, "{id}, {title}: {}", answer.text);
        assert_eq!(answer.content_type, "application/json", "{id}, {title}");
        let (mut expected, mut actual) = (response["body"].clone(), answer.json());
        adapt(case, &mut expected, &mut actual);
        assert_eq!(actual.to_string(), expected.to_string(), "{id}, {title}");
        passed.insert((id.to_owned(), title.to_owned()));
    }
    for documented in &contract {
        for response in documented["responses"].as_array().unwrap() {
            let name = (documented["id"].as_str().unwrap().to_owned(), response["title"].as_str().unwrap().to_owned());
            assert!(passed.contains(&name), "no case for {name:?}");
        }
    }
}

#[test]
fn the_base_path_is_served_too() {
    let contract = read("contract.json");
    let server = start();
    let info = sample(&contract, "user-info");
    let path = format!("/powerauth-data-adapter{}", info["path"].as_str().unwrap());
    assert_eq!(server.post(&path, &info["request"]).at("/responseObject/familyName"), "Doe");
}
