//! How good requests are made bad: by exchanging values of their JSON, by changing bytes, and by breaking HTTP.

use serde_json::{Value, json};

use super::GoodRequest;

/// A small generator of numbers; the same seed throws the same.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, most: usize) -> usize {
        (self.next() >> 11) as usize % most.max(1)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Values that were trouble somewhere; each is JSON as it stands on the wire.
const TROUBLE: &[&str] = &[
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "\" \"",
    "0",
    "-0",
    "-1",
    "1e64",
    "1e65",
    "1E-64",
    "1e400",
    "-1e-400",
    "0.1e+5",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0.00000000000000000000000000000001",
    "1.",
    "NaN",
    "Infinity",
    "01",
    "+1",
    "'a'",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u202e\\u200b\"",
    "\"\u{fffd}\"",
    "\"\\r\\nX: y\"",
    "\"{{ 7*7 }}\"",
    "\"%s%n\"",
    "\"<b>&\\\"'\"",
    "\"' OR 1=1 --\"",
    "\"../../etc/passwd\"",
    "\"*\"",
    "\"12345678\"",
    "\"2019-02-30\"",
    "\"2019-06-29\"",
    "\"999999999999999999999999\"",
    "\"１２３４５６７８\"",
    "\"00000000\"",
    "12345678",
    "{\"$serde_json::private::Number\":\"1\"}",
    "[[[[]]]]",
    "{\"a\":1,\"a\":2}",
];

/// Values exchanged, removed, renamed, doubled, nested; as bytes.
pub fn values(dice: &mut Dice, request: &GoodRequest, own: &[&str]) -> Vec<u8> {
    let mut body = request.body.clone();
    let mut body_slots = Vec::new();
    for round in 0..=dice.below(4) {
        let paths = paths(&body);
        let path = dice.pick(&paths).clone();
        let Some((parent, name)) = path.rsplit_once('/') else { continue };
        match dice.below(9) {
            0 => remove(&mut body, parent, name),
            1 => double(&mut body, parent),
            2 => nest(&mut body, &path, dice.below(40)),
            3 => put(&mut body, &path, json!("x".repeat(1 << dice.below(18)))),
            4 => repeat(&mut body, parent, name),
            _ => {
                let body_slot = format!("@@hole{round}@@");
                put(&mut body, &path, json!(body_slot));
                body_slots.push((format!("\"{body_slot}\""), trouble(dice, own).to_owned()));
            }
        }
    }
    let text =
        body_slots.into_iter().fold(body.to_string(), |text, (body_slot, value)| text.replace(&body_slot, &value));
    text.into_bytes()
}

/// A value that was trouble somewhere, or one that means something to the API.
fn trouble<'v>(dice: &mut Dice, own: &[&'v str]) -> &'v str {
    let at = dice.below(TROUBLE.len() + own.len());
    TROUBLE.get(at).or_else(|| own.get(at - TROUBLE.len())).copied().unwrap_or("null")
}

/// Bytes turned, cut out, repeated.
pub fn bytes(dice: &mut Dice, request: &GoodRequest) -> Vec<u8> {
    let mut body = request.body.to_string().into_bytes();
    for _ in 0..=dice.below(6) {
        if body.is_empty() {
            return body;
        }
        let (at, length) = (dice.below(body.len()), 1 + dice.below(16));
        let end = (at + length).min(body.len());
        match dice.below(5) {
            0 => body[at] ^= 1 << dice.below(8),
            1 => body[at] = *dice.pick(b"{}[]\":,\\\x00\xff0-9eE. "),
            2 => drop(body.drain(at..end)),
            3 => body.extend_from_within(at..end),
            _ => body.truncate(at),
        }
    }
    body
}

/// What is no HTTP, or none that anybody should send.
pub fn no_http(dice: &mut Dice, request: &GoodRequest, headers: &str) -> Vec<u8> {
    let body = request.body.to_string();
    let (path, length) = (&request.path, body.len());
    let text = match dice.below(10) {
        0 => return (0..1 + dice.below(4000)).map(|_| dice.below(256) as u8).collect(),
        1 => format!("POST {path} HTTP/1.1\r\n\r\n{body}"),
        2 => format!("POST {path} HTTP/1.1\r\nhost: a\r\nhost: b\r\ncontent-length: {length}\r\n\r\n{body}"),
        3 => format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\ncontent-length: 7\r\n\r\n{body}"),
        4 => format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{body}"
        ),
        5 => format!("POST {path} HTTP/1.1\r\nhost: a\r\n{headers}{}\r\n{body}", "x: y\r\n".repeat(dice.below(200))),
        6 => format!("POST {path}?{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(dice.below(40_000))),
        7 => format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", dice.next()),
        8 => format!(
            "{} //{path}/%2e%2e/ HTTP/1.1\r\nhost: a\r\n\r\n",
            dice.pick(&["TRACE", "CONNECT", "BREW", "GET", "post"])
        ),
        _ => format!("POST {path} HTTP/1.1\r\nhost: a\r\n{headers}content-length: {length}\r\n\r\n{body}"),
    };
    let mut bytes = text.into_bytes();
    if dice.below(2) == 0 {
        let at = dice.below(bytes.len().min(200));
        bytes[at] = dice.below(256) as u8;
    }
    bytes
}

/// Mostly the right media type.
pub fn content_type(dice: &mut Dice) -> &'static str {
    match dice.below(30) {
        0 => "text/plain",
        1 => "application/json; charset=utf-16",
        2 => "application/json;;; q=\"",
        _ => "application/json",
    }
}

/// JSON pointers of all values but the whole.
fn paths(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        let inside: Vec<(String, &Value)> = match value {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect()
            }
            Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
            _ => Vec::new(),
        };
        for (name, value) in inside {
            let path = format!("{at}/{name}");
            walk(value, &path, found);
            found.push(path);
        }
    }
    let mut found = vec![String::new()];
    walk(value, "", &mut found);
    found
}

fn put(body: &mut Value, path: &str, value: Value) {
    if let Some(place) = body.pointer_mut(path) {
        *place = value;
    }
}

fn remove(body: &mut Value, parent: &str, name: &str) {
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(name)),
        Some(Value::Array(list)) => drop(list.pop()),
        _ => {}
    }
}

/// All members once more, under other names; all elements once more.
fn double(body: &mut Value, parent: &str) {
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            let more: Vec<_> = members.iter().map(|(name, value)| (format!("{name}\u{200b}"), value.clone())).collect();
            members.extend(more);
        }
        Some(Value::Array(list)) => list.extend(list.clone()),
        _ => {}
    }
}

/// An element of a list once more, with another value.
fn repeat(body: &mut Value, parent: &str, name: &str) {
    let Some(list) = body.pointer_mut(parent).and_then(Value::as_array_mut) else { return };
    let Some(mut again) = name.parse::<usize>().ok().and_then(|at| list.get(at).cloned()) else { return };
    for member in ["value", "amount", "id"] {
        put(&mut again, &format!("/{member}"), json!("1"));
    }
    list.push(again);
}

fn nest(body: &mut Value, path: &str, depth: usize) {
    if let Some(place) = body.pointer_mut(path) {
        let inner = place.take();
        *place =
            (0..depth).fold(inner, |value, level| if level % 2 == 0 { json!([value]) } else { json!({ "a": value }) });
    }
}
