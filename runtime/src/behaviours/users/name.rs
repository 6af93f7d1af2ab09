//! Names of users as they are looked up, counted and compared: in one form, so that two spellings of a name are not two
//! users with attempts of their own.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::values::is_hidden;

/// The longest text that is taken for a user's name or number, in characters.
pub(crate) const LONGEST_NAME: usize = 256;

/// What all texts are counted under that cannot be a name.
const NO_NAME: &str = "\u{fffd}";

/// A name in normal form C; none if it is empty or too long, or holds letters that nobody sees.
pub(crate) fn canonical(name: &str) -> Option<String> {
    let canonical: String = if is_nfc(name) { name.to_owned() } else { name.nfc().collect() };
    let sound = !canonical.is_empty() && canonical.chars().count() <= LONGEST_NAME && !canonical.chars().any(is_hidden);
    sound.then_some(canonical)
}

/// What a user is counted and stored under. Texts that cannot be names share one, so that there is nothing to be gained
/// from making them up.
pub(crate) fn counted(name: &str) -> String {
    canonical(name).unwrap_or_else(|| NO_NAME.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_are_one_name() {
        assert_eq!(canonical("Zoe\u{308}").as_deref(), Some("Zo\u{eb}"));
        assert_eq!(counted("A\u{30a}ngstro\u{308}m"), counted("\u{c5}ngstr\u{f6}m"));
        assert_ne!(counted("john"), counted("John"), "case and blanks are the bank's business");
        assert_ne!(counted("john"), counted("john "));
    }

    #[test]
    fn what_cannot_be_a_name_is_none() {
        let long = "x".repeat(257);
        for text in ["", "jo\u{200b}hn", "\u{202e}john", "john\0", "a\u{2066}b", "\u{feff}john", "a\tb", &long] {
            assert_eq!(canonical(text), None, "{text:?}");
            assert_eq!(counted(text), NO_NAME);
        }
        assert!(canonical(&"\u{e9}".repeat(256)).is_some());
        assert!(canonical(&"e\u{301}".repeat(256)).is_some(), "the normal form counts");
    }
}
