//! The state of an identification: every transition that needs no clock. Those that need one are tested on the runtime.
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod support;

use serde_json::json;
use support::*;

#[test]
fn a_right_code_verifies_once() {
    let server = start();
    let token = by_phone(&server, "+46731234567");
    let code = server.code(&token);
    let answer = verify(&server, &token, json!({ "Otp": code }));
    assert_eq!((answer.status, answer.at("/data/token")), (200, json!(token)));
    assert_eq!(answer.at("/data/organizations/1/organizationName"), "Second Company AB");
    for body in [json!({ "Otp": code }), json!({ "Otp": wrong(&code) }), json!({})] {
        assert_eq!(problem(&verify(&server, &token, body)), is(400, "otp-already-used"));
    }
}

#[test]
fn wrong_codes_are_counted_and_missing_ones_are_not() {
    let server = start();
    let token = by_phone(&server, "+46731000001");
    let code = server.code(&token);
    for _ in 0..4 {
        assert_eq!(problem(&verify(&server, &token, json!({}))), is(400, "request-invalid"));
        assert_eq!(problem(&verify(&server, &token, json!({ "Otp": wrong(&code) }))), is(400, "otp-invalid"));
    }
    for body in [json!({ "Otp": wrong(&code) }), json!({ "Otp": code }), json!({})] {
        assert_eq!(problem(&verify(&server, &token, body)), is(400, "otp-attempts-exhausted"));
    }
}

#[test]
fn failures_are_counted_across_the_open_challenges_of_a_buyer() {
    let server = start();
    let tokens: Vec<String> = (0..5).map(|_| by_phone(&server, "+46731000002")).collect();
    for token in &tokens {
        let answer = verify(&server, token, json!({ "Otp": wrong(&server.code(token)) }));
        assert_eq!(problem(&answer), is(400, "otp-invalid"));
    }
    let last = by_phone(&server, "+46731000002");
    let answer = verify(&server, &last, json!({ "Otp": server.code(&last) }));
    assert_eq!(problem(&answer), is(400, "otp-attempts-exhausted"));
}

#[test]
fn a_registration_number_verifies_as_often_as_it_is_asked() {
    let server = start();
    let token = by_number(&server);
    for body in [json!({}), json!({ "Otp": "000000" }), json!({})] {
        let answer = verify(&server, &token, body);
        assert_eq!((answer.status, answer.at("/data/token")), (200, json!(token)));
    }
}

#[test]
fn a_registration_number_is_one_however_it_is_written() {
    let server = start();
    for written in ["198010011016", "19801001-1016", "801001-1016", "8010011016"] {
        let body = json!({ "Type": "RegistrationNumber", "Value": written });
        assert_eq!(post(&server, "/b2b/SE/identify", body).status, 200, "{written}");
    }
    // With another century it is somebody else.
    let body = json!({ "Type": "RegistrationNumber", "Value": "801001+1016" });
    assert_eq!(problem(&post(&server, "/b2b/SE/identify", body)), is(400, "buyer-not-found"));
}

#[test]
fn a_new_identification_leaves_the_older_ones_alone() {
    let server = start();
    let (first, second) = (by_phone(&server, "+46731000003"), by_phone(&server, "+46731000003"));
    assert_ne!(first, second);
    for token in [&second, &first] {
        assert_eq!(verify(&server, token, json!({ "Otp": server.code(token) })).status, 200);
    }
}

#[test]
fn a_number_may_have_lost_its_zeros() {
    let server = start();
    let codes = (0..200).map(|_| by_phone(&server, "+46731234567")).map(|token| (server.code(&token), token));
    let (code, token) = codes.into_iter().find(|(code, _)| code.starts_with('0')).unwrap();
    for bad in [json!(-1), json!(1.5), json!(true)] {
        assert_eq!(problem(&verify(&server, &token, json!({ "Otp": bad }))), is(400, "request-invalid"));
    }
    let number: u64 = code.parse().unwrap();
    assert_eq!(verify(&server, &token, json!({ "otp": number })).status, 200);
}

#[test]
fn a_buyer_without_organizations_gets_an_empty_list() {
    let server = start();
    let token = by_phone(&server, "+46731000004");
    let answer = verify(&server, &token, json!({ "Otp": server.code(&token) }));
    assert_eq!((answer.status, answer.at("/data/organizations")), (200, json!([])));
}

#[test]
fn of_two_who_verify_at_once_one_succeeds() {
    let server = start();
    for _ in 0..1_000 {
        let token = by_phone(&server, "+46731234567");
        let body = json!({ "Otp": server.code(&token) });
        let statuses = std::thread::scope(|scope| {
            let both = [0, 1].map(|_| scope.spawn(|| problem(&verify(&server, &token, body.clone()))));
            both.map(|one| one.join().unwrap())
        });
        let won = statuses.iter().filter(|(status, _)| *status == 200).count();
        assert_eq!(won, 1, "{statuses:?}");
        assert!(statuses.contains(&is(400, "otp-already-used")), "{statuses:?}");
    }
}
