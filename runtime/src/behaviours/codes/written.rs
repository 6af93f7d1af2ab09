//! How a value stands in a message: without what would change the text around it or make a link, and, where that is
//! wanted, in plain signs or cut. Whether it is wanted is decided by `send/message_text.rs`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::values::{is_hidden, plain};

/// What stands at the end of a value that was cut.
const CUT: &str = "...";

/// A value without what would change the text around it or make a link.
pub(crate) fn cleaned(value: &str) -> String {
    let visible: String = value.chars().map(on_one_line).filter(|sign| !is_hidden(*sign)).collect();
    if is_number(&visible) {
        return visible;
    }
    let mut clean = String::with_capacity(visible.len() + 8);
    let visible = visible.replace("://", ": ");
    let mut signs = visible.chars().peekable();
    while let Some(sign) = signs.next() {
        clean.push(sign);
        if sign == '.' && signs.peek().is_some_and(|next| *next != '.' && !next.is_whitespace()) {
            clean.push(' ');
        }
    }
    clean
}

/// A value with typographic signs as a typewriter has them, and letters with their accents as one.
pub(super) fn plainly(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    for sign in value.nfc() {
        match spelt(sign) {
            Some(text) => written.push_str(text),
            None => written.push(plain(sign)),
        }
    }
    written
}

/// The first signs of a value, and a mark that there were more. A letter keeps its accents.
pub(super) fn cut(value: &str, most: usize) -> String {
    let signs: Vec<char> = value.chars().collect();
    let mut end = most;
    while end > 0 && signs.get(end).copied().is_some_and(is_combining_mark) {
        end -= 1;
    }
    let kept: String = signs.into_iter().take(end).collect();
    format!("{}{CUT}", kept.trim_end())
}

/// Signs that are spelt out, and those that only a message has no use for.
fn spelt(sign: char) -> Option<&'static str> {
    Some(match sign {
        '\u{2026}' | '\u{22ef}' => "...",
        '\u{2025}' => "..",
        '\u{2116}' => "No",
        '\u{2122}' => "TM",
        '\u{a9}' => "(C)",
        '\u{ae}' => "(R)",
        '\u{d7}' => "x",
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '`' => "'",
        '\u{b7}' | '\u{2027}' | '\u{2219}' => "-",
        '\u{2022}' | '\u{2023}' | '\u{25aa}' | '\u{25cf}' | '\u{25e6}' => "*",
        _ => return None,
    })
}

/// Line breaks become blanks, and full stops of other scripts become those that are looked for.
fn on_one_line(sign: char) -> char {
    match sign {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}' => '.',
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' => '/',
        '\u{ff1a}' | '\u{fe55}' | '\u{fe13}' => ':',
        other => other,
    }
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_values_stay_as_they_are() {
        for value in [
            "100",
            "100.50",
            "-0.10",
            "CZK",
            "238400856/0300",
            "CZ6508000000192000145399",
            "Žluťoučký kůň",
            "Wait ... what",
            "More...",
        ] {
            assert_eq!(cleaned(value), value);
        }
    }

    #[test]
    fn values_cannot_turn_the_text_or_make_links() {
        assert_eq!(cleaned("12\n34\u{202e}56\u{200b}"), "12 3456");
        for value in [
            "https://evil.example/x",
            "evil.example",
            "www.evil.example/a.b",
            "evil。example",
            "evil\u{fe52}example",
            "http\u{fe55}//evil",
            "10.0.0.1/x",
            "evil..example",
            "evil…example",
            "evil\u{2025}example",
        ] {
            let clean = cleaned(&plainly(value));
            assert!(
                !clean.contains("://") && !clean.split(' ').any(|word| word.trim_end_matches('.').contains('.')),
                "{clean}"
            );
        }
    }

    #[test]
    fn typographic_signs_are_written_plainly() {
        for (value, written) in [
            ("O’Neill’s Café", "O'Neill's Café"),
            ("“Rex” – «Max» — ‚x‘", "\"Rex\" - \"Max\" - 'x'"),
            ("Coop\u{a0}Forum\u{202f}AB", "Coop Forum AB"),
            ("Cafe\u{301}", "Café"),
            ("Wait… what", "Wait... what"),
            ("Acme® Widgets™ ﬁne", "Acme(R) WidgetsTM fine"),
            ("Ｓｈｏｐ　１２", "Shop 12"),
            ("Rock`n´Roll · Bar", "Rock'n'Roll - Bar"),
            ("3×4 № 5", "3x4 No 5"),
        ] {
            assert_eq!(cleaned(&plainly(value)), written, "{value}");
        }
        for value in ["Žluťoučký kůň", "Größe ß", "漢字", "עברית", "100.50"] {
            assert_eq!(plainly(value), value);
        }
    }

    #[test]
    fn a_letter_that_is_cut_keeps_its_accents() {
        assert_eq!(cut("Grand Café", 5), "Grand...");
        assert_eq!(cut("Grand Café", 6), "Grand...");
        assert_eq!(cut("Cafe\u{301} x", 4), "Caf...");
        assert_eq!(cut("Cafe\u{301} x", 5), "Cafe\u{301}...");
        assert_eq!(cut("🍕🍕🍕", 1), "🍕...");
    }
}
