//! YAML text to a tree in which every key and value has its place. Two readers go over the same text: the event pass
//! gives places and refuses what a definition may not contain, then serde_yaml gives the values.

mod indentation;
mod join;
mod syntax_errors;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::language::keys::FLAGS;
use crate::source::{FileId, Place, Sources};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// How deep maps and lists may stand in each other.
pub const MAX_DEPTH: usize = 32;
/// How many keys and values a file may have.
pub const MAX_NODES: usize = 100_000;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// All of it.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// What stands at a place.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing, or `null`.
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// As JSON has it.
    Number(serde_json::Number),
    /// Any other scalar.
    Text(String),
    /// `[a, b]`
    List(Vec<Node>),
    /// `{ a: b }`
    Map(Map),
}

/// Keys and values in their order.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// No key stands twice.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// The value.
    pub node: Node,
}

impl Map {
    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn node(&self, key: &str) -> Option<&Node> {
        self.get(key).map(|entry| &entry.node)
    }

    fn says_the_same(&self, other: &Map) -> bool {
        let is_same = |(entry, beside): (&Entry, &Entry)| {
            // Most often the order is the same, too.
            let node = if beside.key == entry.key { Some(&beside.node) } else { other.node(&entry.key) };
            node.is_some_and(|node| entry.node.says_the_same(node))
        };
        self.entries.len() == other.entries.len() && self.entries.iter().zip(&other.entries).all(is_same)
    }
}

impl Node {
    /// A text at a place.
    pub fn text(place: Place, text: impl Into<String>) -> Node {
        Node { place, value: Value::Text(text.into()) }
    }

    /// A map at a place.
    pub fn map(place: Place, entries: Vec<Entry>) -> Node {
        Node { place, value: Value::Map(Map { entries }) }
    }

    /// Its text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// Its map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    /// The same without places.
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Boolean(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(map) => {
                Json::Object(map.entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect())
            }
        }
    }

    /// True for the same value, wherever it stands and in whatever order its keys are.
    pub fn says_the_same(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Boolean(mine), Value::Boolean(its)) => mine == its,
            (Value::Number(mine), Value::Number(its)) => mine == its,
            (Value::Text(mine), Value::Text(its)) => mine == its,
            (Value::List(mine), Value::List(its)) => {
                mine.len() == its.len() && mine.iter().zip(its).all(|(one, other)| one.says_the_same(other))
            }
            (Value::Map(mine), Value::Map(its)) => mine.says_the_same(its),
            _ => false,
        }
    }

    /// `a text`, `a map`: for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Boolean(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with the text.
pub fn read(sources: &Sources, file: FileId) -> Result<Node, Vec<Diagnostic>> {
    let text = sources.file(file).map_or("", |file| file.text.as_str());
    let whole = Place { file, start: 0, end: text.len().min(1) };
    if text.len() > MAX_BYTES {
        return Err(vec![
            Diagnostic::new(
                "too-large",
                whole,
                format!("the file has more than {MAX_BYTES} bytes, which is the most that is read"),
            )
            .help("move texts into `messages/` and calls into `examples/`"),
        ]);
    }
    if let Some(diagnostic) = syntax_errors::conflict(text, file) {
        return Err(vec![diagnostic]);
    }
    let mut reader = Reader {
        file,
        text,
        bytes: byte_index(text),
        stack: Vec::new(),
        root: None,
        nodes: 0,
        diagnostics: Vec::new(),
    };
    reader.run(text);
    if !reader.diagnostics.is_empty() {
        return Err(reader.diagnostics);
    }
    let tree = reader.root.unwrap_or(Node { place: whole, value: Value::Map(Map::default()) });
    join::values(tree, text, whole)
}

/// Byte offset of each character: markers count characters. None where the two are the same.
fn byte_index(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
}

