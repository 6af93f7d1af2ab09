//! Texts as a terminal, a log and a reader may get them: signs that nobody sees, or that end a line for some readers alone,
//! are written out. Line feeds and tabs stay, and what the renderer replaces by itself.

use std::borrow::Cow;

use crate::naming::is_invisible;
use crate::source::Place;

/// A file's text as it is shown, and where its bytes went.
pub(super) struct Shown<'s> {
    pub text: Cow<'s, str>,
    /// Places in the original behind which the shown text is ahead, and by how many bytes then.
    ahead: Vec<(usize, usize)>,
}

fn is_hidden(letter: char) -> bool {
    is_invisible(letter) || matches!(letter, '\u{7f}'..='\u{9f}')
}

/// A text with what is hidden written as `\u{85}`.
pub(super) fn legible(text: &str) -> Cow<'_, str> {
    shown(text).text
}

/// The same, so that places can be found again.
pub(super) fn shown(text: &str) -> Shown<'_> {
    if !text.chars().any(is_hidden) {
        return Shown { text: Cow::Borrowed(text), ahead: Vec::new() };
    }
    let (mut written, mut ahead) = (String::with_capacity(text.len()), Vec::new());
    for (at, letter) in text.char_indices() {
        if is_hidden(letter) {
            written.extend(letter.escape_unicode());
            let behind = at + letter.len_utf8();
            ahead.push((behind, written.len() - behind));
        } else {
            written.push(letter);
        }
    }
    Shown { text: Cow::Owned(written), ahead }
}

/// JSON in which every such sign is escaped.
pub(super) fn legible_json(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_hidden(letter) {
            let units =
                letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            written.push_str(&units);
        } else {
            written.push(letter);
        }
    }
    written
}

impl Shown<'_> {
    /// Where a place of the original is shown.
    pub fn place(&self, place: Place) -> Place {
        Place { start: self.at(place.start), end: self.at(place.end), ..place }
    }

    fn at(&self, byte: usize) -> usize {
        let before = self.ahead.partition_point(|(behind, _)| *behind <= byte);
        byte + before.checked_sub(1).and_then(|last| self.ahead.get(last)).map_or(0, |(_, by)| *by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, json, render, written};
    use crate::source::Sources;

    const HIDDEN: [char; 8] =
        ['\u{85}', '\u{7f}', '\u{9b}', '\u{200b}', '\u{2028}', '\u{202e}', '\u{feff}', '\u{e0041}'];

    #[test]
    fn nothing_hidden_is_shown_in_any_form_and_places_stay_right() {
        for hidden in HIDDEN {
            let mut sources = Sources::default();
            let text = format!("a: \"x{hidden}y\"\nb{hidden}: c\n");
            let file = sources.add(format!("f{hidden}.yaml"), text.clone());
            let start = text.rfind('c').unwrap();
            let place = Place { file, start, end: start + 1 };
            let diagnostic = Diagnostic::new("wrong-kind", place, format!("not `{hidden}`"))
                .label(format!("l{hidden}"))
                .also(Place { file, start: 0, end: 1 }, format!("r{hidden}"))
                .help(format!("h{hidden}"));
            let shown = render(std::slice::from_ref(&diagnostic), &sources, false);
            let escaped = hidden.escape_unicode().to_string();
            assert!(!shown.contains(hidden) && shown.contains(&format!("b{escaped}: c")), "{hidden:?}: {shown}");
            let line = shown.lines().position(|line| line.contains(": c")).unwrap();
            let column = shown.lines().nth(line).unwrap().chars().position(|letter| letter == 'c').unwrap();
            assert_eq!(
                shown.lines().nth(line + 1).unwrap().chars().position(|letter| letter == '^'),
                Some(column),
                "{shown}"
            );
            let machine = written(&json(&[diagnostic], &sources));
            assert!(!machine.contains(hidden), "{hidden:?}: {machine}");
            let read: serde_json::Value = serde_json::from_str(&machine).unwrap();
            assert_eq!(read[0]["message"], format!("not `{hidden}`"), "a program reads what was written");
        }
    }

    #[test]
    fn ordinary_texts_are_shown_as_they_are() {
        for text in ["", "plain\n\ttab", "žluťoučký kůň", "e\u{301}"] {
            assert!(matches!(legible(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
