//! Texts that reach a mail, the bank or the audit are one line; ages count in the zone that is set.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod support;

use serde_json::json;
use support::*;

#[test]
fn addresses_and_nicknames_have_no_line_breaks_and_nothing_that_turns_them() {
    let programme = programme();
    for (field, text) in [
        ("email_address", "a@b\r\nBcc:x@example.com"),
        ("email_address", "a@example.com\n"),
        ("email_address", "a\u{202e}@example.com"),
        ("email_address", "a@example.com\u{0085}x"),
        ("email_address", "a\tb@example.com"),
        ("nickname", "Foo\nB"),
        ("nickname", "Foo\u{2067}B"),
        ("nickname", "\u{1b}[31mFooB"),
        ("nickname", "Foo\u{2028}B"),
        ("nickname", "\n"),
        ("app_id", "5db2a50be7626\n"),
    ] {
        let mut body = activation(PHONE);
        body[field] = json!(text);
        assert_eq!(error(&programme.activate(&body)), "invalid_arguments", "{field} {text:?}");
    }
    for (field, text) in [("nickname", "O’Neill – 👨‍👩‍👧"), ("nickname", "ז׳אן"), ("email_address", "žofie@příklad.cz")]
    {
        let mut body = activation(PHONE);
        body[field] = json!(text);
        assert_eq!(error(&programme.activate(&body)), "none", "{field} {text:?}");
    }
}

#[test]
fn ages_count_in_the_zone_that_is_set() {
    // Half past twelve on 29 June 2026 in UTC: it is the 30th on Kiritimati, and the 29th everywhere else here.
    for (zone, born, expected) in [
        ("UTC", "2008-06-29", "none"),
        ("UTC", "2008-06-30", "age_verification_fail"),
        ("Pacific/Kiritimati", "2008-06-30", "none"),
        ("Pacific/Kiritimati", "2008-07-01", "age_verification_fail"),
        ("Etc/GMT+12", "2008-06-29", "none"),
        ("Pacific/Pago_Pago", "2008-06-30", "age_verification_fail"),
        ("America/Los_Angeles", "2008-06-29", "none"),
    ] {
        let programme = programme_with(&[("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_TIME_ZONE", zone)]);
        programme.clock.turn(1_782_736_200 - 1_780_000_000);
        let mut body = activation(PHONE);
        body["dob"] = json!(born);
        assert_eq!(error(&programme.activate(&body)), expected, "{zone} {born}");
    }
}
