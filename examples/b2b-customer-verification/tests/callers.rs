//! Who may call, what they may ask for, and what is answered outside every operation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use serde_json::{Value, json};
use support::*;

const IIN: &str = "/b2b-gateway/partners/iin/details";

fn iin() -> Value {
    request(DANA, json!({ "iin": "411111" }))
}

#[test]
fn a_key_is_asked_for_before_the_body_is_read() {
    let issuer = start();
    let unauthorized = json!({ "b2bResponse": {
        "status": { "statusCode": "FAILED", "statusDescription": "Unauthorized", "statusDetails": [], "errors": [] },
        "configurationDetails": [],
    } });
    for wrong in [
        basic("accessId", "wrong"),
        basic("accessid", KEY),
        basic("guest", KEY),
        format!("Bearer {KEY}"),
        "Basic".to_owned(),
        "Basic !!!".to_owned(),
    ] {
        for body in [iin().to_string(), "no json".to_owned()] {
            let answer = issuer.send_as(&wrong, "POST", IIN, &body);
            assert_eq!((answer.status, answer.json()), (401, unauthorized.clone()), "{wrong}");
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge.as_deref(), Some("Basic realm=\"b2b-gateway\""));
        }
    }
}

#[test]
fn two_keys_are_good_while_one_is_exchanged() {
    let issuer = start();
    for key in [KEY, NEXT_KEY] {
        let answer = issuer.send_as(&basic("accessId", key), "POST", IIN, &iin().to_string());
        assert_eq!(outcome(&answer.json()), is("", "SUCCESS"));
    }
}

#[test]
fn a_caller_acts_for_its_own_partners() {
    let issuer = start();
    let answer = issuer.send_as(&basic("guest", GUEST_KEY), "POST", IIN, &iin().to_string());
    assert_eq!((answer.status, outcome(&answer.json())), (200, is("403", "PARTNER_UNKNOWN")));
    assert_eq!(answer.at("/b2bResponse/messageHeader"), header());
    let mut elsewhere = iin();
    elsewhere["partnerUri"] = json!("somebody else");
    assert_eq!(outcome(&issuer.send("POST", IIN, &elsewhere).json()), is("403", "PARTNER_UNKNOWN"));
}

#[test]
fn wrong_keys_are_limited_and_keep_no_caller_out() {
    let issuer = start_with(&[], &[("COUNTERSIGN_CREDENTIALS__PER_SOURCE", "3 in 1h")]);
    let ask = |authorization: &str| issuer.send_as(authorization, "POST", IIN, &iin().to_string());
    for _ in 0..3 {
        let answer = ask(&basic("accessId", "wrong"));
        assert_eq!((answer.status, answer.header("retry-after")), (401, None));
    }
    let limited = ask(&basic("accessId", "wrong"));
    assert_eq!((limited.status, limited.header("retry-after").as_deref()), (401, Some("60")));
    assert_eq!(ask(&basic("accessId", KEY)).status, 200, "though it was never shown before");
    assert_eq!(ask(&basic("guest", GUEST_KEY)).header("retry-after"), None);
}

#[test]
fn bodies_that_cannot_be_read_are_invalid_and_have_no_header() {
    let issuer = start();
    for body in ["", "no json", "[]", "{", r#"{"b2bRequest":{},"b2bRequest":{}}"#] {
        let answer = issuer.send_as(&basic("accessId", KEY), "POST", IIN, body);
        assert_eq!((answer.status, outcome(&answer.json())), (200, is("403", "INVALID_ARGUMENTS")), "{body}");
        assert_eq!(answer.at("/b2bResponse/messageHeader"), Value::Null);
    }
}

#[test]
fn everything_else_has_its_row_too() {
    let issuer = start();
    let nowhere = issuer.send("POST", "/b2b-gateway/nowhere", &iin());
    assert_eq!((nowhere.status, outcome(&nowhere.json())), (404, is("403", "INVALID_ARGUMENTS")));
    let method = issuer.send("PUT", IIN, &iin());
    assert_eq!((method.status, outcome(&method.json())), (405, is("403", "INVALID_ARGUMENTS")));
    assert_eq!(method.header("allow").as_deref(), Some("POST"));
    let broken = request("wlwdemo:entity:customer#broken", json!({}));
    let answer = issuer.send("POST", "/b2b-gateway/customers/security/emailverification", &broken);
    assert_eq!((answer.status, outcome(&answer.json())), (500, is("400", "INTERNAL")));
    assert_eq!(answer.at("/b2bResponse/messageHeader"), header());
}
