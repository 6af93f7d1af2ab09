//! Syntax errors, where a text is no YAML: a conflict that nobody settled, a blank that is missing or is none, a text
//! that should stand in quotes. Each is reported as what it is, in place of the parser's words.

use super::indentation;
use crate::diagnostic::Diagnostic;
use crate::naming::is_identifier;
use crate::source::{FileId, Place};

/// A conflict of version control that was left in the file.
pub(super) fn conflict(text: &str, file: FileId) -> Option<Diagnostic> {
    let (at, line) =
        lines(text).find(|(_, line)| ["<<<<<<< ", ">>>>>>> "].iter().any(|sign| line.starts_with(sign)))?;
    let place = Place { file, start: at, end: at + line.len() };
    let diagnostic = Diagnostic::new("conflict-marker", place, "a conflict of version control stands here");
    Some(diagnostic.help("keep the lines that are right, and take out those with `<<<<<<<`, `=======` and `>>>>>>>`"))
}

/// True for a character that looks like a blank or like nothing, and is a letter to YAML.
pub(super) fn is_odd_blank(letter: char) -> bool {
    matches!(
        letter,
        '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{202f}' | '\u{205f}' | '\u{2060}' | '\u{3000}' | '\u{feff}'
    )
}

/// The first odd blank of a text at its edges or, `anywhere`, in it; as bytes from its start.
pub(super) fn odd_blank(text: &str, anywhere: bool) -> Option<(usize, char)> {
    let start = text.len() - text.trim_start_matches(is_odd_blank).len();
    let end = text.trim_end_matches(is_odd_blank).len();
    let mut all = text.char_indices().filter(|(_, letter)| is_odd_blank(*letter));
    all.find(|(at, _)| anywhere || *at < start || *at >= end)
}

/// True for what was meant as a key and a value: `digits:` and an odd blank.
pub(super) fn is_glued(text: &str) -> bool {
    key_of(text).is_some_and(|(_, value)| value.starts_with(is_odd_blank))
}

/// Reports an odd blank.
pub(super) fn odd_blank_found(place: Place, letter: char) -> Diagnostic {
    let text = format!("the character U+{:04X} looks like a blank and is none to YAML", u32::from(letter));
    Diagnostic::new("odd-blank", place, text).help("write a plain blank in its place")
}

