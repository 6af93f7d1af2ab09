//! The state of an activation: every transition, with a clock that is turned by hand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use serde_json::{Value, json};
use support::*;

const MINUTE: i64 = 60;

/// What an activation that is tried with this passcode is answered.
#[track_caller]
fn tried(programme: &Programme, request: &str, passcode: impl Into<Value>) -> String {
    error(&programme.verify(request, passcode))
}

/// What an activation with this change is answered.
#[track_caller]
fn asked(programme: &Programme, field: &str, value: impl Into<Value>) -> String {
    let mut body = activation(PHONE);
    body[field] = value.into();
    error(&programme.activate(&body))
}

#[test]
fn terms_are_read_and_nothing_is_stored() {
    let programme = programme();
    for _ in 0..3 {
        let answer = programme.post("/api/profile/tos", &json!({ "app_id": OTHER_APP }));
        assert_eq!(
            answer.json(),
            json!({ "tos": { "last_updated": "2022-01-01", "meta_text": "<p>Terms</p>", "link": [] } })
        );
    }
    assert!(programme.outbox().is_empty());
}

#[test]
fn a_right_passcode_activates_once() {
    let programme = programme();
    let request = programme.request(PHONE);
    let code = programme.code(&request);
    assert_eq!(tried(&programme, &request, &*code), "none");
    for passcode in [code.clone(), wrong(&code)] {
        assert_eq!(tried(&programme, &request, passcode), "invalid_request_id");
    }
    assert_eq!(error(&programme.activate(&activation(PHONE))), "phone_number_is_registered");
}

#[test]
fn a_new_request_voids_the_older_one() {
    let programme = programme();
    let (first, second) = (programme.request(PHONE), programme.request(PHONE));
    assert_ne!(first, second);
    assert_eq!(tried(&programme, &first, programme.code(&first)), "invalid_request_id");
    assert_eq!(tried(&programme, &second, programme.code(&second)), "none");
}

#[test]
fn requests_of_other_phones_and_apps_stay() {
    let programme = programme();
    let (first, second) = (programme.request("90000001"), programme.request("90000002"));
    let mut elsewhere = activation("90000001");
    elsewhere["app_id"] = json!(OTHER_APP);
    let third = programme.activate(&elsewhere).at("/request_id").as_str().unwrap().to_owned();
    for request in [&first, &second] {
        assert_eq!(tried(&programme, request, programme.code(request)), "none");
    }
    let body = json!({ "app_id": OTHER_APP, "request_id": third, "passcode": programme.code(&third) });
    let answer = programme.post("/api/activate/otp/verify", &body);
    assert_eq!(answer.at("/accounts/0/currency_code"), "MYR", "{}", answer.text);
}

#[test]
fn wrong_passcodes_are_counted_and_missing_ones_are_not() {
    let programme = programme();
    let request = programme.request(PHONE);
    let code = programme.code(&request);
    for _ in 0..4 {
        let body = json!({ "app_id": APP, "request_id": request });
        assert_eq!(error(&programme.post("/api/activate/otp/verify", &body)), "invalid_arguments");
        for nothing in ["", " ", "-", "+", "()", "\u{200b}"] {
            assert_eq!(tried(&programme, &request, nothing), "invalid_arguments", "{nothing:?}");
        }
        assert_eq!(tried(&programme, &request, wrong(&code)), "invalid_passcode");
    }
    for passcode in [wrong(&code), wrong(&code), code] {
        assert_eq!(tried(&programme, &request, passcode), "phone_number_has_desisted");
    }
}

#[test]
fn failures_of_a_phone_count_across_its_requests() {
    let programme = programme();
    for _ in 0..5 {
        let request = programme.request(PHONE);
        assert_eq!(tried(&programme, &request, wrong(&programme.code(&request))), "invalid_passcode");
    }
    let request = programme.request(PHONE);
    assert_eq!(tried(&programme, &request, programme.code(&request)), "phone_number_has_desisted");
    programme.clock.turn(16 * MINUTE);
    let request = programme.request(PHONE);
    assert_eq!(tried(&programme, &request, programme.code(&request)), "none");
}

