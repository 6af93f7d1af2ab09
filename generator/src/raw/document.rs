//! The top level of a definition, and everything under it that is no payload.

use super::endpoints::{empty_endpoint, endpoint, examples, row};
use super::fields::{enum_members, envelope, members, union};
use super::read::Reading;
use super::units;
use super::{
    Callers, Consent, Definition, LookUpTable, Operation, Otp, OwnBehaviour, OwnMeaning, Row, SessionKind, Text,
    Validation, Wire,
};
use crate::diagnostic::Diagnostic;
use crate::language::keys::Section;
use crate::source::Place;
use crate::yaml::{Entry, Map, Node, Value};

/// What a row says of itself alone.
const OF_ONE_ROW: [&str; 3] = ["code", "for", "as"];

/// Reads a merged document. Mistakes are collected; what could be read is given.
pub fn definition(document: &Node) -> (Definition, Vec<Diagnostic>) {
    let mut reading = Reading::default();
    let empty = Map::default();
    let map = document.as_map().unwrap_or(&empty);
    reading.known(map, Section::Definition);
    let made = top(&mut reading, map, document.place);
    (made, reading.diagnostics)
}

fn top(reading: &mut Reading, map: &Map, place: Place) -> Definition {
    let values = map.node("examples").and_then(Node::as_map).and_then(|files| files.node("values"));
    Definition {
        place,
        emptied: map.entries.iter().filter(|entry| matches!(entry.node.value, Value::Null)).map(key_of).collect(),
        adapter: reading.text_at(map, "adapter"),
        title: reading.text_at(map, "title"),
        version: reading.text_at(map, "version"),
        base: reading.text_at(map, "base"),
        callers: callers(reading, map),
        wire: map.node("wire").map(|node| wire(reading, node)).unwrap_or_default(),
        envelope: map.node("envelope").map(|node| envelope(reading, "envelope", node)).unwrap_or_default(),
        envelopes: reading.entries(map.node("envelopes"), "`envelopes`", |reading, name, node| {
            Some(envelope(reading, &name.text, node))
        }),
        validation: map.node("validation").map(|node| validation(reading, node)).unwrap_or_default(),
        settings: reading.entries(map.node("settings"), "`settings`", |_, _, node| Some(node.clone())),
        meanings: reading.entries(map.node("meanings"), "`meanings`", own_meaning),
        behaviours: reading.entries(map.node("behaviours"), "`behaviours`", own_behaviour),
        otps: reading.entries(map.node("otps"), "`otps`", otp),
        sessions: reading.entries(map.node("sessions"), "`sessions`", session_kind),
        tables: reading.entries(map.node("tables"), "`tables`", look_up_table),
        operations: reading.entries(map.node("operations"), "`operations`", operation),
        every_endpoint: map.get("every_endpoint").map_or_else(
            || empty_endpoint(place),
            |entry| endpoint(reading, &Text { text: "every_endpoint".into(), place: entry.key_place }, &entry.node),
        ),
        endpoints: reading.entries(map.node("endpoints"), "`endpoints`", |r, name, node| Some(endpoint(r, name, node))),
        payloads: reading.entries(map.node("payloads"), "`payloads`", |reading, name, node| {
            Some(members(reading, node, &format!("`{}`", name.text)))
        }),
        unions: reading.entries(map.node("unions"), "`unions`", union),
        enums: reading.entries(map.node("enums"), "`enums`", enum_members),
        says: reading.texts_by_key(map, "says"),
        errors: reading
            .entries(map.node("errors"), "`errors`", |reading, name, node| Some(row(reading, name.place, node))),
        every_error: map.get("every_error").map(|entry| every_error(reading, entry)),
        messages: reading.entries(map.node("messages"), "`messages`", |reading, language, node| {
            Some(reading.entries(Some(node), &language.text, |r, key, node| r.text(node, &format!("`{}`", key.text))))
        }),
        examples: examples(reading, map),
        values: reading.entries(values, "`values`", |_, _, node| Some(node.clone())),
    }
}

/// What rows have in common: none of what one row alone can say.
fn every_error(reading: &mut Reading, entry: &Entry) -> Row {
    let mut node = entry.node.clone();
    if let Value::Map(map) = &mut node.value {
        let (own, shared) =
            std::mem::take(&mut map.entries).into_iter().partition(|entry| OF_ONE_ROW.contains(&&*entry.key));
        map.entries = shared;
        for entry in own {
            let key = &entry.key;
            let help = format!(
                "say `{key}` at an error under `errors:`; this has `status`, `says`, `because` and columns, for rows that do not"
            );
            let text = format!("`every_error` has no key `{key}`");
            reading.diagnostics.push(Diagnostic::new("unknown-key", entry.key_place, text).help(help));
        }
    }
    row(reading, entry.key_place, &node)
}