/// A map or list that is still open.
enum Open {
    Map { start: usize, map: Map, seen: HashMap<String, Place>, key: Option<(String, Place)> },
    List { start: usize, items: Vec<Node> },
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    bytes: Option<Vec<usize>>,
    stack: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn run(&mut self, text: &str) {
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let at = self.byte(error.marker().index());
                    let words = error.info().to_lowercase();
                    self.stopped(syntax_errors::syntax(text, self.file, at, &words));
                    return;
                }
            };
            if let Event::DocumentStart(_) = event {
                documents += 1;
                if documents > 1 {
                    self.refuse(
                        "two-documents",
                        self.place(span),
                        "a file holds one document",
                        "make it a file of its own",
                    );
                    return;
                }
            }
            if !self.event(event, span) {
                return;
            }
        }
    }

    /// Reports where reading ends, in place of a diagnostic of the same text that was reported before it was read as a
    /// whole.
    fn stopped(&mut self, diagnostic: Diagnostic) {
        let what = |one: &Diagnostic| (one.id, one.place.map(|place| place.start));
        self.diagnostics.retain(|one| what(one) != what(&diagnostic));
        self.diagnostics.push(diagnostic);
    }

    /// Takes one event; false if nothing after it is worth reading.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        let place = self.place(span);
        match event {
            Event::Alias(_) => {
                let text = format!("`{}` is an alias, and a definition has none", self.named(place, '*'));
                self.refuse("anchor", place, text, "write in its place what it stands for");
                self.value(Node { place, value: Value::Null });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.plain(place, anchor, tag.is_some());
                if style == ScalarStyle::Plain {
                    self.bare(place, &text);
                }
                self.scalar(place, &text, style);
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain(place, anchor, tag.is_some());
                self.stack.push(Open::List { start: place.start, items: Vec::new() });
            }
            Event::MappingStart(anchor, tag) => {
                self.plain(place, anchor, tag.is_some());
                let (map, seen) = (Map::default(), HashMap::new());
                self.stack.push(Open::Map { start: place.start, map, seen, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place.end),
            _ => return true,
        }
        self.within_limits(place)
    }

    /// Refuses what readers of YAML do not agree about, and what only looks like a blank.
    fn bare(&mut self, place: Place, text: &str) {
        let other = if is_bare_word(text) { "a boolean" } else { "a number without its zeros" };
        if is_bare_word(text) || has_leading_zero(text) {
            let message = format!("`{text}` is a text to some readers of YAML and {other} to others");
            self.refuse("bare-word", place, message, bare_help(text, self.is_of_flag()));
        }
        let anywhere = self.wants_key() || syntax_errors::is_glued(text);
        if let Some((at, letter)) = syntax_errors::odd_blank(text, anywhere) {
            let start = place.start + at;
            let place = Place { start, end: start + letter.len_utf8(), ..place };
            self.diagnostics.push(syntax_errors::odd_blank_found(place, letter));
        }
    }

    /// True for the value of a key that is true or false.
    fn is_of_flag(&self) -> bool {
        matches!(self.stack.last(), Some(Open::Map { key: Some((key, _)), .. }) if FLAGS.contains(&key.as_str()))
    }

    /// True if the next scalar is a key.
    fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Open::Map { key: None, .. }))
    }

    fn within_limits(&mut self, place: Place) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let text = format!("the file has more than {MAX_NODES} keys and values");
            self.refuse("too-large", place, text, "split the definition");
            return false;
        }
        if self.stack.len() > MAX_DEPTH {
            let text = format!("maps and lists stand more than {MAX_DEPTH} deep in each other");
            self.refuse("too-deep", place, text, "no key of a definition lies that deep");
            return false;
        }
        true
    }

    /// Refuses anchors and tags.
    fn plain(&mut self, place: Place, anchor: usize, tag: bool) {
        if anchor > 0 {
            let name = self.named(place, '&');
            let text = format!("`{name}` is an anchor, and a definition has none");
            self.refuse("anchor", place, text, format!("take `{name}` out"));
        }
        if tag {
            self.refuse("tag", place, "a tag stands here", "take it away; every key knows its type");
        }
    }

    /// An anchor or alias with its sign: at a value, or before it.
    fn named(&self, place: Place, sign: char) -> String {
        let at = self.text.get(place.start..).filter(|text| text.starts_with(sign)).map(|_| place.start);
        let at = at.or_else(|| self.text.get(..place.start)?.rfind(sign));
        let rest = at.and_then(|at| self.text.get(at..)).unwrap_or_default();
        rest.split(|letter: char| letter.is_whitespace() || ",[]{}".contains(letter))
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    fn scalar(&mut self, place: Place, text: &str, style: ScalarStyle) {
        let Some(Open::Map { key: key @ None, seen, .. }) = self.stack.last_mut() else {
            return self.value(Node::text(place, text));
        };
        *key = Some((text.to_owned(), place));
        let first = seen.get(text).copied();
        seen.entry(text.to_owned()).or_insert(place);
        if let Some(first) = first {
            self.diagnostics.push(
                Diagnostic::new("duplicate-key", place, format!("`{text}` stands twice in one map"))
                    .also(first, "it stands here first")
                    .help("YAML would silently keep one of them"),
            );
        }
        if text == "<<" && style == ScalarStyle::Plain {
            self.refuse("merge-key", place, "a merge key stands here", "list payloads under `+:`, or use `extends`");
        } else if style == ScalarStyle::Plain && !is_text(text) {
            let help = format!("quote it: \"{text}\"");
            self.refuse("key-not-text", place, format!("`{text}` is no text, and every key is one"), help);
        }
    }

    fn close(&mut self, end: usize) {
        let (start, value) = match self.stack.pop() {
            Some(Open::Map { start, map, .. }) => (start, Value::Map(map)),
            Some(Open::List { start, items }) => (start, Value::List(items)),
            None => return,
        };
        // A block ends where its last value ends, not where the next key begins.
        let last = match &value {
            Value::Map(map) => map.entries.last().map(|entry| entry.node.place.end.max(entry.key_place.end)),
            Value::List(items) => items.last().map(|item| item.place.end),
            _ => None,
        };
        let end = last.unwrap_or(end).max(start);
        self.value(Node { place: Place { file: self.file, start, end }, value });
    }

    fn value(&mut self, node: Node) {
        let place = node.place;
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { map, key, .. }) => match key.take() {
                Some((key, key_place)) => map.entries.push(Entry { key, key_place, node }),
                None => {
                    *key = Some((String::new(), place));
                    let before = self.text.get(..place.start).unwrap_or_default();
                    if before.ends_with('{') && self.text.get(place.start..).is_some_and(|rest| rest.starts_with('{')) {
                        let place = Place { start: place.start - 1, ..place };
                        let text = self.text.get(place.start..).and_then(|rest| rest.split_once("}}"));
                        let text = text.map_or("{{ otp.code", |(text, _)| text);
                        let help = format!("put the whole text into quotes: `\"{text}}}}}\"`");
                        self.refuse("unquoted", place, "a text that begins with `{{` stands in no quotes", help);
                    } else {
                        self.refuse("key-not-text", place, "a map or list is the key here", "every key is a text");
                    }
                }
            },
        }
    }

    fn refuse(&mut self, id: &'static str, place: Place, text: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(id, place, text).help(help));
    }

    fn place(&self, span: Span) -> Place {
        let start = self.byte(span.start.index());
        Place { file: self.file, start, end: self.byte(span.end.index()).max(start) }
    }

    fn byte(&self, character: usize) -> usize {
        let Some(bytes) = &self.bytes else { return character };
        bytes.get(character).or(bytes.last()).copied().unwrap_or_default()
    }
}