#[test]
fn a_passcode_is_good_for_five_minutes_and_a_request_for_fifteen() {
    let programme = programme();
    let request = programme.request(PHONE);
    let code = programme.code(&request);
    programme.clock.turn(5 * MINUTE + 1);
    assert_eq!(tried(&programme, &request, &*code), "invalid_passcode");
    programme.clock.turn(10 * MINUTE - 1);
    assert_eq!(tried(&programme, &request, &*code), "invalid_passcode");
    programme.clock.turn(1);
    assert_eq!(tried(&programme, &request, &*code), "invalid_request_id");
    let request = programme.request(PHONE);
    programme.clock.turn(5 * MINUTE);
    assert_eq!(tried(&programme, &request, programme.code(&request)), "none");
}

#[test]
fn a_request_that_has_desisted_is_forgotten_with_its_time() {
    let programme = programme();
    let request = programme.request(PHONE);
    let code = programme.code(&request);
    (0..5).for_each(|_| drop(tried(&programme, &request, wrong(&code))));
    programme.clock.turn(6 * MINUTE);
    assert_eq!(tried(&programme, &request, &*code), "phone_number_has_desisted");
    programme.clock.turn(9 * MINUTE + 1);
    assert_eq!(tried(&programme, &request, &*code), "invalid_request_id");
}

#[test]
fn a_request_of_another_app_is_unknown_and_stays_good() {
    let programme = programme();
    let request = programme.request(PHONE);
    let code = programme.code(&request);
    for _ in 0..6 {
        let body = json!({ "app_id": OTHER_APP, "request_id": request, "passcode": code });
        assert_eq!(error(&programme.post("/api/activate/otp/verify", &body)), "invalid_request_id");
    }
    assert_eq!(tried(&programme, &request, code), "none");
}

#[test]
fn where_no_message_goes_out_nothing_is_stored() {
    let programme = programme();
    assert_eq!(error(&programme.activate(&activation("900000000"))), "phone_number_has_desisted");
    assert!(programme.outbox().is_empty());
}

#[test]
fn ten_messages_go_to_a_phone_in_an_hour() {
    let programme = programme_with(&[]);
    for _ in 0..10 {
        programme.request(PHONE);
    }
    assert_eq!(error(&programme.activate(&activation(PHONE))), "phone_number_has_desisted");
    programme.clock.turn(60 * MINUTE + 1);
    programme.request(PHONE);
}

#[test]
fn a_phone_is_one_phone_however_it_is_written() {
    let programme = programme();
    programme.token("90 9099-999");
    for (code, number) in
        [(json!("65"), json!("909099999")), (json!("+65"), json!(909_099_999)), (json!(65), json!("90-9099 999"))]
    {
        let mut body = activation(PHONE);
        (body["country_dial_code"], body["phone_number"]) = (code, number);
        assert_eq!(error(&programme.activate(&body)), "phone_number_is_registered", "{body}");
    }
    assert_eq!(
        error(&programme.activate(&activation("91110000"))),
        "phone_number_is_registered",
        "the bank knows them"
    );
}

#[test]
fn a_passcode_may_have_lost_its_zeros() {
    let programme = programme();
    let requests = (0..200).map(|at| programme.request(&format!("{}", 81_234_000 + at)));
    let codes = requests.map(|request| (programme.code(&request), request));
    let (code, request) = codes.into_iter().find(|(code, _)| code.starts_with('0')).unwrap();
    for bad in [json!(-1), json!(1.5), json!(true)] {
        assert_eq!(tried(&programme, &request, bad), "invalid_arguments");
    }
    assert_eq!(tried(&programme, &request, code.parse::<u64>().unwrap()), "none");
}

#[test]
fn a_passcode_is_read_as_people_paste_it() {
    let programme = programme();
    let pasted: [fn(&str, &str) -> String; 5] = [
        |head, tail| format!(" {head} {tail}\n"),
        |head, tail| format!("{head}\u{a0}{tail}"),
        |head, tail| format!("{head}\u{2011}{tail}"),
        |head, tail| format!("\u{202a}{head}\u{2009}{tail}\u{202c}"),
        |head, tail| format!("{head}\u{ad}{tail}").chars().map(full_width).collect(),
    ];
    for (at, paste) in pasted.into_iter().enumerate() {
        let request = programme.request(&format!("{}", 81_235_000 + at));
        let code = programme.code(&request);
        let (head, tail) = code.split_at(3);
        assert_eq!(tried(&programme, &request, json!(paste(head, tail))), "none", "{at}");
    }
    assert_eq!(asked(&programme, "country_dial_code", "\u{ff0b}６５"), "none", "full-width digits are digits");
}

