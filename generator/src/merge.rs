//! Long forms, and RFC 7386 over them: maps merge by key, null removes, everything else replaces. A list of names is
//! short for a map with those keys, so it merges too.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::source::Place;
use crate::yaml::{Entry, Map, Node, Value};

/// The keys of codes, sessions, operations and behaviours that hold names.
const NAMES: [&str; 11] =
    ["binds", "keeps", "one_per", "find_by", "needs", "expects", "takes", "gives", "outcome", "refuses", "fails"];

/// Turns every short form of a document into its long form, so that definitions can be merged key by key.
pub fn lengthen(document: &mut Node) {
    each(document, &["payloads", "*"], &mut |_, node| lengthen_elements(node));
    each(document, &["payloads", "*", "*"], &mut lengthen_field);
    each(document, &["unions", "*", "every", "*"], &mut lengthen_field);
    each(document, &["unions", "*", "of", "*", "*"], &mut lengthen_field);
    each(document, &["envelope", "*", "*"], &mut lengthen_field);
    each(document, &["envelopes", "*", "*", "*"], &mut lengthen_field);
    for path in [&["endpoints", "*", "errors"][..], &["every_endpoint", "errors"]] {
        each(document, path, &mut |_, node| lengthen_errors(node));
    }
    for path in [
        &["endpoints", "*", "without"][..],
        &["endpoints", "*", "apart"],
        &["every_endpoint", "without"],
        &["enums", "*"],
        &["errors", "*", "for"],
    ] {
        each(document, path, &mut |_, node| lengthen_names(node));
    }
    for section in ["otps", "sessions", "operations", "behaviours"] {
        for key in NAMES {
            each(document, &[section, "*", key], &mut |_, node| lengthen_names(node));
        }
    }
    for key in ["key", "gives"] {
        each(document, &["tables", "*", key], &mut |_, node| lengthen_names(node));
    }
    each(document, &["meanings", "*"], &mut |_, node| wrap(node, "as"));
}

/// Calls `change` with every value that the path leads to; `*` stands for any key.
fn each(node: &mut Node, path: &[&str], change: &mut dyn FnMut(&str, &mut Node)) {
    let (Some((key, rest)), Value::Map(map)) = (path.split_first(), &mut node.value) else { return };
    for entry in map.entries.iter_mut().filter(|entry| *key == "*" || entry.key == *key) {
        if rest.is_empty() {
            change(&entry.key, &mut entry.node);
        } else {
            each(&mut entry.node, rest, change);
        }
    }
}

/// What a payload says that is written as a list.
pub const AS_LIST: &str = "[]";

/// `[A, optional B]`: a payload that is a list of these, in fields that are called like them.
fn lengthen_elements(node: &mut Node) {
    let Value::List(elements) = &node.value else { return };
    let mut entries = vec![entry(AS_LIST, node.place, Value::Text("list".to_owned()))];
    for element in elements {
        let text = element.as_text().unwrap_or_default();
        let name = text.strip_prefix("optional ").unwrap_or(text).trim();
        let mut key = name.to_owned();
        let mut number = 2;
        while entries.iter().any(|one| one.key == key) {
            key = format!("{name}_{number}");
            number += 1;
        }
        entries.push(entry(&key, element.place, element.value.clone()));
    }
    *node = Node::map(node.place, entries);
}

/// `optional M as T`, `M`, `T`, `[T]`, `optional [T]` -> `{ is: M, as: T, optional: true }`.
fn lengthen_field(name: &str, node: &mut Node) {
    if name == "+" || name == AS_LIST {
        return;
    }
    match &node.value {
        Value::List(_) => wrap(node, "as"),
        Value::Text(text) => {
            if let Some(entries) = short_field(node.place, text) {
                *node = Node::map(node.place, entries);
            }
        }
        _ => {}
    }
}

fn short_field(place: Place, text: &str) -> Option<Vec<Entry>> {
    let mut words = words_with_places(place, text);
    let mut entries = Vec::new();
    if words.first().is_some_and(|(word, _)| *word == "optional") {
        let (_, at) = words.remove(0);
        entries.push(entry("optional", at, Value::Boolean(true)));
    }
    let mut words = words.into_iter();
    let (kind, at) = words.next()?;
    let is_meaning = kind.contains('.');
    entries.push(match is_meaning {
        true => entry("is", at, Value::Text(kind.to_owned())),
        false => entry("as", at, type_named(kind, at)),
    });
    match (words.next().map(|(word, _)| word), words.next(), words.next()) {
        (None, ..) => Some(entries),
        (Some("as"), Some((wire, at)), None) if is_meaning => {
            entries.push(entry("as", at, type_named(wire, at)));
            Some(entries)
        }
        _ => None,
    }
}