/// What the parser could not read, as what it looks like; else in its own words, with what is to be done.
pub(super) fn syntax(text: &str, file: FileId, at: usize, words: &str) -> Diagnostic {
    let before = lines(text)
        .filter(|(start, line)| *start <= at && !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let near: Vec<(usize, &str)> = before.collect::<Vec<_>>().into_iter().rev().take(2).collect();
    let place = |start: usize, length: usize| Place { file, start, end: (start + length).min(text.len()) };
    for (start, line) in &near {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let rest = line.get(indent..).unwrap_or_default();
        if let Some(letter) = rest.chars().next().filter(|letter| is_odd_blank(*letter)) {
            return odd_blank_found(place(start + indent, letter.len_utf8()), letter);
        }
        let Some((key, value)) = key_of(rest) else { continue };
        let value_at = start + indent + key.len() + 1;
        match value.chars().next() {
            Some(letter) if is_odd_blank(letter) => return odd_blank_found(place(value_at, letter.len_utf8()), letter),
            Some(letter) if !letter.is_whitespace() && !value.starts_with("//") => {
                let message = format!("a blank is missing after the colon of `{key}`");
                let help = format!("write `{key}: {}`", value.trim());
                return Diagnostic::new("missing-blank", place(value_at - 1, 1), message).help(help);
            }
            _ => {}
        }
        let text = value.trim();
        let skipped = value.len() - value.trim_start().len();
        if let Some(why) = needs_quotes(text) {
            let message = format!("the text of `{key}` has to stand in quotes: {why}");
            let help = match as_map(text).filter(|_| key == "does") {
                Some(map) => format!("write `{key}: {map}`"),
                None => format!("write `{key}: {}`", quoted(text)),
            };
            return Diagnostic::new("unquoted", place(value_at + skipped, text.len()), message).help(help);
        }
    }
    in_its_words(text, place(at.min(text.len()), 1), words, &near)
}

fn in_its_words(text: &str, place: Place, words: &str, near: &[(usize, &str)]) -> Diagnostic {
    if words.contains("unknown escape character") {
        let line = near.first().map(|(_, line)| *line).unwrap_or_default();
        let written = line.split('"').nth(1).unwrap_or_default();
        let help = format!("write it in single quotes, which know no escapes: `'{written}'`");
        return Diagnostic::new("syntax", place, "in double quotes a backslash begins an escape, and this is none")
            .help(help);
    }
    if words.contains("mapping values are not allowed")
        && let Some(diagnostic) = indentation::diagnose(text, place)
    {
        return diagnostic;
    }
    let help = HELP.iter().find_map(|(part, help)| words.contains(part).then_some(*help));
    let diagnostic = Diagnostic::new("syntax", place, words.to_owned());
    let at_end = place.start >= text.trim_end().len();
    diagnostic.help(if at_end {
        help.unwrap_or("close what is open: a quote, a bracket or a brace")
    } else {
        help.unwrap_or(ANY)
    })
}

/// What to do about the parser's words.
const HELP: [(&str, &str); 19] = [
    ("unknown anchor", "write in its place what it stands for; a definition has no aliases"),
    ("illegal placement of ':'", "close the bracket that is open before it"),
    ("tab", "indent with blanks, and write blanks between words"),
    ("mapping values are not allowed", "quote a text in which a blank follows a colon, and look at the indentation"),
    ("simple key", "every line of a map is a key, a colon, a blank and a value; look at this line and the one above"),
    ("did not find expected key", "a map has keys alone and a list dashes alone; look at the indentation"),
    ("expected '-' indicator", "a list has dashes alone; look at the indentation"),
    ("block sequence entries", "begin the list in a line of its own, below its key"),
    ("expected ',' or '}'", "put a comma between the entries, and close the brace"),
    ("expected ',' or ']'", "put a comma between the items, and close the bracket"),
    ("unexpected end of stream", "close the quote"),
    ("unexpected eof", "close what is open: a quote, a bracket or a brace"),
    ("trailing content after", "put the whole text into one pair of quotes"),
    ("unexpected character", "put a text that begins with such a sign into quotes"),
    ("whitespace", "put a blank after the colon or the dash"),
    ("block scalar", "indent the lines of the text alike, deeper than their key"),
    ("indentation", "let keys of one map begin in the same column"),
    ("misplaced bracket", "close what was opened, and nothing else"),
    ("unprintable character", "take the character out; texts are printable"),
];

/// What to do where nothing more is known.
const ANY: &str = "look at the indentation, and put a text with signs in it into quotes";

/// `key` and what follows its colon.
pub(super) fn key_of(line: &str) -> Option<(&str, &str)> {
    let length = line.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_.-*@$".contains(letter)))?;
    let (key, rest) = line.split_at_checked(length)?;
    rest.strip_prefix(':').filter(|_| !key.is_empty()).map(|value| (key, value))
}

/// Why YAML reads a text as something else, if it does.
fn needs_quotes(text: &str) -> Option<String> {
    let first = text.chars().next()?;
    let plain = !"\"'[{|>&*!#".contains(first);
    match first {
        _ if text.starts_with("{{") => Some("it begins with `{{`".to_owned()),
        '%' | '@' | '`' => Some(format!("it begins with `{first}`")),
        _ if plain && (text.contains(": ") || text.ends_with(':')) => {
            Some("there is a colon with a blank behind it in it".to_owned())
        }
        _ => None,
    }
}

/// `verify_otp: pick_up` as a map, if it is a word with another one.
fn as_map(text: &str) -> Option<String> {
    let (key, value) = text.split_once(": ")?;
    (is_identifier(key) && is_identifier(value.trim())).then(|| format!("{{ {key}: {} }}", value.trim()))
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// How many blanks a line begins with.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Lines with where they begin.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

#[cfg(test)]
mod tests {
    use crate::source::Sources;

    /// What is reported of a text: id, line, and words.
    fn reported(text: &str) -> (String, usize, String) {
        let mut sources = Sources::default();
        let file = sources.add("adapter.yaml", text);
        let diagnostics = crate::yaml::read(&sources, file).unwrap_err();
        let first = &diagnostics[0];
        let line = first.place.map_or(0, |place| sources.position(place).0);
        (first.id.to_owned(), line, format!("{}; {}", first.message, first.help.clone().unwrap_or_default()))
    }

    #[test]
    fn what_is_meant_is_reported() {
        for (text, id, line, words) in [
            ("a: b\n<<<<<<< HEAD\nc: d\n", "conflict-marker", 2, "a conflict"),
            ("a: b\n=======\n>>>>>>> theirs\nc: d\n", "conflict-marker", 3, "keep the lines"),
            ("a: b\nc:d\ne: f\n", "missing-blank", 2, "`c: d`"),
            ("a: b\nc:\u{a0}d\ne: f\n", "odd-blank", 2, "U+00A0"),
            ("a:\n  b: c\n\u{a0} d: e\n", "odd-blank", 3, "U+00A0"),
            ("a: b\u{a0}\n", "odd-blank", 1, "U+00A0"),
            ("a: {{ otp.code }}\n", "unquoted", 1, "\"{{ otp.code }}\""),
            ("a: {{ otp.code }} is it\n", "unquoted", 1, "`a: \"{{ otp.code }} is it\"`"),
            ("{ a: {{ otp.code }}, b: c }\n", "unquoted", 1, "`\"{{ otp.code }}\"`"),
            ("a: My Bank: Adapter\n", "unquoted", 1, "\"My Bank: Adapter\""),
            ("a: %d\n", "unquoted", 1, "\"%d\""),
            ("a: @b\n", "unquoted", 1, "\"@b\""),
            ("a: b\n  c: d\n", "syntax", 2, "begin `c` in the column of `a`"),
            ("a:\n  b:\n  c: d\n  # e\n  f: g\n    h: i\n", "syntax", 3, "indent `c` and `f` like `h`, below `b:`"),
            ("a:\n  - b: c\n    d: e\n      f: g\n", "syntax", 4, "in the column of `d`"),
            ("optional: yes\n", "bare-word", 1, "; write `true`"),
            ("a: &b c\n", "anchor", 1, "take `&b` out"),
            ("a: &b { c: d }\n", "anchor", 1, "take `&b` out"),
            ("a: [&b c, d]\n", "anchor", 1, "take `&b` out"),
            ("a: [*b, c]\n", "syntax", 1, "what it stands for"),
            ("a: \"\\d{4}\"\n", "syntax", 1, "'\\d{4}'"),
            ("a: \"b\n", "syntax", 1, "close"),
            ("a:\n\tb: c\n", "syntax", 2, "blanks"),
            ("a: [b, c\nd: e\n", "syntax", 2, "bracket"),
            ("a: 0800\n", "bare-word", 1, "\"0800\""),
        ] {
            let (found, at, shown) = reported(text);
            assert_eq!((found.as_str(), at), (id, line), "{text:?}: {shown}");
            assert!(shown.contains(words), "{text:?}: {shown}");
        }
    }

    #[test]
    fn windows_line_ends_and_blanks_in_quotes_are_as_good_as_any() {
        let mut sources = Sources::default();
        let file = sources.add("adapter.yaml", "a: b\r\nc:\r\n  - \"d\u{a0}: e\"\r\n  - deux\u{a0}mots\r\n");
        assert!(crate::yaml::read(&sources, file).is_ok());
    }
}
