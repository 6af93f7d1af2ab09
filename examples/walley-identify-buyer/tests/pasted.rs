//! What people paste: codes and numbers with the signs that other programs put around and into them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use serde_json::json;
use support::*;

/// Ways in which a code of six digits is pasted.
fn pasted(code: &str) -> Vec<String> {
    let (head, tail) = code.split_at(3);
    let shifted =
        |zero: u32| code.chars().map(move |digit| char::from_u32(digit.to_digit(10).unwrap() + zero).unwrap());
    vec![
        format!(" {code}\n"),
        format!("{head}\u{a0}{tail}"),
        format!("{head}\u{202f}{tail}"),
        format!("{head}\u{2009}{tail}\u{200b}"),
        format!("\u{202a}{code}\u{202c}"),
        format!("{head}\u{2011}{tail}"),
        format!("{head}\u{2013}{tail}"),
        format!("{head}\u{ad}{tail}"),
        shifted(0xff10).collect(),
        shifted(0x660).collect(),
        shifted(0x966).collect(),
    ]
}

#[test]
fn a_right_code_passes_whatever_is_around_it() {
    let server = start();
    for at in 0..pasted("000000").len() {
        let token = by_phone(&server, "+46731234567");
        let otp = pasted(&server.code(&token)).swap_remove(at);
        assert_eq!(verify(&server, &token, json!({ "Otp": otp })).status, 200, "{otp:?}");
    }
}

#[test]
fn a_wrong_code_is_one_failure_each_time() {
    let server = start();
    let token = by_phone(&server, "+46731000001");
    let wrong = wrong(&server.code(&token));
    for otp in pasted(&wrong).into_iter().take(4) {
        assert_eq!(problem(&verify(&server, &token, json!({ "Otp": otp }))), is(400, "otp-invalid"));
    }
    let last = pasted(&wrong).pop().unwrap();
    assert_eq!(problem(&verify(&server, &token, json!({ "Otp": last }))), is(400, "otp-attempts-exhausted"));
}

#[test]
fn a_registration_number_may_be_in_groups() {
    let server = start();
    for value in [
        "19801001 1016",
        "19801001\u{a0}-1016",
        " 801001\u{2011}1016\r\n",
        "\u{202d}1980 10 01 10 16\u{202c}",
        "\u{ff11}\u{ff19}801001\u{ad}1016",
    ] {
        let request = json!({ "Type": "RegistrationNumber", "Value": value });
        assert_eq!(post(&server, "/b2b/SE/identify", request).status, 200, "{value:?}");
    }
    for value in ["19801001O1016", "1980_1001_1016", "", "\u{200b}"] {
        let request = json!({ "Type": "RegistrationNumber", "Value": value });
        assert_eq!(problem(&post(&server, "/b2b/SE/identify", request)).0, 400, "{value:?}");
    }
}

#[test]
fn a_phone_is_one_number_however_it_is_written() {
    let server = start();
    for value in [
        "+46 (0)73 123 45 67",
        "+46 073 123 45 67",
        "0046 (0) 73 1234567",
        "+46 46 73 123 45 67",
        "+46\u{a0}73\u{a0}123\u{a0}45\u{a0}67",
        "+46 73\u{2011}123\u{2011}45\u{2011}67",
        "+46 73\u{2013}123 45 67",
        "\u{202a}+46731234567\u{202c}",
        "\u{ff0b}46731234567",
        "+46.73.123.45.67",
        "+46/73/1234567",
        "+46 73\t1234567\r\n",
        "+46 73\u{2009}123\u{2009}45\u{2009}67",
        "+46\u{200b}73\u{ad}1234567",
        "\u{ff0b}\u{ff14}\u{ff16} \u{ff17}\u{ff13} 123 45 67",
    ] {
        by_phone(&server, value);
    }
    assert!(server.outbox().iter().all(|message| message["to"] == "+46731234567"));
    for value in ["073 123 45 67", "+46 73 123 45 67 ext 2", "+46+731234567", "+46 73 123 45 6x"] {
        let answer = post(&server, "/b2b/SE/identify", json!({ "Type": "Phone", "Value": value }));
        assert_eq!(problem(&answer), is(400, "request-invalid"), "{value}");
        assert!(answer.at("/errors/Value").is_array(), "{}", answer.text);
    }
}