/// `T`, or `[T]` as a list of it.
fn type_named(word: &str, place: Place) -> Value {
    match word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(element) => {
            let place = place.part(word.len(), 1..word.len() - 1);
            Value::List(vec![Node::text(place, element.to_owned())])
        }
        None => Value::Text(word.to_owned()),
    }
}

/// The words of a scalar, each with its own place where the text stands as it is written.
fn words_with_places(place: Place, text: &str) -> Vec<(&str, Place)> {
    let at = |word: &str| {
        let offset = word.as_ptr() as usize - text.as_ptr() as usize;
        place.part(text.len(), offset..offset + word.len())
    };
    text.split_whitespace().map(|word| (word, at(word))).collect()
}

fn entry(key: &str, place: Place, value: Value) -> Entry {
    Entry { key: key.to_owned(), key_place: place, node: Node { place, value } }
}

/// `v` -> `{ key: v }`, unless it is a map or nothing.
fn wrap(node: &mut Node, key: &str) {
    if !matches!(node.value, Value::Map(_) | Value::Null) {
        let place = node.place;
        let inner = std::mem::replace(node, Node::map(place, Vec::new()));
        *node = Node::map(place, vec![Entry { key: key.to_owned(), key_place: place, node: inner }]);
    }
}

/// `[a, b]` or `a` -> `{ a: {}, b: {} }`; an item may be a map with one key.
fn lengthen_names(node: &mut Node) {
    let items = match std::mem::replace(&mut node.value, Value::Null) {
        Value::List(items) => items,
        Value::Text(text) => vec![Node::text(node.place, text)],
        other => {
            node.value = other;
            return;
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    for item in items {
        let new = match item.value {
            Value::Text(name) => vec![entry(&name, item.place, Value::Map(Map::default()))],
            Value::Map(map) => map.entries,
            // Kept under a name that cannot be one, so that reading the document reports it.
            other => vec![entry("", item.place, other)],
        };
        for one in new {
            if !entries.iter().any(|before| before.key == one.key) {
                entries.push(one);
            }
        }
    }
    node.value = Value::Map(Map { entries });
}

/// `[A, B: fault]` -> `{ A: {}, B: { for: { fault: {} } } }`.
fn lengthen_errors(node: &mut Node) {
    lengthen_names(node);
    let Value::Map(map) = &mut node.value else { return };
    for code in &mut map.entries {
        if !matches!(code.node.value, Value::Map(_) | Value::Null) {
            lengthen_names(&mut code.node);
            wrap_map(&mut code.node, "for");
        }
    }
}

fn wrap_map(node: &mut Node, key: &str) {
    let place = node.place;
    let inner = std::mem::replace(node, Node::map(place, Vec::new()));
    *node = Node::map(place, vec![Entry { key: key.to_owned(), key_place: place, node: inner }]);
}

/// Lays a document over the one that it extends. What is removed must be there.
pub fn merge(base: &Node, patch: Node) -> (Node, Vec<Diagnostic>) {
    let mut merger = Merger { path: Vec::new(), diagnostics: Vec::new() };
    (merger.lay(base, patch), merger.diagnostics)
}

/// What every definition has: a tailoring that takes it away is reported where that is asked for.
const REQUIRED: [&str; 4] = ["adapter", "title", "version", "callers"];

struct Merger {
    path: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Merger {
    fn lay(&mut self, base: &Node, patch: Node) -> Node {
        let Node { place, value } = patch;
        let (old, new) = match (&base.value, value) {
            (Value::Map(old), Value::Map(new)) if !self.is_whole() => {
                if new.entries.is_empty() && !old.entries.is_empty() && self.is_names() {
                    self.nothing_taken(place);
                }
                (old, new)
            }
            (_, value) => return Node { place, value },
        };
        let mut entries: Vec<Option<Entry>> = old.entries.iter().cloned().map(Some).collect();
        let index: HashMap<&str, usize> =
            old.entries.iter().enumerate().map(|(at, one)| (one.key.as_str(), at)).collect();
        for more in new.entries {
            self.path.push(more.key.clone());
            let removes = matches!(more.node.value, Value::Null) && !self.null_is_a_value();
            if removes && is_unwritten(&more.node) {
                self.null_not_written(&more, index.contains_key(more.key.as_str()));
                self.path.pop();
                continue;
            }
            match (index.get(more.key.as_str()).and_then(|at| entries.get_mut(*at)), removes) {
                (Some(entry), true) if self.is_required() => *entry = Some(more),
                (Some(entry), true) => *entry = None,
                (Some(Some(entry)), false) => {
                    entry.node = self.lay(&entry.node, more.node);
                    entry.key_place = more.key_place;
                }
                (None, true) => self.nothing_to_remove(&more, old),
                (_, false) => entries.push(Some(more)),
            }
            self.path.pop();
        }
        Node::map(place, entries.into_iter().flatten().collect())
    }

    fn is_setting(&self) -> bool {
        matches!(self.path().as_slice(), ["settings", _])
    }

    fn is_required(&self) -> bool {
        matches!(self.path().as_slice(), [key] if REQUIRED.contains(key))
    }

    /// True where a value replaces another as a whole.
    fn is_whole(&self) -> bool {
        match self.path().as_slice() {
            ["callers"] | ["every_endpoint", "does"] | ["endpoints", _, "callers" | "does" | "when"] => true,
            path => matches!(field_key(path), Some("default" | "when")),
        }
    }

    /// True where names stand, which a list adds to what is extended.
    fn is_names(&self) -> bool {
        match self.path().as_slice() {
            ["endpoints", _, "errors" | "without" | "apart"] | ["every_endpoint", "errors" | "without"] => true,
            ["enums", _] | ["errors", _, "for"] | ["tables", _, "key" | "gives"] => true,
            ["otps" | "sessions" | "operations" | "behaviours", _, key] => NAMES.contains(key),
            _ => false,
        }
    }

    /// `const: null` is a value, and so is null in the bodies of examples; any other null removes.
    fn null_is_a_value(&self) -> bool {
        match self.path().as_slice() {
            ["examples", _, _, "request" | "response" | "error" | "given", _, ..] => true,
            ["examples", "values", _, _, ..] => true,
            path => field_key(path) == Some("const"),
        }
    }

    fn path(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// An empty list adds nothing, and takes nothing away.
    fn nothing_taken(&mut self, place: Place) {
        let text = format!("`{}` is empty, and takes nothing of what is extended away", self.path.join(": "));
        let key = self.path.last().map(String::as_str).unwrap_or_default();
        let help = format!("write `{key}: null` to take all of it away, `{key}: {{ <name>: null }}` for one of them");
        self.diagnostics.push(Diagnostic::new("null-not-written", place, text).help(help));
    }

    /// An empty key removes like `null`, and is mostly a line that was not finished.
    fn null_not_written(&mut self, entry: &Entry, is_there: bool) {
        let path = self.path.join(": ");
        let (key, text) = (&entry.key, format!("`{path}` has nothing behind it"));
        let taken = format!("{text}, which would take away what is extended");
        let (text, help) = match is_there {
            true if self.is_required() => (taken, "write what it is, or take the line out".to_owned()),
            _ if self.is_setting() => (text, format!("write `{key}: \"\"` for an empty text, or take the line out")),
            true => (taken, format!("indent the lines that belong to it, or write `{key}: null` to take it away")),
            false => (text, "write what it is, indented if it is on lines of its own, or take the line out".to_owned()),
        };
        self.diagnostics.push(Diagnostic::new("null-not-written", entry.key_place, text).help(help));
    }

    fn nothing_to_remove(&mut self, entry: &Entry, old: &Map) {
        let near = crate::naming::near(&entry.key, old.entries.iter().map(|one| one.key.as_str()));
        let text = format!("`{}` is not there, so it cannot be removed", self.path.join("."));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.is_setting() => format!("write `{}: \"\"` for an empty text, or take the line out", entry.key),
            None => "take the line out".to_owned(),
        };
        self.diagnostics.push(Diagnostic::new("nothing-removed", entry.key_place, text).help(help));
    }
}

/// True for a null that nobody wrote.
fn is_unwritten(node: &Node) -> bool {
    node.place.start >= node.place.end
}

/// Reports everything with a name in a definition that extends nothing and holds nothing.
pub fn empty_entries(document: &Node) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for section in document.as_map().into_iter().flat_map(|map| &map.entries).filter(|one| one.key != "examples") {
        for entry in section.node.as_map().into_iter().flat_map(|map| &map.entries) {
            if matches!(entry.node.value, Value::Null) && is_unwritten(&entry.node) {
                let text = format!("`{}: {}` has nothing behind it", section.key, entry.key);
                let diagnostic = Diagnostic::new("empty", entry.key_place, text);
                diagnostics.push(diagnostic.help("write what it is, or take the line out"));
            }
        }
    }
    diagnostics
}

/// The key of a field's long form, if the path leads to one.
fn field_key<'p>(path: &[&'p str]) -> Option<&'p str> {
    match path {
        ["payloads", _, _, key] | ["unions", _, "every", _, key] | ["unions", _, "of", _, _, key] => Some(key),
        ["envelope", _, _, key] | ["envelopes", _, _, _, key] => Some(key),
        _ => None,
    }
}

