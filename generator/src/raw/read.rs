//! The small reading functions that every part of a definition is read with. They collect mistakes and go on.

use super::{Entries, Text, settings, shown, units};
use crate::diagnostic::Diagnostic;
use crate::language::keys::{self, Section};
use crate::language::synonyms;
use crate::naming::near;
use crate::source::Place;
use crate::yaml::{Entry, Map, Node, Value};

/// The diagnostics so far.
#[derive(Debug, Default)]
pub struct Reading {
    pub diagnostics: Vec<Diagnostic>,
    /// The names in the section that is read whose values are maps.
    beside: Vec<String>,
}

impl Reading {
    /// Reports a value of the wrong kind.
    pub fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        let text = format!("{what} is {wanted}, and here is {}", node.kind());
        self.diagnostics.push(Diagnostic::new("wrong-kind", node.place, text).help_if(right_kind(node, wanted)));
    }

    /// The map of an entry that has the keys of a section.
    pub fn entry<'a>(&mut self, name: &Text, node: &'a Node, section: Section) -> Option<&'a Map> {
        if let Value::Map(map) = &node.value {
            self.known(map, section);
            return Some(map);
        }
        let (text, what) = (&name.text, keys::what(section));
        if keys::of(section).contains(&text.as_str()) && !matches!(node.value, Value::Null) {
            let message = format!("`{text}` is a key of {what}, and stands where the name of one is meant");
            let help = inside_of_one(&self.beside, what, &format!("{{ {} }}", shown::entry(text, node)));
            self.diagnostics.push(Diagnostic::new("wrong-kind", name.place, message).help(help));
            return None;
        }
        self.map(node, &format!("`{text}`"))
    }

    /// Reports a value that is none of those allowed.
    pub fn wrong_value(&mut self, place: Place, text: String, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new("wrong-value", place, text).help(help));
    }

    /// The map of a node.
    pub fn map<'a>(&mut self, node: &'a Node, what: &str) -> Option<&'a Map> {
        match &node.value {
            Value::Map(map) => Some(map),
            Value::Null => None,
            _ => {
                self.wrong_kind(node, what, "a map");
                None
            }
        }
    }

    /// Refuses keys that are not among those known.
    pub fn known(&mut self, map: &Map, section: Section) {
        let keys = keys::of(section);
        let strange = |entry: &&Entry| !keys.contains(&entry.key.as_str());
        for entry in map.entries.iter().filter(strange) {
            if let Some(diagnostic) = settings::misplaced(entry, map).filter(|_| section == Section::Definition) {
                self.diagnostics.push(diagnostic);
                continue;
            }
            self.unknown_key(entry, &keys, keys::what(section));
        }
    }

    pub fn unknown_key(&mut self, entry: &Entry, keys: &[&str], what: &str) {
        let help = meant(&entry.key, keys, what).unwrap_or_else(|| format!("{what} has: {}", keys.join(", ")));
        let text = format!("{what} has no key `{}`", entry.key);
        self.diagnostics.push(Diagnostic::new("unknown-key", entry.key_place, text).help(help));
    }

    /// A text.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<Text> {
        if let Value::Text(text) = &node.value {
            return Some(Text { text: text.clone(), place: node.place });
        }
        self.wrong_kind(node, what, "a text");
        // What was meant is seen by its look, so that it is not missed as well.
        let scalar = matches!(node.value, Value::Number(_) | Value::Boolean(_));
        scalar.then(|| Text { text: node.to_json().to_string(), place: node.place })
    }

    /// The text under a key.
    pub fn text_at(&mut self, map: &Map, key: &str) -> Option<Text> {
        map.node(key)
            .filter(|node| !matches!(node.value, Value::Null))
            .and_then(|node| self.text(node, &format!("`{key}`")))
    }

    /// One of a few words under a key.
    pub fn word_at(&mut self, map: &Map, key: &str, words: &[&str]) -> Option<Text> {
        let text = self.text_at(map, key)?;
        if words.contains(&text.text.as_str()) {
            return Some(text);
        }
        let message = format!("`{key}` is {}, and not `{}`", words.join(" or "), text.text);
        self.wrong_value(text.place, message, "write one of these words");
        None
    }

    /// True or false under a key.
    pub fn boolean_at(&mut self, map: &Map, key: &str) -> Option<bool> {
        let node = map.node(key)?;
        if let Value::Boolean(value) = node.value {
            return Some(value);
        }
        self.wrong_kind(node, &format!("`{key}`"), "true or false");
        None
    }

    /// A whole number under a key.
    pub fn integer_at(&mut self, map: &Map, key: &str, within: std::ops::RangeInclusive<u64>) -> Option<(u64, Place)> {
        let node = map.node(key)?;
        let Value::Number(number) = &node.value else {
            self.wrong_kind(node, &format!("`{key}`"), "a number");
            return None;
        };
        match number.as_u64().filter(|value| within.contains(value)) {
            Some(value) => Some((value, node.place)),
            None => {
                let bounds = format!("from {} to {}", within.start(), within.end());
                let text = format!("`{key}` is a whole number {bounds}, and not `{number}`");
                self.wrong_value(node.place, text, format!("write a whole number {bounds}"));
                None
            }
        }
    }

    /// `90s`, `5m`, `24h`, `7d` under a key, in seconds, and as written.
    pub fn duration_at(&mut self, map: &Map, key: &str) -> Option<(u64, Text)> {
        let node = map.node(key)?;
        if let Value::Number(number) = &node.value {
            let message = format!("`{key}` is a length of time, and `{number}` has no unit");
            self.wrong_value(node.place, message, units::length_help(&number.to_string()));
            return Some((1, Text { text: number.to_string(), place: node.place }));
        }
        let text = self.text_at(map, key)?;
        let seconds = units::seconds(&text.text);
        if seconds.is_none() {
            let message = format!("`{}` is no length of time", text.text);
            self.wrong_value(text.place, message, units::length_help(&text.text));
        }
        Some((seconds.unwrap_or(1), text))
    }

    /// A map of anything.
    pub fn entries<T>(
        &mut self,
        node: Option<&Node>,
        what: &str,
        mut read: impl FnMut(&mut Self, &Text, &Node) -> Option<T>,
    ) -> Entries<T> {
        let Some(map) = node.and_then(|node| self.map(node, what)) else { return Entries::default() };
        let mut all = Vec::new();
        let maps = map.entries.iter().filter(|entry| entry.node.as_map().is_some());
        let around = std::mem::replace(&mut self.beside, maps.map(|entry| entry.key.clone()).collect());
        for entry in &map.entries {
            let key = Text { text: entry.key.clone(), place: entry.key_place };
            // What is nothing is not there, so that a definition may be written as its own tailoring.
            if matches!(entry.node.value, Value::Null) {
                continue;
            }
            if let Some(value) = read(self, &key, &entry.node) {
                all.push((key, value));
            }
        }
        self.beside = around;
        Entries::new(all)
    }

    /// A map of texts under a key.
    pub fn texts_by_key(&mut self, map: &Map, key: &str) -> Entries<Text> {
        self.entries(map.node(key), &format!("`{key}`"), |reading, name, node| {
            reading.text(node, &format!("`{}`", name.text))
        })
    }

    /// A list of texts, or one.
    pub fn list(&mut self, node: Option<&Node>, what: &str) -> Vec<Text> {
        match node.map(|node| (node, &node.value)) {
            None | Some((_, Value::Null)) => Vec::new(),
            Some((_, Value::List(items))) => items.iter().filter_map(|item| self.text(item, what)).collect(),
            Some((node, _)) => self.text(node, what).into_iter().collect(),
        }
    }

    /// Names in their long form: the keys of a map.
    pub fn names(&mut self, map: &Map, key: &str) -> Vec<Text> {
        let names = self.entries(map.node(key), &format!("`{key}`"), |reading, name, node| {
            if name.text.is_empty() {
                reading.wrong_kind(node, "a name", "a text");
                return None;
            }
            Some(())
        });
        names.into_list().into_iter().map(|(name, ())| name).collect()
    }
}

