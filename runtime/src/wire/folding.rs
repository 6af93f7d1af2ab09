//! What a field that `accepts` blanks or separators drops from a text, before any rule looks at it. User names and
//! passwords accept neither.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::field::Accepts;
use crate::values::{folded, is_invisible};

/// The text that a field reads.
pub(super) fn accepted(text: &str, accepts: Accepts) -> Cow<'_, str> {
    if accepts.separators {
        return Cow::Owned(without_separators(text, accepts.plus));
    }
    if accepts.blanks {
        return without_blanks(text);
    }
    Cow::Borrowed(text)
}

/// A number or a code as people write and paste it: without blanks, hidden signs, dashes, points, slashes and brackets, and
/// without a leading `+` unless that says something, its digits in ASCII.
fn without_separators(text: &str, keeps_plus: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    plain.extend(folded(text).filter(|sign| !matches!(sign, ' ' | '-' | '.' | '/' | '(' | ')')));
    if !keeps_plus && plain.starts_with('+') {
        plain.remove(0);
    }
    plain
}

/// A text without blanks and hidden signs around it. A number in groups loses those inside it, too, and keeps the signs that
/// mean something: `19801001 -1016`, `131052 308T`.
fn without_blanks(text: &str) -> Cow<'_, str> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    plain.extend(folded(text));
    if is_number_in_groups(&plain) {
        plain.retain(|sign| sign != ' ');
        return Cow::Owned(std::mem::take(&mut *plain));
    }
    Cow::Borrowed(text.trim_matches(|sign: char| sign.is_whitespace() || is_invisible(sign)))
}

/// True for groups of ASCII digits, with at most one letter beside them, and the signs between them.
fn is_number_in_groups(plain: &str) -> bool {
    let is_group = |word: &str| {
        let letters = word.chars().filter(char::is_ascii_alphabetic).count();
        letters <= 1 && word.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '+' | '.' | '/'))
    };
    plain.contains(|sign: char| sign.is_ascii_digit()) && plain.split(' ').all(is_group)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLANKS: Accepts = Accepts { blanks: true, ..Accepts::NOTHING };
    const SEPARATORS: Accepts = Accepts { separators: true, ..Accepts::NOTHING };
    const BOTH: Accepts = Accepts { blanks: true, separators: true, ..Accepts::NOTHING };

    #[test]
    fn codes_are_read_as_people_paste_them() {
        for pasted in [
            "12345678",
            "12345678 ",
            "1234 5678",
            "1234-5678",
            "1234\u{a0}5678",
            "12345678\u{a0}",
            "\u{200b}12345678",
            "\u{202a}12345678\u{202c}",
            "1234\u{2011}5678",
            "1234\u{2013}5678",
            "12\u{ad}345678",
            "1234\u{2009}5678\r\n",
            "\t1234\u{202f}5678",
            "\u{feff}12345678\u{200f}",
            "１２３４５６７８",
            "١٢٣٤٥٦٧٨",
            "1234.5678",
        ] {
            assert_eq!(accepted(pasted, BOTH), "12345678", "{pasted:?}");
            assert_eq!(accepted(pasted, SEPARATORS), "12345678", "{pasted:?}");
        }
        assert_eq!(accepted("abcd-ef12", BOTH), "abcdef12");
        assert_eq!(accepted("+65", BOTH), "65");
        for other in ["1234567", "12345679", "1234567O", "123_45678", "12,345678"] {
            assert_ne!(accepted(other, BOTH), "12345678", "{other:?}");
        }
    }

    #[test]
    fn a_plus_that_says_something_stays() {
        let with_plus = Accepts { plus: true, ..SEPARATORS };
        for (written, read) in
            [("+46 (0)73-1", "+460731"), ("\u{ff0b}46", "+46"), ("(+46) 73", "+4673"), ("073 1", "0731")]
        {
            assert_eq!(accepted(written, with_plus), read, "{written:?}");
        }
    }

    #[test]
    fn blanks_in_a_number_go_and_signs_that_mean_something_stay() {
        for (pasted, read) in [
            (" 198010011016\n", "198010011016"),
            ("19801001 1016", "198010011016"),
            ("801001 - 1016", "801001-1016"),
            ("801001\u{2011}1016", "801001-1016"),
            ("131052 -308T", "131052-308T"),
            ("131052A\u{a0}308T", "131052A308T"),
            ("131052 +308 T", "131052+308T"),
            ("\u{200b}5560\u{2009}0047\u{ad}13", "5560004713"),
        ] {
            assert_eq!(accepted(pasted, BLANKS), read, "{pasted:?}");
        }
    }

    #[test]
    fn texts_lose_what_is_around_them_alone() {
        for (written, read) in [
            ("  Elm Street 12\u{a0}", "Elm Street 12"),
            ("\u{200b}O\u{2019}Neill \u{2013} Sons\u{202c}", "O\u{2019}Neill \u{2013} Sons"),
            ("\u{202a} x y \u{202c}", "x y"),
            ("\t", ""),
        ] {
            assert_eq!(accepted(written, BLANKS), read, "{written:?}");
        }
    }

    #[test]
    fn what_accepts_nothing_stays_as_it_is() {
        for written in [" 12345678", "1234\u{a0}5678", "\u{200b}x", "１"] {
            assert_eq!(accepted(written, Accepts::NOTHING), written);
        }
    }
}