/// Takes away the examples of endpoints that are no longer there.
pub fn drop_orphans(document: &mut Node, base: &Node) {
    let had = |name: &str| names_of(base, "endpoints").iter().any(|one| one == name);
    let endpoints = names_of(document, "endpoints");
    let gone = |call: &Node| {
        let name = call.as_map().and_then(|call| call.node("endpoint")).and_then(Node::as_text);
        name.is_some_and(|name| had(name) && !endpoints.iter().any(|one| one == name))
    };
    each(document, &["examples", "*"], &mut |_, file| {
        if let Value::Map(examples) = &mut file.value {
            examples.entries.retain(|example| match &example.node.value {
                Value::List(calls) => !calls.iter().any(gone),
                _ => !gone(&example.node),
            });
        }
    });
}

fn names_of(document: &Node, section: &str) -> Vec<String> {
    let map = document.as_map().and_then(|map| map.node(section)).and_then(Node::as_map);
    map.map(|map| map.entries.iter().map(|entry| entry.key.clone()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn document(text: &str) -> Node {
        let mut sources = Sources::default();
        let file = sources.add("adapter.yaml", text);
        let mut node = crate::yaml::read(&sources, file).unwrap();
        lengthen(&mut node);
        node
    }

    /// The merged document as JSON, and how many mistakes there were.
    fn merged(base: &str, patch: &str) -> (serde_json::Value, usize) {
        let (node, diagnostics) = merge(&document(base), document(patch));
        (node.to_json(), diagnostics.len())
    }

    #[test]
    fn short_forms_merge_key_by_key() {
        let (json, diagnostics) =
            merged("payloads: { A: { x: optional user.id as Id } }", "payloads: { A: { x: { as: null, max: 4 } } }");
        assert_eq!(
            json,
            serde_json::json!({ "payloads": { "A": { "x": { "optional": true, "is": "user.id", "max": 4 } } } })
        );
        assert_eq!(diagnostics, 0);
    }

    #[test]
    fn names_merge_and_steps_are_replaced() {
        let base = "endpoints: { a: { does: [x, y], errors: [ONE, TWO: some.fault] } }";
        let (json, _) = merged(base, "endpoints: { a: { does: z, errors: [THREE] } }");
        let errors = serde_json::json!({ "ONE": {}, "TWO": { "for": { "some.fault": {} } }, "THREE": {} });
        assert_eq!(json, serde_json::json!({ "endpoints": { "a": { "does": "z", "errors": errors } } }));
    }

    #[test]
    fn null_removes_but_where_it_is_a_value() {
        let (json, diagnostics) = merged(
            "payloads: { A: { const: text, x: { const: 1 } } }",
            "payloads: { A: { const: null, x: { const: null } } }",
        );
        assert_eq!(json, serde_json::json!({ "payloads": { "A": { "x": { "const": null } } } }));
        assert_eq!(diagnostics, 0);
        let (json, _) = merged(
            "examples: { f: { t: { request: { a: 1 } } } }",
            "examples: { f: { t: { request: { a: null, b: null } } } }",
        );
        assert_eq!(json, serde_json::json!({ "examples": { "f": { "t": { "request": { "a": null, "b": null } } } } }));
    }

    #[test]
    fn nothing_cannot_be_removed() {
        assert_eq!(merged("endpoints: { a: { route: x } }", "endpoints: { b: null }").1, 1);
    }
}