/// What to write for a word that is read in two ways.
fn bare_help(text: &str, is_of_flag: bool) -> String {
    let boolean = match text.to_lowercase().as_str() {
        "yes" | "on" => "true",
        "no" | "off" => "false",
        _ => return format!("quote it: \"{text}\""),
    };
    if is_of_flag {
        return format!("write `{boolean}`");
    }
    format!("quote it: \"{text}\"; true or false is written `{boolean}`")
}

/// `0800`: eight hundred to some, octal to others, and mostly a text.
fn has_leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|letter| letter.is_ascii_digit())
}

/// Words that YAML 1.1 reads as booleans and YAML 1.2 as texts.
fn is_bare_word(text: &str) -> bool {
    matches!(text, "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "on" | "On" | "ON" | "off" | "Off" | "OFF")
}

fn is_text(plain: &str) -> bool {
    // What begins with a letter is no number, so it is one of three words or a text.
    let is_word = ["true", "false", "null"].iter().any(|word| plain.eq_ignore_ascii_case(word));
    if plain.starts_with(|first: char| first.is_ascii_alphabetic()) && !is_word {
        return true;
    }
    let read = serde_yaml::from_str::<serde_yaml::Value>(plain);
    !matches!(read, Ok(serde_yaml::Value::Null | serde_yaml::Value::Bool(_) | serde_yaml::Value::Number(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_say_the_same_wherever_they_stand() {
        let node = |text: &str| {
            let mut sources = Sources::default();
            let file = sources.add("adapter.yaml", text);
            read(&sources, file).unwrap()
        };
        let same = [
            ("a: 1\nb: [x, null]", "b:\n  - x\n  - ~\na: 1"),
            ("{}", "{}"),
            ("a: 'b'", "a: b"),
            ("a: { b: 1, c: { d: 2, e: 3 } }", "a: { c: { e: 3, d: 2 }, b: 1 }"),
        ];
        let other = [
            ("a: 1", "a: 2"),
            ("a: 1", "a: 1\nb: 2"),
            ("a: 1", "b: 1"),
            ("a: [1, 2]", "a: [2, 1]"),
            ("a: '1'", "a: 1"),
            ("a: 1", "a: 1.0"),
            ("a: {}", "a: null"),
            ("a: { b: { c: 1 } }", "a: { b: { c: 2 } }"),
        ];
        assert!(same.iter().all(|(one, other)| node(one).says_the_same(&node(other))));
        assert!(!other.iter().any(|(one, other)| node(one).says_the_same(&node(other))));
    }
}
