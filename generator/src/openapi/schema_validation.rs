//! Whether a value fits a schema, for the keywords that this program writes. Examples are shown as such only where they
//! fit, and answers of foreign servers are held to it.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use countersign_engine::pattern::Pattern;

use super::constants::EXTENSION;

/// The formats that clients have types for, and what they look like.
const FORMATS: [(&str, &str); 2] = [
    ("date", r"\d{4}-\d{2}-\d{2}"),
    ("date-time", r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})"),
];

/// Schemas that have names.
pub trait Named {
    /// The schema of this name.
    fn named(&self, name: &str) -> Option<&Json>;
}

/// `components.schemas` of a document.
impl Named for Map<String, Json> {
    fn named(&self, name: &str) -> Option<&Json> {
        self.get(name)
    }
}

/// A place of a value that does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaViolation {
    /// A JSON pointer.
    pub pointer: String,
    /// What is wrong, such as `is missing`.
    pub what: String,
}

/// Every place of a value that does not fit its schema.
pub fn schema_violations(value: &Json, schema: &Json, known: &impl Named) -> Vec<SchemaViolation> {
    let mut all = Vec::new();
    check(value, schema, known, "", &mut all);
    all
}

/// A schema behind its references.
pub fn followed<'s>(schema: &'s Json, known: &'s impl Named) -> &'s Json {
    let mut here = schema;
    // A reference leads to what is no reference; a few steps are more than there are.
    for _ in 0..8 {
        let name = here.get("$ref").and_then(Json::as_str).and_then(|text| text.rsplit('/').next());
        match name.and_then(|name| known.named(name)) {
            Some(found) => here = found,
            None => return here,
        }
    }
    here
}

fn check(value: &Json, schema: &Json, known: &impl Named, at: &str, all: &mut Vec<SchemaViolation>) {
    let Json::Object(keywords) = followed(schema, known) else { return };
    let mut add = |what: String| all.push(SchemaViolation { pointer: at.to_owned(), what });
    if value.is_null() && keywords.get("nullable") == Some(&Json::Bool(true)) {
        return;
    }
    if let Some(wanted) = keywords.get("type").filter(|ty| !is_of_type(value, ty)) {
        add(format!("is {}, not {}", kind(value), named(wanted)));
        return;
    }
    if value.is_null() && keywords.contains_key("type") {
        return;
    }
    if let Some(Json::Array(values)) = keywords.get("enum")
        && !values.iter().any(|one| is_same(one, value))
    {
        let values: Vec<String> = values.iter().map(Json::to_string).collect();
        add(format!("is {value}, not {}", values.join(" or ")));
    }
    if let Some(constant) = keywords.get(EXTENSION)
        && value != constant
    {
        add(format!("is {value}, not {constant}"));
        return;
    }
    if let Some(not) = keywords.get("not")
        && schema_violations(value, not, known).is_empty()
    {
        add(format!("is {value}, which it may not be"));
    }
    bounds(value, keywords, &mut add);
    alternatives(value, keywords, known, at, all);
    members(value, keywords, known, at, all);
}

fn bounds(value: &Json, keywords: &Map<String, Json>, add: &mut impl FnMut(String)) {
    let bound = |name: &str| keywords.get(name).and_then(Json::as_f64);
    if let Some(text) = value.as_str() {
        let length = text.chars().count();
        if bound("minLength").is_some_and(|least| (length as f64) < least) {
            add(format!("has {length} characters, fewer than it must"));
        }
        if bound("maxLength").is_some_and(|most| length as f64 > most) {
            add(format!("has {length} characters, more than it may"));
        }
        let pattern = keywords
            .get("pattern")
            .and_then(Json::as_str)
            .and_then(|pattern| Pattern::remembered(&anywhere(pattern)).ok());
        if pattern.is_some_and(|pattern| !pattern.matches(text)) {
            add("does not match its pattern".to_owned());
        }
        let format = keywords.get("format").and_then(Json::as_str);
        if let Some((format, shape)) = FORMATS.iter().find(|(name, _)| Some(*name) == format)
            && !Pattern::remembered(shape).is_ok_and(|shape| shape.matches(text))
        {
            add(format!("is {value}, no {format}"));
        }
    }
    if let Some(number) = value.as_f64().filter(|_| value.is_number()) {
        let exclusive = keywords.get("exclusiveMinimum");
        let above =
            exclusive.and_then(Json::as_f64).or(bound("minimum").filter(|_| exclusive == Some(&Json::Bool(true))));
        let outside = bound("minimum").is_some_and(|least| number < least)
            || bound("maximum").is_some_and(|most| number > most)
            || above.is_some_and(|above| number <= above);
        if outside {
            add(format!("is {value}, out of its bounds"));
        }
    }
    if let Some(items) = value.as_array() {
        let outside = bound("minItems").is_some_and(|least| (items.len() as f64) < least)
            || bound("maxItems").is_some_and(|most| items.len() as f64 > most);
        if outside {
            add(format!("has {} elements, more or fewer than it may", items.len()));
        }
    }
}

