//! Where in a settings file a key stands a second time, and where the text is no YAML: by line and column, with the key
//! and never with a value. What the settings mean is read elsewhere.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser};

/// How deep mappings and lists may stand in one another.
const DEEPEST: usize = 32;

/// What cannot be read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// Counts from 1.
    pub line: usize,
    /// Counts from 1, in characters.
    pub column: usize,
    /// What is wrong, with the key.
    pub what: String,
}

/// Every key that stands a second time in its mapping, or the place where the text stops to be YAML.
pub(super) fn find_unreadable(text: &str) -> Vec<Unreadable> {
    let mut walk = Walk::default();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                walk.see(&event, span.start);
                // A parser's work grows with the square of the depth.
                if walk.frames.len() > DEEPEST {
                    let what = format!("mappings and lists stand deeper than {DEEPEST} in one another");
                    walk.found.push(unreadable(span.start, what));
                    break;
                }
            }
            Err(error) => {
                let what = match walk.keys.last() {
                    None => "this is no YAML".to_owned(),
                    Some((key, _)) => format!("this is no YAML; the last key before it is `{key}`"),
                };
                walk.found.push(unreadable(*error.marker(), what));
                break;
            }
        }
    }
    walk.found
}

/// The lines in which a path is set, whether it is nested or dotted there.
pub(super) fn lines_of(text: &str, path: &str) -> Vec<usize> {
    let mut walk = Walk::default();
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        walk.see(&event, span.start);
    }
    walk.keys.into_iter().filter(|(key, _)| key == path).map(|(_, line)| line).collect()
}

fn unreadable(at: Marker, what: String) -> Unreadable {
    Unreadable { line: at.line(), column: at.col() + 1, what }
}

#[derive(Default)]
struct Walk {
    frames: Vec<Frame>,
    /// Every key by its path, with its line.
    keys: Vec<(String, usize)>,
    found: Vec<Unreadable>,
}

/// A mapping or a list that is open.
enum Frame {
    /// `key` is set from a key to the end of its value.
    Mapping {
        path: String,
        seen: BTreeMap<String, usize>,
        key: Option<String>,
    },
    List {
        path: String,
        next: usize,
    },
}

impl Walk {
    fn see(&mut self, event: &Event<'_>, at: Marker) {
        match event {
            Event::Scalar(text, ..) if self.take_key(text, at) => {}
            Event::Scalar(..) | Event::Alias(_) => self.end_value(),
            Event::MappingStart(..) => {
                let path = self.path();
                self.frames.push(Frame::Mapping { path, seen: BTreeMap::new(), key: None });
            }
            Event::SequenceStart(..) => {
                let path = self.path();
                self.frames.push(Frame::List { path, next: 1 });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.frames.pop();
                self.end_value();
            }
            _ => {}
        }
    }

    /// True if the scalar is a key, which it is where a mapping waits for one.
    fn take_key(&mut self, text: &str, at: Marker) -> bool {
        let Some(Frame::Mapping { path, seen, key: key @ None }) = self.frames.last_mut() else { return false };
        let whole = joined(path, text);
        if let Some(first) = seen.insert(text.to_owned(), at.line()) {
            let what = format!("a key stands here a second time: `{whole}`, first in line {first}");
            self.found.push(unreadable(at, what));
        }
        *key = Some(text.to_owned());
        self.keys.push((whole, at.line()));
        true
    }

    fn end_value(&mut self) {
        match self.frames.last_mut() {
            // A key that is no scalar ends here too; its value then looks like a key, which does no harm.
            Some(Frame::Mapping { key, .. }) => *key = None,
            Some(Frame::List { next, .. }) => *next += 1,
            None => {}
        }
    }

    /// The path of the value that is read next.
    fn path(&self) -> String {
        match self.frames.last() {
            Some(Frame::Mapping { path, key, .. }) => {
                key.as_ref().map_or_else(|| path.clone(), |key| joined(path, key))
            }
            Some(Frame::List { path, next }) => format!("{path}[{next}]"),
            None => String::new(),
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, usize, &str)]) {
        let found = find_unreadable(text);
        let found: Vec<_> = found.iter().map(|one| (one.line, one.column, one.what.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_second_key_is_reported_with_its_line_and_its_first_one() {
        check("a: 1\nb: 2\na: 3", &[(3, 1, "a key stands here a second time: `a`, first in line 1")]);
        check(
            "keys:\n  codes: env:A\n  audit: env:B\n  codes: env:C\n",
            &[(4, 3, "a key stands here a second time: `keys.codes`, first in line 2")],
        );
        check(
            "sms: { countries: [CZ], countries: [SK] }\n",
            &[(1, 25, "a key stands here a second time: `sms.countries`, first in line 1")],
        );
        check(
            "tables:\n  partners:\n    - id: a\n    - id: b\n      id: c\n",
            &[(5, 7, "a key stands here a second time: `tables.partners[2].id`, first in line 4")],
        );
        check(
            "a: 1\n'a': 2\n\"b\": 3\nb: 4",
            &[
                (2, 1, "a key stands here a second time: `a`, first in line 1"),
                (4, 1, "a key stands here a second time: `b`, first in line 3"),
            ],
        );
        check("a: { x: 1 }\nb: { x: 1 }\nc: [x, x]\n", &[]);
    }

    #[test]
    fn what_is_no_yaml_is_reported_with_the_key_before_it_and_no_value() {
        for (text, line, key) in [
            ("listen: 127.0.0.1:80\nkeys:\n  codes: [s3cret\nsms: {}\n", 4, "keys.codes"),
            ("listen: 127.0.0.1:80\n  store: s3cret\n", 2, "listen"),
            ("keys:\n  codes: \"s3cret\nstore: memory\n", 2, "keys.codes"),
            ("keys:\n\tcodes: s3cret\n", 2, "keys"),
        ] {
            let found = find_unreadable(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].what.contains(&format!("`{key}")), "{text}: {found:?}");
            assert!(!found[0].what.contains("s3cret"), "{found:?}");
            assert!(found[0].line.abs_diff(line) <= 1, "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_ends_at_once() {
        let nested = |depth: usize| format!("a: {}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(find_unreadable(&nested(31)).is_empty());
        check(&nested(32), &[(1, 35, "mappings and lists stand deeper than 32 in one another")]);
        let began = std::time::Instant::now();
        for piece in ["[", "{a: ", "- ", "? ", "[{"] {
            // The parser itself ends some of them.
            assert_eq!(find_unreadable(&piece.repeat(200_000)).len(), 1, "{piece}");
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn dotted_and_nested_keys_have_their_lines() {
        assert_eq!(lines_of("application: { name: a }\nx: 1\napplication.name: b", "application.name"), [1, 3]);
        assert!(lines_of("a: 1", "b").is_empty());
    }
}
