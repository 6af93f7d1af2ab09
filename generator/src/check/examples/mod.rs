//! Examples: each calls an endpoint that is there, with bodies that fit its payloads and keep their rules.

mod paste;
mod values;

pub(in crate::check) use values::{broken, countries, text_keeps};

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::unmatched_calls::check_unmatched_call;
use crate::derive::{Derived, outside};
use crate::diagnostic::Diagnostic;
use crate::model::Type;
use crate::naming::near;
use crate::raw::{EnvelopePart, Example, Member, Row, Text, TypeName};
use crate::report::Report;
use crate::resolve::members::{parts, request_name, response_name};
use crate::resolve::rules::is_required;
use crate::resolve::{Field, Resolved, suggest_or};
use crate::source::Place;
use crate::yaml::{Node, Value};
use paste::{Example as At, Missing};

/// Whether a body is that of a request or of a response.
#[derive(Clone, Copy, PartialEq)]
enum BodyKind {
    /// In; a request whose answer is an error may be wrong.
    Request {
        may_be_wrong: bool,
    },
    Response,
}

/// A way in which bodies do not fit, and the examples whose bodies do not.
struct Unfit {
    part: &'static str,
    why: Why,
    places: Vec<(At, Place)>,
}

/// Why a body does not fit: in words, and what it lacks if that is it.
#[derive(Clone, PartialEq)]
struct Why {
    words: String,
    missing: Option<Missing>,
}

impl From<String> for Why {
    fn from(words: String) -> Why {
        Why { words, missing: None }
    }
}

pub(super) fn check_examples(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let definition = of.raw;
    let mut unfit: Vec<Unfit> = Vec::new();
    // What an endpoint ends with may follow from another mistake.
    let derived = if report.is_good() { derived } else { &[] };
    for (file, examples) in definition.examples.iter() {
        for (title, calls) in examples.iter() {
            let at = At { file: file.text.clone(), title: title.text.clone(), in_list: calls.len() > 1 };
            let mut known: BTreeSet<String> = definition.values.names().map(str::to_owned).collect();
            for call in calls {
                check_call(of, (title, &at), call, &mut known, &mut unfit, report);
                check_answered(of, derived, (title, call), report);
            }
        }
    }
    for Unfit { part, why, places } in unfit {
        let Some(((at, place), others)) = places.split_first() else { continue };
        let more = if others.is_empty() { String::new() } else { format!(" (and of {} more)", others.len()) };
        let text = format!("the {part} of `{}`{more} does not fit: {}", at.title, why.words);
        let diagnostic =
            others.iter().fold(Diagnostic::new("wrong-example", *place, text), |diagnostic, (at, place)| {
                diagnostic.also(*place, format!("and of `{}`", at.title))
            });
        let all: Vec<At> = places.iter().map(|(at, _)| at.clone()).collect();
        let paste = why.missing.as_ref().and_then(|missing| paste::help(part, &all, missing));
        let plain = format!("change it at `examples: {}: {}: {part}:`, or the payload", at.file, at.title);
        report.push(diagnostic.help(paste.unwrap_or(plain)));
    }
}

fn check_call(
    of: &Resolved<'_>,
    (title, at): (&Text, &At),
    call: &Example,
    known: &mut BTreeSet<String>,
    unfit: &mut Vec<Unfit>,
    report: &mut Report,
) {
    if let (None, Some(route)) = (&call.endpoint, &call.route) {
        check_unmatched_call(of, title, route, call, report);
        return;
    }
    let Some(name) = &call.endpoint else {
        report.push_new(
            "unknown-endpoint",
            call.place,
            format!("`{}` names no endpoint", title.text),
            "add `endpoint: <name>`, or `route: <method> <path>` for a call that none takes",
        );
        return;
    };
    let Some(endpoint) = of.raw.endpoints.get(&name.text) else {
        let text = format!("`{}` calls `{}`, and there is no such endpoint", title.text, name.text);
        report.push_new(
            "unknown-endpoint",
            name.place,
            text,
            suggest_or(&name.text, of.raw.endpoints.names(), "name an endpoint of this definition"),
        );
        return;
    };
    for node in [&call.request, &call.response, &call.error].into_iter().flatten() {
        check_inserted(title, node, known, report);
    }
    let (request, response) = (request_name(name, endpoint), response_name(name, endpoint));
    let failure = failure_payload(of, parts(of.raw, endpoint).failure);
    let body_kind = BodyKind::Request { may_be_wrong: call.error.is_some() };
    let bodies = [
        (&call.request, Some(request), body_kind, "request"),
        (&call.response, Some(response), BodyKind::Response, "response"),
        (&call.error, failure, BodyKind::Response, "error"),
    ];
    for (node, payload, body_kind, part) in bodies {
        let (Some(node), Some(payload)) = (node, payload) else { continue };
        for why in wrong_in_body(of, name, (node, &payload, part), body_kind) {
            let place = (at.clone(), if node.place.start == 0 { call.place } else { node.place });
            match unfit.iter_mut().find(|one| one.part == part && one.why == why) {
                Some(one) => one.places.push(place),
                None => unfit.push(Unfit { part, why, places: vec![place] }),
            }
        }
    }
    if let Some(error) = call.error.as_ref().map(|node| inserted(of, node)) {
        check_error(of, title, &name.text, call, &error, report);
    }
}

