//! The text of a message. What is inserted is cleaned, so that no request can make it say something else, and it may
//! not be longer than two parts.

use std::collections::BTreeMap;

use super::binding::Facts;
use crate::context::Core;
use crate::fault::Fault;
use crate::values::{Secret, is_hidden};

/// The most septets of a text that the GSM alphabet can write: two parts.
const MOST_SEPTETS: usize = 306;

/// The most UTF-16 units of any other text: two parts.
const MOST_UNITS: usize = 134;

/// What the GSM alphabet writes with one septet, letters and digits apart.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// What it writes with two.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

impl Core {
    /// The text of a message with the code in it.
    pub(super) fn sms_text(
        &self,
        language: Option<&str>,
        key: &str,
        facts: &Facts,
        code: &str,
    ) -> Result<Secret<String>, Fault> {
        let mut values: BTreeMap<String, String> =
            facts.shown().map(|(meaning, value)| (meaning.to_owned(), cleaned(value))).collect();
        values.insert("otp.code".to_owned(), code.to_owned());
        let text = self.text(language, key, &values)?;
        if !text.contains(code) {
            return Err(Fault::new("unexpected").because(format_args!("the text `{key}` does not hold the code")));
        }
        if !fits(&text) {
            return Err(Fault::new("sms.failed").because(format_args!("the text `{key}` is longer than two parts")));
        }
        Ok(Secret::new(text))
    }
}

/// A value without what would change the text around it or make a link.
pub(crate) fn cleaned(value: &str) -> String {
    let visible: String = value.chars().map(plain).filter(|letter| !is_hidden(*letter)).collect();
    if is_number(&visible) {
        return visible;
    }
    let mut clean = String::with_capacity(visible.len() + 8);
    let mut letters = visible.replace("://", ": ").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(letter) = letters.next() {
        clean.push(letter);
        if letter == '.' && letters.peek().is_some_and(|next| !next.is_whitespace()) {
            clean.push(' ');
        }
    }
    clean
}

/// Line breaks become blanks, and full stops of other scripts become those that are looked for.
fn plain(letter: char) -> char {
    match letter {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}' => '.',
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' => '/',
        '\u{ff1a}' => ':',
        other => other,
    }
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part)
}

fn fits(text: &str) -> bool {
    match text.chars().map(septets).sum::<Option<usize>>() {
        Some(septets) => septets <= MOST_SEPTETS,
        None => text.encode_utf16().count() <= MOST_UNITS,
    }
}

fn septets(letter: char) -> Option<usize> {
    if letter.is_ascii_alphanumeric() || BASIC.contains(letter) {
        Some(1)
    } else {
        EXTENDED.contains(letter).then_some(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_values_stay_as_they_are() {
        for value in ["100", "100.50", "-0.10", "CZK", "238400856/0300", "CZ6508000000192000145399", "Žluťoučký kůň"]
        {
            assert_eq!(cleaned(value), value);
        }
    }

    #[test]
    fn values_cannot_turn_the_text_or_make_links() {
        assert_eq!(cleaned("12\n34\u{202e}56\u{200b}"), "12 3456");
        for value in ["https://evil.example/x", "evil.example", "www.evil.example/a.b", "evil。example", "10.0.0.1/x"]
        {
            let clean = cleaned(value);
            assert!(
                !clean.contains("://") && !clean.split(' ').any(|word| word.trim_end_matches('.').contains('.')),
                "{clean}"
            );
        }
    }

    #[test]
    fn two_parts_are_the_end() {
        assert!(fits(&"a".repeat(306)));
        assert!(!fits(&"a".repeat(307)));
        assert!(!fits(&"€".repeat(154)));
        assert!(fits(&"ř".repeat(134)));
        assert!(!fits(&"ř".repeat(135)));
    }
}