/// Where to write a key that stands beside names.
fn inside_of_one(names: &[String], what: &str, inside: &str) -> String {
    match names {
        [] => format!("give {what} a name: `name_of_yours: {inside}`"),
        [only] => format!("write `{only}: {inside}`"),
        [first, ..] => format!("write it inside of one of {}: `{first}: {inside}`", names.join(", ")),
    }
}

/// What to write for a value of another kind.
pub fn right_kind(node: &Node, wanted: &str) -> Option<String> {
    let text = node.as_text().unwrap_or_default();
    let boolean = match text.to_lowercase().as_str() {
        "yes" | "true" | "on" | "y" | "1" => Some("true"),
        "no" | "false" | "off" | "n" | "0" => Some("false"),
        _ => None,
    };
    match (wanted, &node.value) {
        ("a text", Value::Number(_) | Value::Boolean(_)) => Some("put it in quotes".to_owned()),
        ("a number", Value::Text(_)) if text.trim().parse::<f64>().is_ok() => {
            Some(format!("take the quotes away: `{}`", text.trim()))
        }
        ("a number", Value::Text(_)) => Some("write it in digits".to_owned()),
        ("true or false", _) => Some(boolean.map_or_else(
            || "write `true` or `false`".to_owned(),
            |boolean| format!("write `{boolean}`, without quotes"),
        )),
        _ => None,
    }
}

/// What a key was meant to be: one of the section's own, by its letters or by what other languages call it, or one that
/// stands elsewhere.
fn meant(key: &str, keys: &[&str], what: &str) -> Option<String> {
    if let Some((before, after)) = key.split_once(':').filter(|(before, _)| keys.contains(before)) {
        return Some(format!("a blank is missing after the colon: write `{before}: {after}`"));
    }
    if let Some(near) = near(key, keys.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    if let Some(meant) = synonyms::all(key).find(|meant| keys.contains(meant)) {
        return Some(format!("did you mean `{meant}`?"));
    }
    let elsewhere: Vec<&str> = keys::sections_with(key).filter(|other| *other != what).collect();
    let where_to = elsewhere.first().map(|other| format!("`{key}` is a key of {other}"))?;
    Some(format!("{where_to}; {what} has: {}", keys.join(", ")))
}