/// Why a body does not fit its payload.
fn wrong_in_body(
    of: &Resolved<'_>,
    endpoint: &Text,
    (node, payload, part): (&Node, &str, &str),
    body_kind: BodyKind,
) -> Vec<Why> {
    let mut wrong = Vec::new();
    let body = inserted(of, node);
    if part == "error" && body.is_string() {
        return wrong;
    }
    if of.payload_id(payload).is_some() {
        fit_fields(of, of.fields(payload), &body, "", body_kind, &mut wrong);
    } else if body.as_object().is_some_and(|body| !body.is_empty()) {
        wrong.push(format!("`{}` has no {part}", endpoint.text).into());
    }
    wrong
}

/// The code that the body of an error shows; the code itself may stand in place of the body.
pub(super) fn code_of(of: &Resolved<'_>, error: &Json) -> Option<String> {
    if let Json::String(code) = error {
        return Some(code.clone());
    }
    let usual = of.raw.envelope.failure.as_ref();
    let shown = failure_payload(of, usual).map_or(&[][..], |payload| of.fields(&payload));
    let is_code = |field: &&Field<'_>| field.meaning.is_some_and(|id| of.meaning(id).name == "error.code");
    shown
        .iter()
        .find(is_code)
        .and_then(|field| error.get(&field.raw.name.text))
        .and_then(Json::as_str)
        .map(str::to_owned)
}

/// The code of an error is one that the endpoint declares.
fn check_error(of: &Resolved<'_>, title: &Text, endpoint: &str, call: &Example, error: &Json, report: &mut Report) {
    let Some(code) = code_of(of, error) else { return };
    let Some(declaring) = of.raw.endpoints.get(endpoint) else { return };
    let names = declaring.errors.names().chain(of.raw.every_endpoint.errors.names());
    let mut codes: Vec<String> = names
        .map(|name| {
            let row = of.raw.errors.get(name).and_then(|row| row.code.as_ref());
            row.map_or(name.to_owned(), |code| code.text.clone())
        })
        .collect();
    let mut seen = BTreeSet::new();
    codes.retain(|code| seen.insert(code.clone()));
    if !codes.contains(&code) && !code.starts_with('<') {
        let text = format!("the error of `{}` is `{code}`, and `{endpoint}` declares no such error", title.text);
        let help = near(&code, codes.iter().map(String::as_str))
            .map_or(format!("it declares: {}", codes.join(", ")), |near| format!("did you mean `{near}`?"));
        report.push_new("wrong-example", call.place, text, help);
    }
}

/// Something in an endpoint ends with the error that an example has of it. An error that is for nothing is of a method in
/// Rust.
fn check_answered(of: &Resolved<'_>, derived: &[Derived], (title, call): (&Text, &Example), report: &mut Report) {
    let (Some(name), Some(error)) = (&call.endpoint, &call.error) else { return };
    let Some(one) = derived.iter().find(|one| one.name == name.text && !one.broken) else { return };
    let Some(code) = code_of(of, &inserted(of, error)) else { return };
    let outside = outside(of);
    let ends_so =
        |id| one.plan.answers.iter().chain(&outside).any(|answer| answer.row == id && !answer.faults.is_empty());
    let is_of_code = |name: &str, row: &Row| row.code.as_ref().map_or(name, |code| code.text.as_str()) == code;
    let more = of.raw.endpoints.get(&name.text).map(|endpoint| &endpoint.errors);
    let is_for_nothing =
        |name: &str, row: &Row| row.faults.is_empty() && more.and_then(|more| more.get(name)).is_none_or(Vec::is_empty);
    let mut rows = of.rows.pairs().filter(|(_, (name, row))| is_of_code(&name.text, row)).peekable();
    if rows.peek().is_some() && !rows.any(|(id, (name, row))| is_for_nothing(&name.text, row) || ends_so(id)) {
        let text = format!(
            "the error of `{}` is `{code}`, and nothing in `{}` ends with a fault of it",
            title.text, name.text
        );
        let help = format!("add what ends so to the `does` of `{}`, or take the example out", name.text);
        report.push_new("wrong-example", call.place, text, help);
    }
}

