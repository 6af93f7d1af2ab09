//! The top level of a definition, and everything under it that is no payload.

use super::fields::{enum_members, envelope, members, union};
use super::read::Reading;
use super::{
    Callers, Consent, Definition, Endpoint, Entries, Example, Operation, Otp, OwnBehaviour, Row, RowSays, Text,
    Validation, Wire,
};
use crate::diagnostic::Diagnostic;
use crate::source::Place;
use crate::yaml::{Map, Node, Value};

const TOP: [&str; 29] = [
    "adapter", "title", "version", "base", "extends", "callers", "wire", "envelope", "envelopes", "validation", "settings",
    "otps", "sessions", "operations", "tables", "meanings", "behaviours", "endpoints", "every_endpoint", "payloads",
    "unions", "enums", "says", "errors", "every_error", "messages", "examples", "acknowledge_weak_questions", "about",
];

/// Reads a merged document. Mistakes are collected; what could be read is given.
pub fn definition(document: &Node) -> (Definition, Vec<Diagnostic>) {
    let mut reading = Reading::default();
    let empty = Map::default();
    let map = document.as_map().unwrap_or(&empty);
    reading.known(map, &TOP, "a definition");
    let made = top(&mut reading, map, document.place);
    (made, reading.wrong)
}

fn top(reading: &mut Reading, map: &Map, place: Place) -> Definition {
    let values = map.node("examples").and_then(Node::as_map).and_then(|files| files.node("values"));
    Definition {
        place,
        adapter: reading.text_at(map, "adapter"),
        title: reading.text_at(map, "title"),
        version: reading.text_at(map, "version"),
        base: reading.text_at(map, "base"),
        callers: callers(reading, map),
        wire: map.node("wire").map(|node| wire(reading, node)).unwrap_or_default(),
        envelope: map.node("envelope").map(|node| envelope(reading, node)).unwrap_or_default(),
        envelopes: reading.entries(map.node("envelopes"), "`envelopes`", |reading, _, node| Some(envelope(reading, node))),
        validation: map.node("validation").map(|node| validation(reading, node)).unwrap_or_default(),
        settings: reading.entries(map.node("settings"), "`settings`", |_, _, node| Some(node.clone())),
        meanings: reading.entries(map.node("meanings"), "`meanings`", own_meaning),
        behaviours: reading.entries(map.node("behaviours"), "`behaviours`", own_behaviour),
        otps: reading.entries(map.node("otps"), "`otps`", otp),
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
        errors: reading.entries(map.node("errors"), "`errors`", |reading, name, node| Some(row(reading, name.place, node))),
        every_error: map.get("every_error").map(|entry| row(reading, entry.key_place, &entry.node)),
        messages: reading.entries(map.node("messages"), "`messages`", |reading, language, node| {
            Some(reading.entries(Some(node), &language.text, |r, key, node| r.text(node, &format!("`{}`", key.text))))
        }),
        examples: examples(reading, map),
        values: reading.entries(values, "`values`", |_, _, node| Some(node.clone())),
        later: later(map),
    }
}

/// Keys that the language has and this version does not serve.
fn later(map: &Map) -> Vec<Text> {
    let mut found = Vec::new();
    let mut look = |map: &Map, keys: &[&str]| {
        for entry in map.entries.iter().filter(|entry| keys.contains(&entry.key.as_str())) {
            found.push(Text { text: entry.key.clone(), place: entry.key_place });
        }
    };
    look(map, &["sessions", "tables", "envelopes", "acknowledge_weak_questions"]);
    if let Some(wire) = map.node("wire").and_then(Node::as_map) {
        look(wire, &["field_names", "enum_names", "empty_body"]);
    }
    for section in ["otps", "errors", "endpoints"] {
        let inside = map.node(section).and_then(Node::as_map).map(|map| map.entries.as_slice()).unwrap_or_default();
        for entry in inside.iter().filter_map(|entry| entry.node.as_map()) {
            look(entry, if section == "otps" { &["per_phone"] } else if section == "errors" { &["as"] } else { &["when", "envelope", "callers"] });
        }
    }
    found
}