/// The engine's patterns are of whole texts; those of schemas say themselves where they are anchored.
fn anywhere(pattern: &str) -> Cow<'_, str> {
    match (pattern.strip_prefix('^'), pattern.strip_suffix('$')) {
        (Some(_), Some(_)) => {
            Cow::Borrowed(pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).unwrap_or(pattern))
        }
        (Some(rest), None) => Cow::Owned(format!("{rest}(?s:.*)")),
        _ => Cow::Borrowed(pattern),
    }
}

fn alternatives(
    value: &Json,
    keywords: &Map<String, Json>,
    known: &impl Named,
    at: &str,
    all: &mut Vec<SchemaViolation>,
) {
    for part in keywords.get("allOf").and_then(Json::as_array).into_iter().flatten() {
        check(value, part, known, at, all);
    }
    for (word, one_only) in [("oneOf", true), ("anyOf", false)] {
        let Some(Json::Array(parts)) = keywords.get(word) else { continue };
        let mut tried: Vec<Vec<SchemaViolation>> = Vec::new();
        for part in parts {
            let mut wrong = Vec::new();
            check(value, part, known, at, &mut wrong);
            tried.push(wrong);
        }
        match tried.iter().filter(|wrong| wrong.is_empty()).count() {
            0 => all.extend(nearest(tried)),
            1 => {}
            _ if one_only => {
                all.push(SchemaViolation { pointer: at.to_owned(), what: "could be several entities".to_owned() });
            }
            _ => {}
        }
    }
}

/// The alternative with the least that is wrong; one that says something of a tag, last.
fn nearest(tried: Vec<Vec<SchemaViolation>>) -> Vec<SchemaViolation> {
    tried.into_iter().min_by_key(Vec::len).unwrap_or_default()
}

fn members(value: &Json, keywords: &Map<String, Json>, known: &impl Named, at: &str, all: &mut Vec<SchemaViolation>) {
    if let Json::Array(items) = value
        && let Some(schema) = keywords.get("items")
    {
        for (number, item) in items.iter().enumerate() {
            check(item, schema, known, &format!("{at}/{number}"), all);
        }
    }
    let Json::Object(given) = value else { return };
    for name in keywords.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
        if !given.contains_key(name) {
            all.push(SchemaViolation { pointer: below(at, name), what: "is missing".to_owned() });
        }
    }
    let nothing = Map::new();
    let properties = keywords.get("properties").and_then(Json::as_object).unwrap_or(&nothing);
    for (name, inner) in given {
        match (properties.get(name), keywords.get("additionalProperties")) {
            (Some(schema), _) => check(inner, schema, known, &below(at, name), all),
            (None, Some(Json::Bool(false))) => {
                all.push(SchemaViolation { pointer: below(at, name), what: "is no field".to_owned() });
            }
            _ => {}
        }
    }
}

/// The pointer of a member.
fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn is_of_type(value: &Json, wanted: &Json) -> bool {
    match wanted {
        Json::Array(several) => several.iter().any(|one| is_of_type(value, one)),
        Json::String(name) => match name.as_str() {
            "integer" => value.is_i64() || value.is_u64(),
            name => kind(value) == name,
        },
        _ => true,
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn named(ty: &Json) -> String {
    match ty {
        Json::Array(several) => several.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" or "),
        one => one.as_str().unwrap_or_default().to_owned(),
    }
}

/// Numbers are the same, however they are written.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one.as_f64().filter(|_| one.is_number()), other.as_f64().filter(|_| other.is_number())) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