/// The payload in the body slot of a failure.
fn failure_payload(of: &Resolved<'_>, failure: Option<&EnvelopePart>) -> Option<String> {
    match failure {
        Some(EnvelopePart::Payload(name)) => Some(name.text.clone()),
        Some(EnvelopePart::Shape(members, _)) => {
            let types = members.iter().filter_map(Member::field).filter_map(|field| field.ty.as_ref());
            types.map(|ty| ty.name().text.clone()).find(|name| of.raw.payloads.has(name))
        }
        None => None,
    }
}

/// Reports `$name` that nobody set, and notes `<uuid name>`.
fn check_inserted(title: &Text, node: &Node, known: &mut BTreeSet<String>, report: &mut Report) {
    let mut texts: Vec<(&str, Place)> = Vec::new();
    leaves(node, &mut texts);
    for (text, place) in texts {
        if let Some(name) = inserts(text) {
            let first = name.split('.').next().unwrap_or_default();
            if !known.contains(first) {
                let message = format!("`{}` inserts `${first}`, and nothing sets it", title.text);
                let help = near(first, known.iter().map(String::as_str)).map(|near| format!("did you mean `${near}`?"));
                let help = help.unwrap_or_else(|| "add it to `examples/values.yaml`".to_owned());
                report.push_new("unknown-value", place, message, help);
            }
        }
        if let Some(name) = remembers(text) {
            known.insert(name.to_owned());
        }
    }
}

/// The body with `$name` and `+` filled in. What is remembered counts as anything.
pub(super) fn inserted(of: &Resolved<'_>, node: &Node) -> Json {
    insert(of, node, Remembered::IsAnything, 0)
}

/// The same, in which what an earlier call remembered stays as it is written: `$message`.
pub(crate) fn expanded(of: &Resolved<'_>, node: &Node) -> Json {
    insert(of, node, Remembered::Stays, 0)
}

/// What becomes of a `$name` that no value is called by.
#[derive(Clone, Copy)]
enum Remembered {
    IsAnything,
    Stays,
}

/// How many values may be inserted into each other; those that insert themselves have no end.
const MOST_INSERTED: usize = 8;

/// `depth`: into how many values this one is inserted.
fn insert(of: &Resolved<'_>, node: &Node, remembered: Remembered, depth: usize) -> Json {
    match &node.value {
        Value::Text(text) => match inserts(text) {
            None => Json::String(text.clone()),
            Some(path) => value_at(of, path, remembered, depth).unwrap_or_else(|| match remembered {
                Remembered::IsAnything => Json::from("<any>"),
                Remembered::Stays => Json::from(text.as_str()),
            }),
        },
        Value::List(items) => {
            let mut all = Vec::new();
            for item in items {
                let spread = item.as_map().filter(|map| map.entries.len() == 1).and_then(|map| map.node("+"));
                match spread.map(|node| insert(of, node, remembered, depth)) {
                    Some(Json::Array(inside)) => all.extend(inside),
                    _ => all.push(insert(of, item, remembered, depth)),
                }
            }
            Json::Array(all)
        }
        Value::Map(map) => {
            let mut all = serde_json::Map::new();
            for entry in &map.entries {
                let value = insert(of, &entry.node, remembered, depth);
                match (entry.key.as_str(), value) {
                    ("+", Json::Object(inside)) => all.extend(inside),
                    (key, value) => {
                        all.insert(key.to_owned(), value);
                    }
                }
            }
            Json::Object(all)
        }
        _ => node.to_json(),
    }
}

fn value_at(of: &Resolved<'_>, path: &str, remembered: Remembered, depth: usize) -> Option<Json> {
    let mut parts = path.split('.');
    let first = parts.next().filter(|_| depth < MOST_INSERTED)?;
    let mut value = insert(of, of.raw.values.get(first)?, remembered, depth + 1);
    for part in parts {
        value = value.get(part)?.clone();
    }
    Some(value)
}

