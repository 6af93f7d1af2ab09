//! One phone, one number: however a phone is written, it has one wallet, one counter of messages and one country.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use serde_json::{Value, json};
use support::*;

/// A programme of six countries, three of which share their calling code with others.
const SETTINGS: &str = r#"
tables:
  apps:
    - app: { id: 5db2a50be7626, currency: GBP, account_prefix: EWCV }
      document: { updated: 2021-09-15, html: <p>Terms</p>, links: ["https://www.example.org/tos"] }
  dial_codes:
    - { phone.dial_code: "44", country.code: GB }
    - { phone.dial_code: "46", country.code: SE }
    - { phone.dial_code: "39", country.code: IT }
    - { phone.dial_code: "1", country.code: US }
    - { phone.dial_code: "7", country.code: RU }
    - { phone.dial_code: "60", country.code: MY }
    - { phone.dial_code: "225", country.code: CI }
    - { phone.dial_code: "65", country.code: SG }
  app_countries:
    - { app.id: 5db2a50be7626, country.code: GB }
    - { app.id: 5db2a50be7626, country.code: SE }
    - { app.id: 5db2a50be7626, country.code: IT }
    - { app.id: 5db2a50be7626, country.code: US }
    - { app.id: 5db2a50be7626, country.code: KZ }
    - { app.id: 5db2a50be7626, country.code: MY }
    - { app.id: 5db2a50be7626, country.code: CI }
    - { app.id: 5db2a50be7626, country.code: SG }
"#;

fn programme() -> Programme {
    programme_of(SETTINGS, &[("COUNTERSIGN_DEV_LIMITS", "off")])
}

fn asked(programme: &Programme, code: &str, number: &str) -> (String, Value) {
    let mut body = activation(number);
    body["country_dial_code"] = json!(code);
    let answer = programme.activate(&body);
    (error(&answer), answer.at("/request_id"))
}

/// Activates a phone, and gives the number that the message went to.
fn activated(programme: &Programme, code: &str, number: &str) -> String {
    let (error, id) = asked(programme, code, number);
    assert_eq!(error, "none", "{code} {number}");
    let id = id.as_str().unwrap();
    assert_eq!(programme.verify(id, programme.code(id)).status, 200);
    programme.outbox().last().unwrap()["to"].as_str().unwrap().to_owned()
}

#[test]
fn a_phone_has_one_wallet_however_it_is_written() {
    for (code, number, sent_to, others) in [
        ("44", "7911123456", "+447911123456", ["07911123456", "447911123456", "00447911123456", "(0)7911 123-456"]),
        (
            "46",
            "0731234567",
            "+46731234567",
            ["731234567", "46731234567", "073-123\u{a0}45\u{2011}67", "+46 (0)731234567"],
        ),
        ("1", "2025550173", "+12025550173", ["12025550173", "02025550173", "(202) 555-0173", "+1 202.555.0173"]),
        ("60", "012-345 6789", "+60123456789", ["123456789", "60123456789", "0060123456789", "+60 012 345 6789"]),
        ("39", "3471234567", "+393471234567", ["393471234567", "00393471234567", "+39 347 1234567", "347/1234567"]),
        (
            "225",
            "0712345678",
            "+2250712345678",
            ["2250712345678", "+225 0712345678", "07 12 34 56 78", "07.12.34.56.78"],
        ),
        ("65", "909099999", "+65909099999", ["0909099999", "90 909 9999", "(0) 909 099 999", "9090-99999"]),
    ] {
        let programme = programme();
        assert_eq!(activated(&programme, code, number), sent_to);
        for other in others {
            assert_eq!(asked(&programme, code, other).0, "phone_number_is_registered", "{code} {other}");
        }
    }
}

#[test]
fn messages_to_a_phone_are_counted_together() {
    let programme = programme_of(SETTINGS, &[]);
    let spellings = ["7911123456", "07911123456", "447911123456", "00447911123456", "(0) 7911 123456"];
    for at in 0..10 {
        assert_eq!(asked(&programme, "44", spellings[at % spellings.len()]).0, "none", "{at}");
    }
    for spelling in spellings {
        assert_eq!(asked(&programme, "44", spelling).0, "phone_number_has_desisted", "{spelling}");
    }
    assert_eq!(programme.outbox().len(), 10);
    assert!(programme.outbox().iter().all(|message| message["to"] == "+447911123456"));
}

#[test]
fn another_countrys_number_beside_a_calling_code_is_none() {
    let programme = programme();
    for (code, number) in [
        ("46", "+4791234567"),
        ("46", "\u{ff0b}47 912 34 567"),
        ("46", "+12025550123"),
        ("44", "+6591234567"),
        ("39", "+41791234567"),
        ("46", "004791234567"),
    ] {
        assert_eq!(asked(&programme, code, number).0, "invalid_arguments", "{code} {number}");
    }
    assert_eq!(programme.outbox().len(), 0);
}

#[test]
fn what_may_be_another_number_is_refused() {
    let programme = programme();
    for (code, number) in [
        ("65", "65909099999"),
        ("44", "0046731234567"),
        ("44", "+46 73 123 45 67"),
        ("46", "447911123456"),
        ("46", "4612345678901"),
        ("44", "442079460958"),
    ] {
        assert_eq!(asked(&programme, code, number).0, "invalid_arguments", "{code} {number}");
    }
    assert!(programme.outbox().is_empty());
}

#[test]
fn a_shared_calling_code_is_decided_by_the_number() {
    let programme = programme();
    for (code, number, wanted) in [
        ("1", "2025550173", "none"),
        ("1", "4165550198", "country_is_restricted"),
        ("1", "8765550173", "country_is_restricted"),
        ("1", "2423591234", "country_is_restricted"),
        ("7", "7012345678", "none"),
        ("7", "9161234567", "country_is_restricted"),
        ("44", "7400123456", "none"),
        ("44", "7797712345", "country_is_restricted"),
        ("44", "07781123456", "country_is_restricted"),
        ("46", "731234567", "none"),
    ] {
        assert_eq!(asked(&programme, code, number).0, wanted, "{code} {number}");
    }
}

#[test]
fn services_get_no_codes_unless_a_setting_says_so() {
    let services = [("1", "8005550199"), ("44", "9098790123"), ("46", "0200123456"), ("39", "800123456")];
    let programme = programme();
    for (code, number) in services {
        assert_eq!(asked(&programme, code, number).0, "phone_number_has_desisted", "{code} {number}");
    }
    assert!(programme.outbox().is_empty());
    let open =
        programme_of(SETTINGS, &[("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_SMS__SERVICE_NUMBERS", "true")]);
    for (code, number) in services {
        assert_eq!(asked(&open, code, number).0, "none", "{code} {number}");
    }
}
