//! Endpoints, rows of the error table and examples as written.

use super::document::callers;
use super::read::Reading;
use super::{Discriminator, Endpoint, Entries, Example, Row, RowSays, Text};
use crate::language::keys::{self, Section};
use crate::source::Place;
use crate::yaml::{Map, Node, Value};

pub fn empty_endpoint(place: Place) -> Endpoint {
    Endpoint {
        place,
        about: None,
        route: None,
        does: Vec::new(),
        does_place: place,
        errors: Entries::default(),
        errors_place: place,
        apart: Vec::new(),
        without: Vec::new(),
        success: None,
        success_by: Vec::new(),
        request: None,
        response: None,
        envelope: None,
        when: None,
        callers: None,
    }
}

pub fn endpoint(reading: &mut Reading, name: &Text, node: &Node) -> Endpoint {
    let mut made = empty_endpoint(name.place);
    let section = if name.text == "every_endpoint" { Section::EveryEndpoint } else { Section::Endpoint };
    let Some(map) = reading.entry(name, node, section) else { return made };
    let place_of = |key: &str| map.get(key).map_or(name.place, |entry| entry.key_place);
    made.about = reading.text_at(map, "about");
    made.route = reading.text_at(map, "route");
    made.does = map.node("does").map(|node| does(reading, node)).unwrap_or_default();
    made.does_place = place_of("does");
    made.errors = reading.entries(map.node("errors"), "`errors`", |reading, code, node| {
        let map = reading.map(node, &format!("`{}`", code.text))?;
        reading.known(map, Section::EndpointError);
        Some(reading.names(map, "for"))
    });
    made.errors_place = place_of("errors");
    made.without = reading.names(map, "without");
    made.apart = reading.names(map, "apart");
    (made.success, made.success_by) = success(reading, map);
    made.request = reading.text_at(map, "request");
    made.response = reading.text_at(map, "response");
    made.envelope = reading.text_at(map, "envelope");
    made.when = map.get("when").and_then(|entry| Some((when(reading, &entry.node)?, entry.key_place)));
    made.callers = callers(reading, map);
    made
}

/// The usual status, and those by outcome.
type Successes = (Option<(u16, Place)>, Vec<(Text, u16)>);

/// One status, or one for each outcome; that of what passed is the usual one.
fn success(reading: &mut Reading, map: &Map) -> Successes {
    let status = |(status, place): (u64, Place)| (u16::try_from(status).unwrap_or(200), place);
    let Some(Node { value: Value::Map(by), place }) = map.node("success") else {
        return (reading.integer_at(map, "success", 200..=299).map(status), Vec::new());
    };
    let mut all = Vec::new();
    for entry in &by.entries {
        let outcome = Text { text: entry.key.clone(), place: entry.key_place };
        let status = reading.integer_at(by, &entry.key, 200..=599).map(status);
        all.extend(status.map(|(status, _)| (outcome, status)));
    }
    let usual = all.iter().find(|(outcome, _)| outcome.text == "passed").map_or(200, |(_, status)| *status);
    (Some((usual, *place)), all)
}

/// `{ field: value }`, or a list of fields of which one is there.
fn when(reading: &mut Reading, node: &Node) -> Option<Discriminator> {
    match &node.value {
        Value::Map(map) => match map.entries.as_slice() {
            [only] => {
                let field = Text { text: only.key.clone(), place: only.key_place };
                Some(Discriminator::Is(field, reading.text(&only.node, "a value")?))
            }
            _ => {
                reading.wrong_value(node.place, "`when` asks one field for its value".to_owned(), "name one field");
                None
            }
        },
        _ => {
            Some(Discriminator::Has(reading.list(Some(node), "`when`"))).filter(|_| !matches!(node.value, Value::Null))
        }
    }
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
                let options = match &entry.node.value {
                    Value::Number(number) => vec![Text { text: number.to_string(), place: entry.node.place }],
                    _ => reading.list(Some(&entry.node), "an option"),
                };
                all.extend(options.into_iter().map(|option| (name.clone(), Some(option))));
            }
            all
        }
        _ => reading.text(node, "a behaviour").map(|name| (name, None)).into_iter().collect(),
    }
}

pub fn row(reading: &mut Reading, place: Place, node: &Node) -> Row {
    let empty = Map::default();
    let map = reading.map(node, "an error").unwrap_or(&empty);
    let says = match map.node("says") {
        Some(Node { value: Value::List(_), .. }) => {
            Some(RowSays::FirstOf(reading.list(map.node("says"), "a line of keys")))
        }
        _ => reading.text_at(map, "says").map(RowSays::One),
    };
    let own = keys::of(Section::Row);
    let columns = map.entries.iter().filter(|entry| !own.contains(&entry.key.as_str()));
    let columns = columns.filter_map(|entry| {
        let key = Text { text: entry.key.clone(), place: entry.key_place };
        reading.text(&entry.node, &format!("the column `{}`", entry.key)).map(|value| (key, value))
    });
    let columns = Entries::new(columns.collect());
    Row {
        place,
        status: reading
            .integer_at(map, "status", 200..=599)
            .map(|(status, at)| (u16::try_from(status).unwrap_or(500), at)),
        code: reading.text_at(map, "code"),
        faults: reading.names(map, "for"),
        says,
        payload: reading.text_at(map, "as"),
        because: reading.text_at(map, "because"),
        columns,
    }
}

pub fn examples(reading: &mut Reading, map: &Map) -> Entries<Entries<Vec<Example>>> {
    reading.entries(map.node("examples"), "`examples`", |reading, file, node| {
        if file.text == "values" {
            return None;
        }
        Some(reading.entries(Some(node), &file.text, |reading, title, node| match &node.value {
            Value::List(calls) => Some(calls.iter().filter_map(|call| example(reading, title, call)).collect()),
            _ => Some(example(reading, title, node).into_iter().collect()),
        }))
    })
}

fn example(reading: &mut Reading, title: &Text, node: &Node) -> Option<Example> {
    let map = reading.map(node, &format!("`{}`", title.text))?;
    reading.known(map, Section::Example);
    let place = if node.place.start == 0 { title.place } else { node.place };
    Some(Example {
        place: map.get("endpoint").map_or(place, |entry| entry.key_place),
        endpoint: reading.text_at(map, "endpoint"),
        route: reading.text_at(map, "route"),
        given: map.node("given").cloned(),
        sent_as: reading.text_at(map, "sent_as"),
        request: map.node("request").cloned(),
        response: map.node("response").cloned(),
        error: map.node("error").cloned(),
        sms: reading.text_at(map, "sms"),
    })
}