fn fit_fields(
    of: &Resolved<'_>,
    fields: &[Field<'_>],
    body: &Json,
    path: &str,
    body_kind: BodyKind,
    wrong: &mut Vec<Why>,
) {
    if is_wildcard(body) {
        return;
    }
    let Json::Object(body) = body else {
        let what = if path.is_empty() { "it" } else { path.trim_end_matches('.') };
        wrong.push(format!("`{what}` is no object").into());
        return;
    };
    // A definition that refuses unknown fields has examples of that.
    let may_be_strange = body_kind == (BodyKind::Request { may_be_wrong: true }) && of.raw.wire.reject_unknown_fields;
    let mut meant: Vec<String> = Vec::new();
    for key in body.keys().filter(|_| !may_be_strange) {
        let known = fields
            .iter()
            .any(|field| field.raw.name.text == *key || field.raw.also.iter().any(|also| also.text == *key));
        if !known {
            let near = near(key, fields.iter().map(|field| field.raw.name.text.as_str())).map(str::to_owned);
            let suggestion = near.as_ref().map(|near| format!(" (`{near}`?)")).unwrap_or_default();
            wrong.push(format!("there is no field `{path}{key}`{suggestion}").into());
            meant.extend(near);
        }
    }
    for field in fields {
        let value = std::iter::once(&field.raw.name).chain(&field.raw.also).find_map(|name| body.get(&name.text));
        let here = format!("{path}{}", field.raw.name.text);
        match value {
            None if may_be_absent(of, field, body_kind) || meant.contains(&field.raw.name.text) => {}
            None => {
                let missing = Some(Missing { path: here.clone(), value: paste::sample(of, field) });
                wrong.push(Why { words: format!("`{here}` is missing"), missing });
            }
            Some(Json::Null) if field.raw.optional || body_kind == (BodyKind::Request { may_be_wrong: true }) => {}
            Some(value) => fit(of, field, value, &here, body_kind, wrong),
        }
    }
}

fn may_be_absent(of: &Resolved<'_>, field: &Field<'_>, body_kind: BodyKind) -> bool {
    match body_kind {
        BodyKind::Request { may_be_wrong } => may_be_wrong || !is_required(field.raw),
        // What stands in headers need not be shown.
        BodyKind::Response => field.raw.is_in_head() || field.raw.optional && of.raw.wire.omit_nulls,
    }
}

fn fit(of: &Resolved<'_>, field: &Field<'_>, value: &Json, path: &str, body_kind: BodyKind, wrong: &mut Vec<Why>) {
    if is_wildcard(value)
        || body_kind == (BodyKind::Request { may_be_wrong: true }) && !value.is_object() && !value.is_array()
    {
        return;
    }
    let takes_number = field.raw.accepts.iter().any(|kind| kind.text == "number");
    if takes_number && value.is_number() && matches!(body_kind, BodyKind::Request { .. }) {
        return;
    }
    if let Some(constant) = &field.raw.constant {
        let wanted = constant.to_json();
        if body_kind != (BodyKind::Request { may_be_wrong: true }) && *value != wanted {
            wrong.push(format!("`{path}` is always {wanted}").into());
        }
        return;
    }
    let before = wrong.len();
    fit_type(of, field, value, path, body_kind, wrong);
    let sure = body_kind != (BodyKind::Request { may_be_wrong: true });
    if let Some(broken) = (sure && wrong.len() == before).then(|| values::broken(of, field, value)).flatten() {
        wrong.push(format!("`{path}` is {broken}").into());
    }
}

fn fit_type(of: &Resolved<'_>, field: &Field<'_>, value: &Json, path: &str, body_kind: BodyKind, wrong: &mut Vec<Why>) {
    match &field.raw.ty {
        Some(TypeName::List(element)) => match value {
            Json::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    fit_named(of, &element.text, item, &format!("{path}[{at}]"), body_kind, wrong);
                }
            }
            one if field.raw.accepts.iter().any(|kind| kind.text == "single") => {
                fit_named(of, &element.text, one, path, body_kind, wrong)
            }
            _ => wrong.push(format!("`{path}` is no list").into()),
        },
        Some(TypeName::One(name)) => fit_named(of, &name.text, value, path, body_kind, wrong),
        None => {
            if let Ok(Type::Primitive(primitive)) = &field.ty {
                fit_named(of, primitive.word(), value, path, body_kind, wrong);
            }
        }
    }
}