fn key_of(entry: &Entry) -> Text {
    Text { text: entry.key.clone(), place: entry.key_place }
}

pub(super) fn callers(reading: &mut Reading, map: &Map) -> Option<(Callers, Place)> {
    let entry = map.get("callers")?;
    let callers = match &entry.node.value {
        Value::Text(word) if word == "bearer" => Callers::Bearer,
        Value::Text(word) => Callers::Later(word.clone()),
        Value::Map(map) => {
            reading.known(map, Section::Callers);
            match (reading.text_at(map, "none"), reading.text_at(map, "basic"), reading.text_at(map, "session")) {
                (Some(reason), _, _) => Callers::None(reason),
                (None, Some(realm), _) => Callers::Basic(realm),
                (None, None, Some(kind)) => Callers::Session(kind),
                (None, None, None) => {
                    Callers::Later(map.entries.first().map(|entry| entry.key.clone()).unwrap_or_default())
                }
            }
        }
        Value::Null => return None,
        _ => {
            reading.wrong_kind(&entry.node, "`callers`", "a map or a word");
            return None;
        }
    };
    Some((callers, entry.key_place))
}

fn wire(reading: &mut Reading, node: &Node) -> Wire {
    let Some(map) = reading.map(node, "`wire`") else { return Wire::default() };
    reading.known(map, Section::Wire);
    let is = |word: Option<Text>, wanted: &str| word.is_some_and(|word| word.text == wanted);
    Wire {
        reject_unknown_fields: is(reading.word_at(map, "unknown_fields", &["ignore", "reject"]), "reject"),
        omit_nulls: is(reading.word_at(map, "nulls", &["send", "omit"]), "omit"),
        text_accepts: kinds(reading, map, "text_accepts"),
        decimal_accepts: kinds(reading, map, "decimal_accepts"),
        length_utf16: is(reading.word_at(map, "length", &["chars", "utf16"]), "utf16"),
        times: reading.text_at(map, "times"),
        phones_digits: is(reading.word_at(map, "phones", &["international", "digits"]), "digits"),
        body_limit: size(reading, map),
        any_case_fields: is(reading.word_at(map, "field_names", &["exact", "any_case"]), "any_case"),
        any_case_enums: is(reading.word_at(map, "enum_names", &["exact", "any_case"]), "any_case"),
        empty_body: is(reading.word_at(map, "empty_body", &["refused", "allowed"]), "allowed"),
    }
}

fn kinds(reading: &mut Reading, map: &Map, key: &str) -> Vec<Text> {
    let all = reading.list(map.node(key), &format!("`{key}`"));
    for kind in all.iter().filter(|kind| !["number", "boolean", "text"].contains(&kind.text.as_str())) {
        let text = format!("`{}` is no kind of JSON value that `{key}` knows", kind.text);
        reading.wrong_value(kind.place, text, "it knows number, boolean, text");
    }
    all
}

/// `64KiB`, `1MiB`
fn size(reading: &mut Reading, map: &Map) -> Option<u64> {
    let node = map.node("body_limit")?;
    let text = match &node.value {
        Value::Number(number) => number.to_string(),
        _ => reading.text_at(map, "body_limit")?.text,
    };
    let bytes = units::bytes(&text);
    if bytes.is_none() {
        let message = format!("`{text}` is no size from 1KiB to 16MiB");
        reading.wrong_value(node.place, message, units::size_help(&text));
    }
    bytes
}

fn validation(reading: &mut Reading, node: &Node) -> Validation {
    let Some(map) = reading.map(node, "`validation`") else { return Validation::default() };
    reading.known(map, Section::Validation);
    let codes = map.node("codes").and_then(|node| reading.map(node, "`codes`")).cloned().unwrap_or_default();
    reading.known(&codes, Section::Codes);
    Validation {
        blank_is_empty: reading.word_at(map, "blank", &["empty", "text"]).is_some_and(|word| word.text == "empty"),
        says: reading.texts_by_key(map, "says"),
        words: reading.texts_by_key(map, "words"),
        field_codes: reading.list(codes.node("field"), "`field`"),
        body_codes: reading.list(codes.node("body"), "`body`"),
        types: reading.texts_by_key(map, "types"),
    }
}

