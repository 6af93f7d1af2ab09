//! Every example of the API's description, over HTTP. Codes and times are those of the run; of a failure, the vendor's
//! code and the reason are compared, since its texts are free. How an expired code is answered stands in `states.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use serde_json::{Value, json};
use support::*;

fn examples() -> Vec<Value> {
    serde_json::from_str(include_str!("contract.json")).unwrap()
}

fn example(id: &str) -> Value {
    examples().into_iter().find(|example| example["id"] == id).unwrap()
}

/// Sends an example's request, with the code of the run in place of the one in it.
fn send(issuer: &Issuer, example: &Value, code: Option<&str>) -> (u16, Value) {
    let mut request = example["request"].clone();
    for name in ["recoveryCode", "verificationCode"] {
        if let (Some(old), Some(code)) = (request[name].as_str().map(str::to_owned), code) {
            // Whoever wants a wrong code has no digit in it.
            let wrong = old.starts_with("XXX");
            request[name] = json!(if wrong { old.as_str() } else { code });
        }
    }
    let (method, path) = (example["method"].as_str().unwrap(), example["path"].as_str().unwrap());
    let answer = match example["authorized"].as_bool().unwrap() {
        true => issuer.send(method, path, &request),
        false => issuer.server.send(method, path, "application/json", &[], Some(&request.to_string())),
    };
    assert_eq!(answer.content_type, "application/json");
    (answer.status, answer.json())
}

/// What has to be done before an example; the code that it goes on with.
fn prepared(issuer: &Issuer, id: &str) -> Option<String> {
    let retrieve = |id: &str, field: &str| {
        let (_, body) = send(issuer, &example(id), None);
        Some(body[field].as_str().unwrap().to_owned())
    };
    let complete = |id: &str, code: &Option<String>| {
        let (_, body) = send(issuer, &example(id), code.as_deref());
        assert_eq!(reason(&body), "SUCCESS", "{body}");
    };
    match id {
        "b2b-recovery-3" | "b2b-recovery-4" => retrieve("b2b-recovery-1", "recoveryCode"),
        "b2b-app-3" => retrieve("b2b-app-1", "verificationCode"),
        "b2b-email-2" => retrieve("b2b-email-1", "verificationCode"),
        "b2b-app-5" | "b2b-app-6" => {
            let code = retrieve("b2b-app-1", "verificationCode");
            complete("b2b-app-3", &code);
            code
        }
        "b2b-email-5" | "b2b-email-6" => {
            let code = retrieve("b2b-email-1", "verificationCode");
            complete("b2b-email-2", &code);
            code
        }
        _ => None,
    }
}

/// The body that is wanted, with what differs from run to run taken from the answer.
fn with_answers_own(wanted: &Value, body: &Value) -> Value {
    let mut wanted = wanted.clone();
    for name in ["recoveryCode", "verificationCode"] {
        if wanted.get(name).is_some() {
            let code = body[name].as_str().unwrap();
            let fits = |letter: char| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(letter);
            assert!(code.len() == 16 && code.chars().all(fits), "{code}");
            wanted[name] = json!(code);
        }
    }
    if wanted.get("validUntildate").is_some() {
        assert!(body["validUntildate"].as_i64().unwrap() > 1_790_000_000_000, "{body}");
        wanted["validUntildate"] = body["validUntildate"].clone();
    }
    wanted
}

fn same(answer: &(u16, Value), wanted: &Value, id: &str) {
    let (status, body) = answer;
    assert_eq!(*status, wanted["status"].as_u64().unwrap() as u16, "{id}: {body}");
    let wanted = &wanted["body"];
    if *status == 401 {
        assert_eq!(body, wanted, "{id}");
    } else if reason(wanted) == "SUCCESS" {
        assert_eq!(*body, with_answers_own(wanted, body), "{id}");
    } else {
        assert_eq!(outcome(body), outcome(wanted), "{id}: {body}");
        let names = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(body), names(wanted), "{id}: {body}");
        let head = |body: &Value| body[names(body)[0].as_str()].clone();
        assert_eq!(head(body)["messageHeader"], head(wanted)["messageHeader"], "{id}: {body}");
        assert_eq!(head(body).get("paymentStatus"), head(wanted).get("paymentStatus"), "{id}: {body}");
    }
}

/// Examples that need other rows than the demo's, or other calls before some of their answers.
const APART: [&str; 5] = ["b2b-questions-4", "b2b-app-3", "b2b-app-6", "b2b-email-2", "b2b-app-4"];

#[test]
fn every_example_of_the_description_is_answered_so() {
    let examples = examples();
    assert_eq!(examples.len(), 41);
    for example in examples.iter().filter(|example| !APART.contains(&example["id"].as_str().unwrap())) {
        let issuer = start();
        let id = example["id"].as_str().unwrap();
        let code = prepared(&issuer, id);
        for (at, wanted) in example["responses"].as_array().unwrap().iter().enumerate() {
            // Failures 1 to 4, or 1 and 2; then those from the limit on.
            let times = match id {
                "b2b-login-4" => [4, 2][at],
                "b2b-deposit-6" => [2, 2][at],
                _ => 1,
            };
            (0..times).for_each(|_| same(&send(&issuer, example, code.as_deref()), wanted, id));
        }
    }
}

const NO_QUESTIONS: (&str, &str) = ("enabled: true", "enabled: false");

#[test]
fn an_issuer_without_questions_has_done_with_the_code() {
    for id in ["b2b-app-3", "b2b-email-2"] {
        let example = example(id);
        for (at, changes) in [&[][..], &[NO_QUESTIONS]].into_iter().enumerate() {
            let issuer = start_with(changes, &[]);
            let code = prepared(&issuer, id);
            same(&send(&issuer, &example, code.as_deref()), &example["responses"][at], id);
        }
    }
}

#[test]
fn an_issuers_questions_are_all_some_or_none() {
    let example = example("b2b-questions-4");
    let all = start_with(&[("show_all: false", "show_all: true")], &[]);
    same(&send(&all, &example, None), &example["responses"][0], "all");
    let none = start_with(&[NO_QUESTIONS], &[]);
    same(&send(&none, &example, None), &example["responses"][2], "none");
    let some = start();
    let pool = example["responses"][0]["body"]["questionDetails"].as_array().unwrap().clone();
    for _ in 0..8 {
        let (_, body) = send(&some, &example, None);
        let asked = body["questionDetails"].as_array().unwrap();
        assert_eq!((asked.len(), &asked[0]["questionId"]), (2, &json!("q-pet")), "{body}");
        assert!(asked.iter().all(|question| pool.contains(question)), "{body}");
    }
}

#[test]
fn a_wrong_code_is_invalid_and_a_second_answer_has_nothing_to_answer() {
    let issuer = start();
    let wrong = example("b2b-app-4");
    same(&send(&issuer, &wrong, None), &wrong["responses"][0], "b2b-app-4");
    let answers = example("b2b-app-6");
    same(&send(&issuer, &answers, None), &answers["responses"][1], "b2b-app-6, no code yet");
    prepared(&issuer, "b2b-app-6");
    same(&send(&issuer, &answers, None), &answers["responses"][0], "b2b-app-6");
    let right = example("b2b-app-5");
    same(&send(&issuer, &right, None), &right["responses"][0], "b2b-app-5");
    same(&send(&issuer, &answers, None), &answers["responses"][1], "b2b-app-6, complete");
}
