//! Sessions: who may set a password, and for how long.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

mod support;

use serde_json::json;
use support::*;

const DAY: i64 = 24 * 60 * 60;
const UPDATE: &str = "/api/profile/update";

#[test]
fn a_token_is_asked_for_before_the_body_is_read() {
    let programme = programme();
    let token = programme.token(PHONE);
    let shorter = &token[1..];
    let other: String = token.chars().rev().collect();
    for bad in [None, Some("somebody"), Some(shorter), Some(&*other)] {
        for body in ["no json", r#"{"app_id":"5db2a50be7626","password":"x"}"#] {
            let answer = programme.post_text(UPDATE, bad, body);
            assert_eq!(error(&answer), "invalid_user_authorize", "{bad:?}");
        }
    }
    assert_eq!(error(&programme.post_text(UPDATE, Some(&token), "no json")), "invalid_arguments");
}

#[test]
fn a_token_is_good_for_its_own_app_alone() {
    let programme = programme();
    let token = programme.token(PHONE);
    let body = json!({ "app_id": OTHER_APP, "password": "x" }).to_string();
    let answer = programme.post_text(UPDATE, Some(&token), &body);
    assert_eq!(error(&answer), "invalid_user_authorize");
    assert_eq!(error(&programme.set_password(&token, "x")), "none");
}

#[test]
fn a_token_is_good_for_seven_days_after_its_last_use() {
    let programme = programme();
    let token = programme.token(PHONE);
    for _ in 0..3 {
        programme.clock.turn(7 * DAY);
        assert_eq!(error(&programme.set_password(&token, "x")), "none");
    }
    // What is refused for its arguments is a use all the same.
    programme.clock.turn(7 * DAY);
    assert_eq!(error(&programme.set_password(&token, "")), "invalid_arguments");
    programme.clock.turn(7 * DAY);
    assert_eq!(error(&programme.set_password(&token, "x")), "none");
    programme.clock.turn(7 * DAY + 1);
    for _ in 0..2 {
        assert_eq!(error(&programme.set_password(&token, "x")), "invalid_user_authorize");
    }
}

#[test]
fn the_idle_time_is_a_setting() {
    let programme = programme_with(&[("COUNTERSIGN_SESSIONS__WALLET__IDLE", "1h"), ("COUNTERSIGN_DEV_LIMITS", "off")]);
    let token = programme.token(PHONE);
    programme.clock.turn(3601);
    assert_eq!(error(&programme.set_password(&token, "x")), "invalid_user_authorize");
}

#[test]
fn passwords_are_opaque_and_of_a_bounded_length() {
    let programme = programme();
    let token = programme.token(PHONE);
    for (password, wanted) in [
        ("5f4dcc3b5aa765d61d8327deb882cf99", "none"),
        (" ", "none"),
        (&*"ж".repeat(256), "none"),
        (&*"x".repeat(257), "invalid_arguments"),
        ("", "invalid_arguments"),
    ] {
        assert_eq!(error(&programme.set_password(&token, password)), wanted);
    }
}
