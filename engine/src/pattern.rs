//! Patterns of texts: regular expressions in the syntax of the crate `regex`, without Unicode classes, look-around and
//! references back. A pattern is matched against the whole text, in time linear to its length.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

use regex_automata::meta::{BuildError, Regex};

/// How many patterns are remembered at most.
const MOST_REMEMBERED: usize = 1_000;

/// A pattern that can be run.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern. `\d`, `\w` and `\s` stand for letters of ASCII alone.
    ///
    /// # Errors
    /// Why it cannot be run, in one line.
    pub fn new(written: &str) -> Result<Pattern, String> {
        // On its own first: `a)(b` is two halves of something else, once it stands in brackets.
        let ascii = ascii_classes(written)?;
        compiled(&ascii)?;
        compiled(&format!("^(?:{ascii})$")).map(Pattern)
    }

    /// The same for whoever asks for the same patterns again and again: each thread remembers those that it has read.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn remembered(written: &str) -> Result<Pattern, String> {
        thread_local! {
            static READ: RefCell<HashMap<String, Result<Pattern, String>>> = RefCell::default();
        }
        READ.with_borrow_mut(|read| {
            if let Some(known) = read.get(written) {
                return known.clone();
            }
            if read.len() >= MOST_REMEMBERED {
                read.clear();
            }
            read.entry(written.to_owned()).or_insert_with(|| Pattern::new(written)).clone()
        })
    }

    /// True if the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn compiled(written: &str) -> Result<Regex, String> {
    Regex::new(written).map_err(|error| reason(&error))
}

/// The last line of what the engine says; before it stands the pattern with a mark.
fn reason(error: &BuildError) -> String {
    let said = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
    let last = said.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// Writes `\d`, `\w` and `\s` as what they mean in ASCII, so that digits of other scripts do not count. Classes of Unicode
/// are refused here: whether the engine knows them depends on what else the program is built with.
fn ascii_classes(pattern: &str) -> Result<String, String> {
    let mut written = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '(' && ignores_case(chars.as_str()) {
            return Err("`(?i)` is not offered: write both letters, such as `[Aa]`".to_owned());
        }
        if c != '\\' {
            written.push(c);
            continue;
        }
        match chars.next() {
            Some('d') => written.push_str("[0-9]"),
            Some('D') => written.push_str("[^0-9]"),
            Some('w') => written.push_str("[0-9A-Za-z_]"),
            Some('W') => written.push_str("[^0-9A-Za-z_]"),
            Some('s') => written.push_str("[\\t-\\r ]"),
            Some('S') => written.push_str("[^\\t-\\r ]"),
            Some(class @ ('p' | 'P')) => return Err(format!("`\\{class}` is not offered: write the letters out")),
            Some(other) => _ = write!(written, "\\{other}"),
            None => written.push('\\'),
        }
    }
    Ok(written)
}

/// True if a bracket goes on with flags of which one is that capital letters are not distinguished.
fn ignores_case(rest: &str) -> bool {
    let flags = rest.strip_prefix('?').and_then(|rest| rest.split([':', ')']).next()).unwrap_or_default();
    let (set, unset) = flags.split_once('-').unwrap_or((flags, ""));
    let are_flags = !flags.is_empty() && flags.chars().all(|flag| flag.is_ascii_alphabetic() || flag == '-');
    are_flags && set.contains('i') && !unset.contains('u')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn patterns_match_the_whole_text() {
        assert!(matches("[0-9]{4}", "1234") && matches("(?s:a.)", "a\n") && matches("(?:i)", "i"));
        assert!(!matches("[0-9]{4}", "12345") && !matches("[0-9]{4}", "1234\n") && !matches("a|b", "ab"));
    }

    #[test]
    fn what_is_remembered_is_what_was_read() {
        for _ in 0..2 {
            assert!(Pattern::remembered("[0-9]{4}").unwrap().matches("1234"));
            assert_eq!(Pattern::remembered("(").unwrap_err(), Pattern::new("(").unwrap_err());
        }
        for number in 0..=MOST_REMEMBERED {
            assert!(Pattern::remembered(&number.to_string()).unwrap().matches(&number.to_string()));
        }
    }

    #[test]
    fn digits_are_ascii_digits() {
        assert!(matches(r"\d{2}", "12") && matches(r"[\d-]+", "1-2") && matches(r"\\d", r"\d"));
        assert!(!matches(r"\d{2}", "١٢") && !matches(r"\w", "é") && matches(r"\s", "\t") && !matches(r"\s", "\u{a0}"));
    }

    #[test]
    fn what_cannot_be_run_is_reported_in_one_line() {
        for pattern in [
            "(",
            "a)(b",
            "[z-a]",
            "a{2,1}",
            "(?=a)b",
            r"(a)\1",
            r"\p{Greek}",
            "(?i)a",
            "(?si:a)",
            "*",
            "a{1000000}",
            "[",
            r"\",
        ] {
            let why = Pattern::new(pattern).unwrap_err();
            assert!(!why.is_empty() && !why.contains('\n'), "{pattern}: {why}");
        }
    }
}