fn own_meaning(reading: &mut Reading, name: &Text, node: &Node) -> Option<OwnMeaning> {
    let map = reading.map(node, &format!("`{}`", name.text))?;
    reading.known(map, Section::Meaning);
    let shorten = reading.boolean_at(map, "shorten").unwrap_or_default();
    let shorten = map.node("shorten").filter(|_| shorten).map(|node| node.place);
    meaning_type(reading, map).map(|ty| {
        let bare = ty.text.strip_prefix("optional ").map(|bare| Text { text: bare.trim().to_owned(), place: ty.place });
        OwnMeaning { optional: bare.is_some(), ty: bare.unwrap_or(ty), shorten }
    })
}

fn meaning_type(reading: &mut Reading, map: &Map) -> Option<Text> {
    match map.node("as").map(|node| (&node.value, node.place)) {
        Some((Value::List(items), place)) => {
            let inner = items.first().and_then(Node::as_text)?;
            Some(Text { text: format!("[{inner}]"), place })
        }
        _ => reading.text_at(map, "as"),
    }
}

fn own_behaviour(reading: &mut Reading, name: &Text, node: &Node) -> Option<OwnBehaviour> {
    let map = reading.entry(name, node, Section::Behaviour)?;
    Some(OwnBehaviour {
        place: name.place,
        needs: reading.names(map, "needs"),
        expects: reading.names(map, "expects"),
        takes: reading.names(map, "takes"),
        gives: reading.names(map, "gives"),
        outcome: reading.names(map, "outcome"),
        refuses: reading.names(map, "refuses"),
        fails: reading.names(map, "fails"),
    })
}

fn otp(reading: &mut Reading, name: &Text, node: &Node) -> Option<Otp> {
    let map = reading.entry(name, node, Section::Otp)?;
    let small = |number: (u64, Place)| (u32::try_from(number.0).unwrap_or(u32::MAX), number.1);
    Some(Otp {
        place: name.place,
        alphabet: reading.word_at(map, "alphabet", &["digits", "base32"]),
        digits: reading.integer_at(map, "digits", 0..=1_000_000).map(small),
        life: reading.duration_at(map, "life"),
        attempts: reading.integer_at(map, "attempts", 0..=1_000_000).map(small),
        text: reading.text_at(map, "text"),
        one_per: reading.names(map, "one_per"),
        find_by: reading.names(map, "find_by"),
        binds: reading.names(map, "binds"),
        keeps: reading.names(map, "keeps"),
        id_life: reading.duration_at(map, "id_life"),
        id: reading.word_at(map, "id", &["uuid", "token", "code"]),
        per_phone: reading.text_at(map, "per_phone"),
        words: reading.word_at(map, "words", &["from_caller"]),
        code_mark: reading.text_at(map, "code_mark"),
    })
}

fn session_kind(reading: &mut Reading, name: &Text, node: &Node) -> Option<SessionKind> {
    let map = reading.entry(name, node, Section::Session)?;
    Some(SessionKind { place: name.place, idle: reading.duration_at(map, "idle"), binds: reading.names(map, "binds") })
}

fn look_up_table(reading: &mut Reading, name: &Text, node: &Node) -> Option<LookUpTable> {
    let map = reading.entry(name, node, Section::Table)?;
    Some(LookUpTable {
        place: name.place,
        key: reading.names(map, "key"),
        gives: reading.names(map, "gives"),
        optional: reading.boolean_at(map, "optional").unwrap_or_default(),
    })
}

fn operation(reading: &mut Reading, name: &Text, node: &Node) -> Option<Operation> {
    let map = reading.entry(name, node, Section::Operation)?;
    Some(Operation {
        place: name.place,
        like: reading.text_at(map, "like"),
        needs: map.node("needs").map(|_| reading.names(map, "needs")),
        sms: reading.text_at(map, "sms"),
        accounts: reading.text_at(map, "accounts"),
        consent: map.node("consent").and_then(|node| consent(reading, node)),
        silent: reading.word_at(map, "unknown_user", &["silent", "error"]).map(|word| word.text == "silent"),
    })
}

fn consent(reading: &mut Reading, node: &Node) -> Option<Consent> {
    let map = reading.map(node, "`consent`")?;
    reading.known(map, Section::Consent);
    let options = reading.entries(map.node("options"), "`options`", |reading, name, node| {
        let map = reading.map(node, &format!("`{}`", name.text))?;
        reading.known(map, Section::ConsentOption);
        let html = reading.text_at(map, "html");
        if html.is_none() {
            reading.wrong_value(
                name.place,
                format!("the option `{}` has no text", name.text),
                "add `html: <message key>`",
            );
        }
        Some((html?, reading.boolean_at(map, "required").unwrap_or_default()))
    });
    let html = reading.text_at(map, "html");
    if html.is_none() {
        reading.wrong_value(node.place, "the consent form has no text".to_owned(), "add `html: <message key>`");
    }
    Some(Consent { html: html?, options })
}
