//! Numbers that the authorities publish as examples, or that were made by their rules; each with what people make of it.

use super::RegistrationNumber::{self, Known, Malformed, UnknownCountry};
use crate::values::Date;

fn at(day: &str) -> Date {
    Date::parse(day).expect("a day")
}

fn read(country: &str, text: &str) -> RegistrationNumber {
    RegistrationNumber::read(country, text, at("2026-11-29"))
}

fn known(country: &str, text: &str, normal: &str) {
    assert_eq!(read(country, text), Known(normal.to_owned()), "{country} {text}");
}

fn malformed(country: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(read(country, text), Malformed, "{country} {text}");
    }
}

#[test]
fn swedish_people_have_one_form_with_their_century() {
    for written in
        ["198010011016", "19801001-1016", "801001-1016", "8010011016", " 801001 - 1016 ", "801001\u{2011}1016"]
    {
        known("SE", written, "198010011016");
    }
    known("SE", "121212-1212", "201212121212");
    known("SE", "121212+1212", "191212121212");
    known("se", "19121212+1212", "191212121212");
    // A coordination number: 60 is added to the day.
    known("SE", "701063-2391", "197010632391");
}

#[test]
fn swedish_organizations_have_ten_digits() {
    for written in ["556012-5790", "5560125790", "165560125790", "16556012-5790", "５５６０１２‐５７９０"] {
        known("SE", written, "5560125790");
    }
}

#[test]
fn what_is_no_swedish_number() {
    malformed(
        "SE",
        &["", "8010011017", "801301-1010", "20121212+1212", "556012-5791", "55601257900", "556012+5790", "8010-011016"],
    );
    malformed("SE", &["80100110161", "19556012-5790", "A010011016", "801001--1016", "205012121212"]);
}

#[test]
fn norwegian_numbers() {
    for written in ["17054026641", "170540 26641", "170540-26641"] {
        known("NO", written, "17054026641");
    }
    known("NO", "41018012365", "41018012365");
    known("NO", "923 609 016", "923609016");
    malformed(
        "NO",
        &["17054026642", "17054026651", "31021912355", "923609017", "92360901", "170540266411", "00000000000"],
    );
}

#[test]
fn the_first_norwegian_control_digit_is_looser_from_2032_on() {
    for later in ["17054026668", "17054026676", "01012050018", "01012050026"] {
        assert_eq!(read("NO", later), Malformed, "{later}");
        let then = RegistrationNumber::read("NO", later, at("2032-01-01"));
        assert_eq!(then, Known(later.to_owned()));
    }
    let never = RegistrationNumber::read("NO", "17054026642", at("2032-01-01"));
    assert_eq!(never, Malformed);
}

#[test]
fn finnish_signs_stay_as_they_are_written() {
    for code in
        ["131052-308T", "131052Y308T", "131052U308T", "131052A308T", "131052F308T", "131052+308T", "010594Y9032"]
    {
        known("FI", code, code);
    }
    known("FI", "131052–308t", "131052-308T");
    known("FI", "131052 - 308T", "131052-308T");
    malformed("FI", &["131052-308U", "131052G308T", "131052Z308T", "300252-3086", "131052308T", "010101-001K"]);
}

#[test]
fn finnish_business_ids_have_seven_digits_and_a_hyphen() {
    for written in ["0112038-9", "112038-9", "01120389", "0112038‑9", "0112038 - 9"] {
        known("FI", written, "0112038-9");
    }
    malformed("FI", &["0112038-8", "112038-", "-9", "12038-9", "0112038--9"]);
}

#[test]
fn of_other_countries_nothing_is_known() {
    assert_eq!(read("DK", "131052-308T"), UnknownCountry);
    assert_eq!(RegistrationNumber::forms("DK"), "");
    assert!(RegistrationNumber::forms("no").contains("(NO)"));
}