/// The elements of a payload that is written as a list, in their order; an optional one may be left out.
fn fit_elements(
    of: &Resolved<'_>,
    fields: &[Field<'_>],
    value: &Json,
    path: &str,
    body_kind: BodyKind,
    wrong: &mut Vec<Why>,
) {
    let Json::Array(elements) = value else {
        wrong.push(format!("`{path}` is no list").into());
        return;
    };
    let mut fields = fields.iter();
    for (at, element) in elements.iter().enumerate() {
        let here = format!("{path}[{at}]");
        let fits = |field: &&Field<'_>| {
            let mut broken = Vec::new();
            fit_type(of, field, element, &here, body_kind, &mut broken);
            broken.is_empty()
        };
        if fields.find(fits).is_none() {
            wrong.push(format!("`{here}` is none of the elements that may stand there").into());
            return;
        }
    }
}

fn fit_named(of: &Resolved<'_>, name: &str, value: &Json, path: &str, body_kind: BodyKind, wrong: &mut Vec<Why>) {
    if is_wildcard(value) {
        return;
    }
    let definition = of.raw;
    if of.is_list(name) {
        fit_elements(of, of.fields(name), value, path, body_kind, wrong);
    } else if definition.payloads.has(name) {
        fit_fields(of, of.fields(name), value, &format!("{path}."), body_kind, wrong);
    } else if let Some(members) = definition.enums.get(name) {
        if !members.iter().any(|member| {
            value.as_str() == Some(&member.name.text) || member.number.is_some() && value.as_i64() == member.number
        }) {
            let all: Vec<&str> = members.iter().map(|member| member.name.text.as_str()).collect();
            wrong.push(format!("`{path}` is {value}, and `{name}` has {}", all.join(", ")).into());
        }
    } else if let Some(union) = definition.unions.get(name) {
        let tag = union.tag.as_ref().map(|tag| tag.text.as_str()).unwrap_or_default();
        let variant = value.get(tag).and_then(Json::as_str).unwrap_or_default();
        if union.of.has(variant) {
            let mut body = value.clone();
            if let Json::Object(body) = &mut body {
                body.remove(tag);
            }
            fit_fields(of, of.variant_fields(name, variant), &body, &format!("{path}."), body_kind, wrong);
        } else if !union.echo_unknown {
            wrong.push(format!("`{path}` has no known `{tag}`").into());
        }
    } else if let Some(kind) = wrong_kind(of, name, value, body_kind) {
        wrong.push(format!("`{path}` is {value}, and not {kind}").into());
    }
}

/// What a primitive looks like in JSON, if the value does not.
fn wrong_kind(of: &Resolved<'_>, primitive: &str, value: &Json, body_kind: BodyKind) -> Option<&'static str> {
    let lenient = matches!(body_kind, BodyKind::Request { .. });
    let wire = &of.raw.wire;
    let accepts = |all: &[Text], kind: &str| lenient && all.iter().any(|one| one.text == kind);
    let (fits, kind) = match primitive {
        "boolean" => (value.is_boolean(), "true or false"),
        "integer" => (value.is_i64() || value.is_u64(), "a whole number"),
        "decimal" => (value.is_number() || value.is_string() && accepts(&wire.decimal_accepts, "text"), "a number"),
        "map" => (value.is_object(), "an object"),
        "json" | "pairs" => (true, ""),
        "time" => (value.is_string() || value.is_number(), "a time"),
        "never" => (false, "anything at all"),
        _ => {
            let number = value.is_number() && (accepts(&wire.text_accepts, "number") || primitive == "code");
            (value.is_string() || number || value.is_boolean() && accepts(&wire.text_accepts, "boolean"), "a text")
        }
    };
    (!fits).then_some(kind)
}

/// The texts in a node with their places.
fn leaves<'n>(node: &'n Node, all: &mut Vec<(&'n str, Place)>) {
    match &node.value {
        Value::Text(text) => all.push((text, node.place)),
        Value::List(items) => items.iter().for_each(|item| leaves(item, all)),
        Value::Map(map) => map.entries.iter().for_each(|entry| leaves(&entry.node, all)),
        _ => {}
    }
}

/// `$name.path` -> `name.path`
fn inserts(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    name.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.')
        .then_some(name)
        .filter(|name| !name.is_empty())
}

/// `<uuid name>` -> `name`
fn remembers(text: &str) -> Option<&str> {
    text.strip_prefix('<')?.strip_suffix('>')?.split_once(' ').map(|(_, name)| name)
}

/// `<uuid>` matches anything, and so does a text with one in it.
fn is_wildcard(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('<') && text.ends_with('>'))
}