fn callers(reading: &mut Reading, map: &Map) -> Option<(Callers, Place)> {
    let entry = map.get("callers")?;
    let said = match &entry.node.value {
        Value::Text(word) => Callers::Later(word.clone()),
        Value::Map(map) => {
            reading.known(map, &["none", "basic", "session"], "`callers`");
            match reading.text_at(map, "none") {
                Some(reason) => Callers::None(reason),
                None => Callers::Later(map.entries.first().map(|entry| entry.key.clone()).unwrap_or_default()),
            }
        }
        _ => {
            reading.wrong_kind(&entry.node, "`callers`", "a map or a word");
            return None;
        }
    };
    Some((said, entry.key_place))
}

fn wire(reading: &mut Reading, node: &Node) -> Wire {
    let Some(map) = reading.map(node, "`wire`") else { return Wire::default() };
    let keys = [
        "unknown_fields", "field_names", "enum_names", "nulls", "text_accepts", "decimal_accepts", "length", "times",
        "empty_body", "body_limit",
    ];
    reading.known(map, &keys, "`wire`");
    let is = |word: Option<Text>, wanted: &str| word.is_some_and(|word| word.text == wanted);
    Wire {
        reject_unknown_fields: is(reading.word_at(map, "unknown_fields", &["ignore", "reject"]), "reject"),
        omit_nulls: is(reading.word_at(map, "nulls", &["send", "omit"]), "omit"),
        text_accepts: kinds(reading, map, "text_accepts"),
        decimal_accepts: kinds(reading, map, "decimal_accepts"),
        length_utf16: is(reading.word_at(map, "length", &["chars", "utf16"]), "utf16"),
        times: reading.text_at(map, "times"),
        body_limit: size(reading, map),
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
    let text = reading.text_at(map, "body_limit")?;
    let unit = |suffix: &str, factor: u64| text.text.strip_suffix(suffix)?.trim().parse::<u64>().ok()?.checked_mul(factor);
    let bytes = unit("KiB", 1024).or_else(|| unit("MiB", 1024 * 1024)).filter(|bytes| (1024..=16 * 1024 * 1024).contains(bytes));
    if bytes.is_none() {
        let said = format!("`{}` is no size from 1KiB to 16MiB", text.text);
        reading.wrong_value(text.place, said, "write a number and KiB or MiB, such as `64KiB`");
    }
    bytes
}

fn validation(reading: &mut Reading, node: &Node) -> Validation {
    let Some(map) = reading.map(node, "`validation`") else { return Validation::default() };
    reading.known(map, &["blank", "says", "words", "codes", "types"], "`validation`");
    let codes = map.node("codes").and_then(|node| reading.map(node, "`codes`")).cloned().unwrap_or_default();
    reading.known(&codes, &["field", "body"], "`codes`");
    Validation {
        blank_is_empty: reading.word_at(map, "blank", &["empty", "text"]).is_some_and(|word| word.text == "empty"),
        says: reading.texts_by_key(map, "says"),
        words: reading.texts_by_key(map, "words"),
        field_codes: reading.list(codes.node("field"), "`field`"),
        body_codes: reading.list(codes.node("body"), "`body`"),
        types: reading.texts_by_key(map, "types"),
    }
}

fn own_meaning(reading: &mut Reading, name: &Text, node: &Node) -> Option<Text> {
    let map = reading.map(node, &format!("`{}`", name.text))?;
    reading.known(map, &["as"], "a meaning");
    match map.node("as").map(|node| (&node.value, node.place)) {
        Some((Value::List(items), place)) => {
            let inner = items.first().and_then(Node::as_text)?;
            Some(Text { text: format!("[{inner}]"), place })
        }
        _ => reading.text_at(map, "as"),
    }
}

fn own_behaviour(reading: &mut Reading, name: &Text, node: &Node) -> Option<OwnBehaviour> {
    let map = reading.map(node, &format!("`{}`", name.text))?;
    reading.known(map, &["needs", "expects", "takes", "gives", "fails"], "a behaviour");
    Some(OwnBehaviour {
        place: name.place,
        needs: reading.names(map, "needs"),
        expects: reading.names(map, "expects"),
        takes: reading.names(map, "takes"),
        gives: reading.names(map, "gives"),
        fails: reading.names(map, "fails"),
    })
}

fn otp(reading: &mut Reading, name: &Text, node: &Node) -> Option<Otp> {
    let map = reading.map(node, &format!("`{}`", name.text))?;
    let keys = ["alphabet", "digits", "life", "attempts", "text", "per_phone", "one_per", "binds", "keeps", "keep"];
    reading.known(map, &keys, "a kind of code");
    let small = |number: (u64, Place)| (u32::try_from(number.0).unwrap_or(u32::MAX), number.1);
    Some(Otp {
        place: name.place,
        alphabet: reading.word_at(map, "alphabet", &["digits", "base32"]),
        digits: reading.integer_at(map, "digits", 0..=1_000_000).map(small),
        life: reading.duration_at(map, "life"),
        attempts: reading.integer_at(map, "attempts", 0..=1_000_000).map(small),
        text: reading.text_at(map, "text"),
        one_per: reading.names(map, "one_per"),
        binds: reading.names(map, "binds"),
        keeps: reading.names(map, "keeps"),
        keep: reading.duration_at(map, "keep"),
    })
}

fn operation(reading: &mut Reading, name: &Text, node: &Node) -> Option<Operation> {
    let map = reading.map(node, &format!("`{}`", name.text))?;
    reading.known(map, &["like", "needs", "sms", "accounts", "consent", "unknown_user"], "an operation");
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
    reading.known(map, &["html", "options"], "a consent");
    let options = reading.entries(map.node("options"), "`options`", |reading, name, node| {
        let map = reading.map(node, &format!("`{}`", name.text))?;
        reading.known(map, &["html", "required"], "an option");
        let html = reading.text_at(map, "html");
        if html.is_none() {
            reading.wrong_value(name.place, format!("the option `{}` has no text", name.text), "add `html: <message key>`");
        }
        Some((html?, reading.boolean_at(map, "required").unwrap_or_default()))
    });
    let html = reading.text_at(map, "html");
    if html.is_none() {
        reading.wrong_value(node.place, "the consent form has no text".to_owned(), "add `html: <message key>`");
    }
    Some(Consent { html: html?, options })
}

fn empty_endpoint(place: Place) -> Endpoint {
    Endpoint {
        place,
        about: None,
        route: None,
        does: Vec::new(),
        does_place: place,
        errors: Entries::default(),
        errors_place: place,
        without: Vec::new(),
        success: None,
        request: None,
        response: None,
        envelope: None,
        when: None,
        callers: None,
    }
}

fn endpoint(reading: &mut Reading, name: &Text, node: &Node) -> Endpoint {
    let mut made = empty_endpoint(name.place);
    let Some(map) = reading.map(node, &format!("`{}`", name.text)) else { return made };
    if name.text == "every_endpoint" {
        reading.known(map, &["does", "errors", "without"], "`every_endpoint`");
    } else {
        let keys = ["about", "route", "does", "errors", "without", "when", "success", "request", "response", "envelope", "callers"];
        reading.known(map, &keys, "an endpoint");
    }
    let place_of = |key: &str| map.get(key).map_or(name.place, |entry| entry.key_place);
    made.about = reading.text_at(map, "about");
    made.route = reading.text_at(map, "route");
    made.does = map.node("does").map(|node| does(reading, node)).unwrap_or_default();
    made.does_place = place_of("does");
    made.errors = reading.entries(map.node("errors"), "`errors`", |reading, code, node| {
        let map = reading.map(node, &format!("`{}`", code.text))?;
        reading.known(map, &["for"], "an error of an endpoint");
        Some(reading.names(map, "for"))
    });
    made.errors_place = place_of("errors");
    made.without = reading.names(map, "without");
    made.success = reading.integer_at(map, "success", 200..=299).map(|(status, place)| (u16::try_from(status).unwrap_or(200), place));
    made.request = reading.text_at(map, "request");
    made.response = reading.text_at(map, "response");
    made.envelope = reading.text_at(map, "envelope");
    made.when = map.get("when").map(|entry| entry.key_place);
    made.callers = callers(reading, map);
    made
}

/// A behaviour, or a list of them; `behaviour: option` sets its option, `behaviour: [a, b]` does it twice.
fn does(reading: &mut Reading, node: &Node) -> Vec<(Text, Option<Text>)> {
    match &node.value {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().flat_map(|item| does(reading, item)).collect(),
        Value::Map(map) => {
            let mut all = Vec::new();
            for entry in &map.entries {
                let name = Text { text: entry.key.clone(), place: entry.key_place };
                let options = reading.list(Some(&entry.node), "an option");
                all.extend(options.into_iter().map(|option| (name.clone(), Some(option))));
            }
            all
        }
        _ => reading.text(node, "a behaviour").map(|name| (name, None)).into_iter().collect(),
    }
}

fn row(reading: &mut Reading, place: Place, node: &Node) -> Row {
    let empty = Map::default();
    let map = reading.map(node, "an error").unwrap_or(&empty);
    let says = match map.node("says") {
        Some(Node { value: Value::List(_), .. }) => Some(RowSays::FirstOf(reading.list(map.node("says"), "a line of keys"))),
        _ => reading.text_at(map, "says").map(RowSays::One),
    };
    let own = ["status", "for", "says", "code", "as"];
    let columns = map.entries.iter().filter(|entry| !own.contains(&entry.key.as_str()));
    let columns = columns.filter_map(|entry| {
        let key = Text { text: entry.key.clone(), place: entry.key_place };
        reading.text(&entry.node, &format!("the column `{}`", entry.key)).map(|value| (key, value))
    });
    let columns = Entries(columns.collect());
    Row {
        place,
        status: reading.integer_at(map, "status", 200..=599).map(|(status, at)| (u16::try_from(status).unwrap_or(500), at)),
        code: reading.text_at(map, "code"),
        faults: reading.names(map, "for"),
        says,
        payload: reading.text_at(map, "as"),
        columns,
    }
}

fn examples(reading: &mut Reading, map: &Map) -> Entries<Entries<Vec<Example>>> {
    let all = reading.entries(map.node("examples"), "`examples`", |reading, file, node| {
        if file.text == "values" {
            return None;
        }
        Some(reading.entries(Some(node), &file.text, |reading, title, node| match &node.value {
            Value::List(calls) => Some(calls.iter().filter_map(|call| example(reading, title, call)).collect()),
            _ => Some(example(reading, title, node).into_iter().collect()),
        }))
    });
    all
}

fn example(reading: &mut Reading, title: &Text, node: &Node) -> Option<Example> {
    let map = reading.map(node, &format!("`{}`", title.text))?;
    reading.known(map, &["endpoint", "given", "request", "response", "error", "sms"], "an example");
    let place = if node.place.start == 0 { title.place } else { node.place };
    Some(Example {
        place: map.get("endpoint").map_or(place, |entry| entry.key_place),
        endpoint: reading.text_at(map, "endpoint"),
        request: map.node("request").cloned(),
        response: map.node("response").cloned(),
        error: map.node("error").cloned(),
        sms: reading.text_at(map, "sms"),
    })
}
