//! Texts as the wire rules see them: which JSON is read as text, what is blank, how long it is.

use std::borrow::Cow;

use crate::adapter::{JsonKind, Length, Wire};
use crate::values::{is_control, is_line_break};

use super::field::Accepts;
use super::folding::accepted;
use super::tape::{Node, Token};

/// The text that a JSON value is read as, if it is read as one. A number is its literal, as it was written.
pub fn text_of<'j>(json: Node<'j>, accepts: Accepts, wire: &Wire) -> Option<Cow<'j, str>> {
    match json.token() {
        Token::Text(text) => Some(accepted(text, accepts)),
        Token::Number(literal) if accepts.number || wire.text_accepts.contains(&JsonKind::Number) => {
            Some(Cow::Borrowed(literal))
        }
        Token::Bool(value) if wire.text_accepts.contains(&JsonKind::Boolean) => {
            Some(Cow::Borrowed(if value { "true" } else { "false" }))
        }
        _ => None,
    }
}

/// The literal of a number, if the JSON value is read as one.
pub fn number_of<'j>(json: Node<'j>, accepts: Accepts, wire: &Wire) -> Option<&'j str> {
    match json.token() {
        Token::Number(literal) => Some(literal),
        Token::Text(text) if accepts.text || wire.decimal_accepts.contains(&JsonKind::Text) => {
            Some(text.trim_matches(' '))
        }
        _ => None,
    }
}

/// True if a text is nothing but white space as Java has it: U+00A0, U+2007 and U+202F are not, U+001C to U+001F are.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}' => false,
        '\t'..='\r' | '\u{1c}'..='\u{1f}' => true,
        _ => c.is_whitespace(),
    })
}

/// True if a text is nothing but white space as Java or Unicode has it.
pub fn is_white(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'))
}

/// True for a text that has no line breaks, control or direction characters but those that the field accepts.
pub(super) fn printable(text: &str, accepts: Accepts) -> bool {
    // Most texts are of ASCII signs, which are all looked at at once.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    let refused = |sign: char| is_line_break(sign) && !accepts.lines || is_control(sign) && !accepts.controls;
    is_plain || !text.chars().any(refused)
}

/// The length of a text, as the definition counts it.
pub fn length(text: &str, wire: &Wire) -> usize {
    match wire.length {
        Length::Chars => text.chars().count(),
        Length::Utf16 => text.encode_utf16().count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_is_what_java_takes_for_white_space() {
        for blank in ["", " ", "\t\n\u{b}\u{c}\r", "\u{1c}\u{1d}\u{1e}\u{1f}", "\u{2003}", "\u{3000}", "\u{2028}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for text in ["\u{a0}", "\u{2007}", "\u{202f}", "\u{85}", "\u{200b}", " a ", "\u{0}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn a_text_is_a_line_of_printable_signs() {
        let lines = Accepts { lines: true, ..Accepts::NOTHING };
        let controls = Accepts { controls: true, ..Accepts::NOTHING };
        for text in ["a\nb", "a\r\nBcc: x", "a\tb", "a\u{85}b", "a\u{2028}b", "a\u{2029}", "\u{b}a", "\u{c}"] {
            assert!(
                !printable(text, Accepts::NOTHING) && printable(text, lines) && !printable(text, controls),
                "{text:?}"
            );
        }
        for text in ["a\0", "a\u{7f}b", "\u{1b}[31m", "a\u{9b}b", "\u{202e}a", "a\u{2066}b", "\u{200f}a", "a\u{61c}"] {
            assert!(
                !printable(text, Accepts::NOTHING) && printable(text, controls) && !printable(text, lines),
                "{text:?}"
            );
        }
        for text in
            ["", " a  b ", "Žluťoučký kůň", "עברית", "بنك", "O’Neill – 👨‍👩‍👧", "a\u{ad}b", "می\u{200c}خواهم", "क्\u{200d}ष"]
        {
            assert!(printable(text, Accepts::NOTHING), "{text:?}");
        }
    }

    #[test]
    fn lengths_are_counted_as_the_definition_says() {
        let java = Wire { length: Length::Utf16, ..Wire::DEFAULT };
        assert_eq!((length("a😀", &java), length("a😀", &Wire::DEFAULT)), (3, 2));
    }
}
