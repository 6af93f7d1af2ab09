//! Who may call, and what is asked before what.
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod support;

use serde_json::json;
use support::*;

const IDENTIFY: &str = r#"{"Type":"Phone","Value":"+46731234567"}"#;

#[test]
fn a_token_is_asked_for_before_the_body_is_read() {
    let server = start();
    for (headers, body) in [
        (&[][..], IDENTIFY),
        (&[("authorization", "Bearer somebody-elses-token")][..], IDENTIFY),
        (&[("authorization", "Basic c2hvcDpzaG9w")][..], IDENTIFY),
        (&[][..], "no json"),
    ] {
        let answer = server.send("POST", "/b2b/SE/identify", "application/json", headers, Some(body));
        assert_eq!(problem(&answer), is(401, "unauthorized"), "{headers:?}");
        assert_eq!(answer.header("www-authenticate").as_deref(), Some("Bearer"));
    }
}

#[test]
fn two_tokens_are_good_while_one_is_exchanged() {
    let server = start();
    for token in [SHOP, SHOP_NEXT] {
        assert_eq!(post_as(&server, token, "/b2b/SE/identify", IDENTIFY).status, 202);
    }
}

#[test]
fn callers_do_what_they_may() {
    let server = start();
    assert_eq!(problem(&post_as(&server, GUEST, "/b2b/SE/identify", "no json")), is(403, "forbidden"));
    assert_eq!(post_as(&server, SWEDEN, "/b2b/se/identify", IDENTIFY).status, 202);
    assert_eq!(problem(&post_as(&server, SWEDEN, "/b2b/NO/identify", IDENTIFY)), is(403, "forbidden"));
}

#[test]
fn the_country_is_asked_for_before_the_body() {
    let server = start();
    assert_eq!(problem(&post_as(&server, SHOP, "/b2b/DK/identify", "no json")), is(400, "country-not-supported"));
    assert_eq!(problem(&post_as(&server, SHOP, "/b2b/SE/identify", "no json")), is(400, "request-invalid"));
}

#[test]
fn a_token_of_another_country_or_caller_is_unknown_and_stays_good() {
    let server = start();
    let phone = by_phone(&server, "+46731234567");
    let number = by_number(&server);
    let code = server.code(&phone);
    for token in [&phone, &number] {
        let body = json!({ "Otp": code }).to_string();
        let there = post_as(&server, SHOP, &format!("/b2b/NO/identify/{token}/verify"), &body);
        assert_eq!(problem(&there), is(400, "token-unknown"));
        let theirs = post_as(&server, SWEDEN, &format!("/b2b/SE/identify/{token}/verify"), &body);
        assert_eq!(problem(&theirs), is(400, "token-unknown"));
    }
    assert_eq!(verify(&server, &phone, json!({ "Otp": code })).status, 200);
}

#[test]
fn names_are_read_in_any_case_and_numbers_as_people_write_them() {
    let server = start();
    for body in [
        json!({ "TYPE": "phone", "value": "+46 73-123 45 67" }),
        json!({ "type": "1", "VALUE": "0046731234567", "countryCode": "DK", "more": true }),
        json!({ "Type": 1, "type": 1, "Value": "+46 (73) 1234567" }),
    ] {
        assert_eq!(post(&server, "/b2b/SE/identify", body.clone()).status, 202, "{body}");
    }
    let number = json!({ "Type": 2, "Value": "  198010011016 " });
    assert_eq!(post(&server, "/b2b/SE/identify", number).status, 200);
    let torn = json!({ "Type": 1, "type": 2, "Value": "+46731234567" });
    assert_eq!(problem(&post(&server, "/b2b/SE/identify", torn)), is(400, "request-invalid"));
}

#[test]
fn a_body_may_be_empty_and_a_media_type_missing() {
    let server = start();
    let token = by_number(&server);
    let path = format!("/b2b/SE/identify/{token}/verify");
    let bearer = format!("Bearer {SHOP}");
    let answer = server.send("POST", &path, "", &[("authorization", &bearer)], None);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(post_as(&server, SHOP, &path, "").status, 200);
    let answer = server.send("POST", &path, "text/plain", &[("authorization", &bearer)], Some("{}"));
    assert_eq!(problem(&answer), is(400, "request-invalid"));
}

#[test]
fn wrong_tokens_are_limited_by_their_source() {
    let server = start_with(&[("COUNTERSIGN_CREDENTIALS__PER_SOURCE", "3 in 1h")]);
    let ask = |token: &str| post_as(&server, token, "/b2b/SE/identify", IDENTIFY);
    for _ in 0..3 {
        assert_eq!(ask("somebody-elses-token").header("retry-after"), None);
    }
    let limited = ask("somebody-elses-token");
    assert_eq!(problem(&limited), is(401, "unauthorized"));
    assert_eq!(limited.header("retry-after").as_deref(), Some("60"));
    assert_eq!(ask(SHOP).status, 202, "though it was never shown before");
}

#[test]
fn every_other_failure_has_its_row() {
    let server = start();
    let ask = |phone: &str| problem(&post(&server, "/b2b/SE/identify", json!({ "Type": "Phone", "Value": phone })));
    assert_eq!(ask("+46730000000"), is(503, "sms-not-sent"));
    assert_eq!(ask("+46731000010"), is(500, "internal"));
    // Without a row for buyers that the register excludes, it is a failure of the register.
    assert_eq!(ask("+46731000009"), is(500, "internal"));
    assert_eq!(problem(&post(&server, "/b2b/SE/nowhere", json!({}))), is(404, "path-not-found"));
    let short = json!({ "Type": "RegistrationNumber", "Value": "12" });
    assert_eq!(problem(&post(&server, "/b2b/SE/identify", short)), is(400, "request-invalid"));
}

#[test]
fn ten_codes_an_hour_are_enough_for_a_phone() {
    let server = start_with(&[("COUNTERSIGN_DEV_LIMITS", "on")]);
    (0..10).for_each(|_| drop(by_phone(&server, "+46731234567")));
    let more = post(&server, "/b2b/SE/identify", json!({ "Type": "Phone", "Value": "+46731234567" }));
    assert_eq!(problem(&more), is(400, "sms-limit-reached"));
}