/// The sign as an input method for Chinese or Japanese writes it.
fn full_width(sign: char) -> char {
    if sign.is_ascii_digit() { char::from_u32(u32::from(sign) + 0xfee0).unwrap() } else { sign }
}

#[test]
fn arguments_are_looked_at_before_anything_is_done() {
    let programme = programme();
    for (field, value) in [
        ("app_id", json!("")),
        ("app_id", json!("x".repeat(65))),
        ("app_id", json!(5)),
        ("country_dial_code", json!("")),
        ("country_dial_code", json!("12345678")),
        ("country_dial_code", json!(6.5)),
        ("country_dial_code", json!(-65)),
        ("country_dial_code", json!("6 x 5")),
        ("phone_number", json!("123")),
        ("phone_number", json!("123456789012345")),
        ("phone_number", json!("12345678901234")),
        ("phone_number", json!(null)),
        ("email_address", json!("foob")),
        ("email_address", json!("foob@example@com")),
        ("email_address", json!(format!("{}@example.com", "x".repeat(250)))),
        ("nickname", json!("")),
        ("nickname", json!("x".repeat(65))),
        ("tos_accepted", json!("2021-02-30 10:50:59")),
        ("tos_accepted", json!("soon")),
        ("dob", json!("01.02.2000")),
        ("country_nat_code", json!("SGPX")),
    ] {
        assert_eq!(asked(&programme, field, value.clone()), "invalid_arguments", "{field}: {value}");
    }
    for name in ["favourite_colour", "app-id", "", "App_id"] {
        assert_eq!(asked(&programme, name, "x"), "invalid_arg_name", "{name}");
    }
    for body in ["", "[]", "no json", "{\"app_id\":\"a\",\"app_id\":\"b\"}"] {
        assert_eq!(error(&programme.post_text("/api/activate/request", None, body)), "invalid_arguments", "{body}");
    }
    let both = json!({ "app-id": "x" });
    assert_eq!(error(&programme.activate(&both)), "invalid_arg_name", "names are looked at before what is missing");
    assert!(programme.outbox().is_empty());
}

#[test]
fn terms_are_accepted_a_day_ahead_at_most() {
    let programme = programme();
    let at = |seconds: i64| {
        let now = countersign_runtime::Clock::now(&*programme.clock).plus_seconds(seconds);
        now.text(countersign_runtime::Times::Pattern("%Y-%m-%d %H:%M:%S"))
    };
    assert_eq!(asked(&programme, "tos_accepted", at(24 * 60 * MINUTE + 1)), "invalid_arguments");
    assert_eq!(asked(&programme, "tos_accepted", at(24 * 60 * MINUTE)), "none");
    assert_eq!(asked(&programme, "tos_accepted", "2021-09-20T10:50:59+08:00"), "none");
}

#[test]
fn policies_look_at_what_is_sent() {
    let programme = programme();
    for (field, value, wanted) in [
        ("country_res_code", "XX", "res_country_not_allowed"),
        ("country_res_code", "sg", "res_country_not_allowed"),
        ("country_res_code", "MY", "none"),
        ("country_nat_code", "XX", "none"),
        ("dob", "2010-01-01", "age_verification_fail"),
        ("dob", "1990-01-01", "none"),
        ("country_dial_code", "60", "country_is_restricted"),
    ] {
        assert_eq!(asked(&programme, field, value), wanted, "{field}: {value}");
    }
}

#[test]
fn what_was_accepted_and_done_is_recorded() {
    let programme = programme();
    let request = programme.request(PHONE);
    programme.verify(&request, programme.code(&request));
    let records = programme.runtime.block_on(programme.app.shared().store.audit_after(0, 100)).unwrap();
    let told: Vec<(&str, Option<&str>)> =
        records.iter().map(|one| (one.record.event.name(), one.record.reason.as_deref())).collect();
    let accepted = ("document.accepted", Some("version 2021-09-15, accepted 2021-09-20T10:50:59Z"));
    assert!(told.contains(&accepted), "{told:?}");
    for event in ["wallet.created", "session.opened"] {
        assert!(told.contains(&(event, None)), "{told:?}");
    }
}
