//! Messages with what merchants are called: parts as handsets count them, plain signs for typographic ones, and a name
//! that is too long told at its field, before a code is made.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use example_test_support::{Answer, Server};
use serde_json::{Value, json};

/// What stands before the merchant in the message of a payment of 49.90 EUR, in letters.
const BEFORE: usize = 43;

/// What stands around the merchant, with a code of six digits.
const AROUND: usize = 52;

fn start(environment: &[(&str, &str)]) -> Server {
    let mut all = vec![("COUNTERSIGN_DEV_LIMITS", "off")];
    all.extend_from_slice(environment);
    Server::start(env!("CARGO_BIN_EXE_example-acme-bank"), &all)
}

fn create(server: &Server, id: &str, merchant: &str) -> Answer {
    let amount: Value = serde_json::from_str("49.90").unwrap();
    let operation = json!({
        "id": id,
        "name": "authorize_card_payment",
        "formData": { "parameters": [
            { "type": "AMOUNT", "id": "operation.amount", "amount": amount, "currency": "EUR" },
            { "type": "KEY_VALUE", "id": "operation.merchant", "value": merchant }
        ] }
    });
    let request =
        json!({ "userId": "12345678", "organizationId": "RETAIL", "operationContext": operation, "lang": "en" });
    server.post("/api/auth/sms/create", &json!({ "requestObject": request }))
}

#[track_caller]
fn text(server: &Server, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let message = server.message(answer.at("/responseObject/messageId").as_str().unwrap()).unwrap();
    message["text"].as_str().unwrap().to_owned()
}

/// The merchant as the message shows it.
#[track_caller]
fn shown(server: &Server, id: &str, merchant: &str) -> String {
    let text = text(server, &create(server, id, merchant));
    let (_, after) = text.split_once(" EUR to ").unwrap();
    after.rsplit_once(": ").unwrap().0.to_owned()
}

#[track_caller]
fn is_refused(answer: &Answer, key: &str) {
    assert_eq!((answer.status, answer.at("/responseObject/code")), (400, json!("INPUT_INVALID")), "{}", answer.text);
    let codes = answer.at("/responseObject/validationErrors");
    assert_eq!(codes[0], format!("{key}.objectRequest.requestObject.operationContext"), "{codes}");
    assert_eq!(codes[4], key);
    assert_eq!(codes.as_array().unwrap().len(), 5, "{codes}");
}

/// A merchant of ASCII letters around a sign, so that so many letters of the message stand before it.
fn around(sign: &str, before: usize, length: usize, filler: &str) -> String {
    let size = if filler == "a" { 2 } else { sign.encode_utf16().count() };
    format!("{}{sign}{}", filler.repeat(before - BEFORE), "a".repeat(length - AROUND - (before - BEFORE) - size))
}

#[test]
fn parts_are_counted_as_handsets_count_them() {
    let server = start(&[]);
    for (id, merchant, parts) in [
        ("gsm-306", "a".repeat(306 - AROUND), 2),
        ("gsm-307", "a".repeat(307 - AROUND), 3),
        ("gsm-border", around("[", 152, 306, "a"), 3),
        ("gsm-euro", around("€", 152, 306, "a"), 3),
        ("gsm-before", around("[", 151, 306, "a"), 2),
        ("gsm-after", around("{", 153, 306, "a"), 2),
        ("gsm-short", around("~", 152, 305, "a"), 2),
        ("emoji-border", around("🍕", 66, 134, "č"), 3),
        ("emoji-before", around("🍕", 65, 134, "č"), 2),
        ("emoji-after", around("🎉", 67, 134, "č"), 2),
        ("emoji-short", around("🍕", 66, 133, "č"), 2),
        ("ucs2-134", "č".repeat(134 - AROUND), 2),
        ("ucs2-135", "č".repeat(135 - AROUND), 3),
    ] {
        let answer = create(&server, id, &merchant);
        match parts {
            2 => assert!(text(&server, &answer).contains(&merchant), "{id}"),
            _ => is_refused(&answer, "smsAuthorization.merchant.long"),
        }
    }
}

#[test]
fn a_merchant_that_is_too_long_changes_nothing() {
    let server = start(&[("COUNTERSIGN_DEV_LIMITS", "on")]);
    for round in 0..8 {
        is_refused(&create(&server, &format!("long-{round}"), &"a".repeat(255)), "smsAuthorization.merchant.long");
    }
    let first = create(&server, "long-0", "Bookshop");
    assert!(text(&server, &first).contains("to Bookshop: "), "no code was made, and nothing was counted");
}

#[test]
fn typographic_signs_are_written_plainly_where_that_saves_the_alphabet() {
    let server = start(&[]);
    for (id, merchant, written) in [
        (
            "quotes",
            "O’Neill’s Grand Café and Restaurant, Upper Merchants Quay and Market Street, Dublin 8",
            "O'Neill's Grand Café and Restaurant, Upper Merchants Quay and Market Street, Dublin 8",
        ),
        (
            "blanks",
            "Coop\u{a0}Forum\u{a0}Stockholm Sergels Torg Varuhus och Restaurang vid Centralstationen AB (publ.)",
            "Coop Forum Stockholm Sergels Torg Varuhus och Restaurang vid Centralstationen AB (publ. )",
        ),
        ("dashes", "Müller & Söhne – “Zum Löwen” — Bäckerei…", "Müller & Söhne - \"Zum Löwen\" - Bäckerei..."),
        ("thin", "Fnac\u{202f}Paris ‹Les\u{2009}Halles›", "Fnac Paris 'Les Halles'"),
        ("accents", "Cafe\u{301} Gro\u{308}ße", "Café Größe"),
        ("kept", "Žluťoučký kůň – „U Lva“", "Žluťoučký kůň – „U Lva“"),
    ] {
        assert_eq!(shown(&server, id, merchant), written);
    }
}

#[test]
fn typographic_signs_stay_where_that_is_set() {
    let server = start(&[("COUNTERSIGN_SMS__PLAIN_SIGNS", "false")]);
    assert_eq!(shown(&server, "short", "O’Neill – Sons"), "O’Neill – Sons");
    let long = "O’Neill’s Grand Café and Restaurant, Upper Merchants Quay and Market Street, Dublin 8";
    is_refused(&create(&server, "long", long), "smsAuthorization.merchant.long");
}

#[test]
fn a_merchant_is_one_line_without_signs_that_turn_it() {
    let server = start(&[]);
    for (at, merchant) in
        ["Shop\nPay 1 EUR", "Shop\r\n", "\u{202e}pohS", "Shop\u{2066}", "Sh\u{7f}op", "a\u{2028}b", "a\tb"]
            .into_iter()
            .enumerate()
    {
        is_refused(&create(&server, &format!("line-{at}"), merchant), "smsAuthorization.merchant.invalid");
    }
    assert_eq!(shown(&server, "persian", "می\u{200c}خواهم"), "میخواهم", "what joins letters turns nothing");
}
