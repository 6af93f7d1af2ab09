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

/// Where a value stands, which is written out only where something is wrong.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Element(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// As a JSON pointer.
    fn pointer(&self) -> String {
        match self {
            Place::Root => String::new(),
            Place::Member(above, name) => {
                format!("{}/{}", above.pointer(), name.replace('~', "~0").replace('/', "~1"))
            }
            Place::Element(above, number) => format!("{}/{number}", above.pointer()),
        }
    }
}

/// What a schema says, looked through once.
#[derive(Default)]
struct Keywords<'a> {
    ty: Option<&'a Json>,
    nullable: bool,
    values: Option<&'a Vec<Json>>,
    constant: Option<&'a Json>,
    not: Option<&'a Json>,
    min_length: Option<f64>,
    max_length: Option<f64>,
    pattern: Option<&'a str>,
    format: Option<&'a str>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    exclusive_minimum: Option<&'a Json>,
    min_items: Option<f64>,
    max_items: Option<f64>,
    all_of: Option<&'a Vec<Json>>,
    one_of: Option<&'a Vec<Json>>,
    any_of: Option<&'a Vec<Json>>,
    items: Option<&'a Json>,
    required: Option<&'a Vec<Json>>,
    properties: Option<&'a Map<String, Json>>,
    additional: Option<&'a Json>,
}

impl<'a> Keywords<'a> {
    fn of(schema: &'a Map<String, Json>) -> Self {
        let mut all = Keywords::default();
        for (word, says) in schema {
            match word.as_str() {
                "type" => all.ty = Some(says),
                "nullable" => all.nullable = says == &Json::Bool(true),
                "enum" => all.values = says.as_array(),
                EXTENSION => all.constant = Some(says),
                "not" => all.not = Some(says),
                "minLength" => all.min_length = says.as_f64(),
                "maxLength" => all.max_length = says.as_f64(),
                "pattern" => all.pattern = says.as_str(),
                "format" => all.format = says.as_str(),
                "minimum" => all.minimum = says.as_f64(),
                "maximum" => all.maximum = says.as_f64(),
                "exclusiveMinimum" => all.exclusive_minimum = Some(says),
                "minItems" => all.min_items = says.as_f64(),
                "maxItems" => all.max_items = says.as_f64(),
                "allOf" => all.all_of = says.as_array(),
                "oneOf" => all.one_of = says.as_array(),
                "anyOf" => all.any_of = says.as_array(),
                "items" => all.items = Some(says),
                "required" => all.required = says.as_array(),
                "properties" => all.properties = says.as_object(),
                "additionalProperties" => all.additional = Some(says),
                _ => {}
            }
        }
        all
    }
}

/// What is found on the way: every violation, or only whether there is one.
enum Findings {
    All(Vec<SchemaViolation>),
    Any(bool),
}

impl Findings {
    fn add(&mut self, at: &Place<'_>, what: impl FnOnce() -> String) {
        match self {
            Findings::All(all) => all.push(SchemaViolation { pointer: at.pointer(), what: what() }),
            Findings::Any(any) => *any = true,
        }
    }
}

/// Every place of a value that does not fit its schema.
pub fn schema_violations(value: &Json, schema: &Json, known: &impl Named) -> Vec<SchemaViolation> {
    violations_at(&Place::Root, value, schema, known)
}

fn violations_at(at: &Place<'_>, value: &Json, schema: &Json, known: &impl Named) -> Vec<SchemaViolation> {
    let mut findings = Findings::All(Vec::new());
    check(value, schema, known, at, &mut findings);
    match findings {
        Findings::All(all) => all,
        Findings::Any(_) => Vec::new(),
    }
}

/// Whether a value fits a schema.
pub fn fits(value: &Json, schema: &Json, known: &impl Named) -> bool {
    let mut findings = Findings::Any(false);
    check(value, schema, known, &Place::Root, &mut findings);
    matches!(findings, Findings::Any(false))
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

fn check(value: &Json, schema: &Json, known: &impl Named, at: &Place<'_>, found: &mut Findings) {
    let Json::Object(schema) = followed(schema, known) else { return };
    let keywords = Keywords::of(schema);
    if value.is_null() && keywords.nullable {
        return;
    }
    if let Some(wanted) = keywords.ty.filter(|ty| !is_of_type(value, ty)) {
        found.add(at, || format!("is {}, not {}", kind(value), named(wanted)));
        return;
    }
    if value.is_null() && keywords.ty.is_some() {
        return;
    }
    if let Some(values) = keywords.values
        && !values.iter().any(|one| is_same(one, value))
    {
        let listed = || values.iter().map(Json::to_string).collect::<Vec<_>>().join(" or ");
        found.add(at, || format!("is {value}, not {}", listed()));
    }
    if let Some(constant) = keywords.constant
        && value != constant
    {
        found.add(at, || format!("is {value}, not {constant}"));
        return;
    }
    if let Some(not) = keywords.not
        && fits(value, not, known)
    {
        found.add(at, || format!("is {value}, which it may not be"));
    }
    match value {
        Json::String(text) => check_text(text, &keywords, at, found),
        Json::Number(_) => check_number(value, &keywords, at, found),
        Json::Array(items) => check_length(items, &keywords, at, found),
        _ => {}
    }
    alternatives(value, &keywords, known, at, found);
    members(value, &keywords, known, at, found);
}

fn check_text(text: &str, keywords: &Keywords<'_>, at: &Place<'_>, found: &mut Findings) {
    let length = text.chars().count();
    if keywords.min_length.is_some_and(|least| (length as f64) < least) {
        found.add(at, || format!("has {length} characters, fewer than it must"));
    }
    if keywords.max_length.is_some_and(|most| length as f64 > most) {
        found.add(at, || format!("has {length} characters, more than it may"));
    }
    let pattern = keywords.pattern.and_then(|pattern| Pattern::remembered(&anywhere(pattern)).ok());
    if pattern.is_some_and(|pattern| !pattern.matches(text)) {
        found.add(at, || "does not match its pattern".to_owned());
    }
    if let Some((format, shape)) = FORMATS.iter().find(|(name, _)| Some(*name) == keywords.format)
        && !Pattern::remembered(shape).is_ok_and(|shape| shape.matches(text))
    {
        found.add(at, || format!("is {}, no {format}", Json::from(text)));
    }
}

fn check_number(value: &Json, keywords: &Keywords<'_>, at: &Place<'_>, found: &mut Findings) {
    let Some(number) = value.as_f64() else { return };
    let exclusive = keywords.exclusive_minimum;
    let above = exclusive.and_then(Json::as_f64).or(keywords.minimum.filter(|_| exclusive == Some(&Json::Bool(true))));
    let outside = keywords.minimum.is_some_and(|least| number < least)
        || keywords.maximum.is_some_and(|most| number > most)
        || above.is_some_and(|above| number <= above);
    if outside {
        found.add(at, || format!("is {value}, out of its bounds"));
    }
}

fn check_length(items: &[Json], keywords: &Keywords<'_>, at: &Place<'_>, found: &mut Findings) {
    let outside = keywords.min_items.is_some_and(|least| (items.len() as f64) < least)
        || keywords.max_items.is_some_and(|most| items.len() as f64 > most);
    if outside {
        found.add(at, || format!("has {} elements, more or fewer than it may", items.len()));
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

fn alternatives(value: &Json, keywords: &Keywords<'_>, known: &impl Named, at: &Place<'_>, found: &mut Findings) {
    for part in keywords.all_of.into_iter().flatten() {
        check(value, part, known, at, found);
    }
    for (parts, one_only) in [(keywords.one_of, true), (keywords.any_of, false)] {
        let Some(parts) = parts else { continue };
        match parts.iter().filter(|part| fits(value, part, known)).count() {
            0 => none_fits(value, parts, known, at, found),
            1 => {}
            _ if one_only => found.add(at, || "could be several entities".to_owned()),
            _ => {}
        }
    }
}

/// The violations of the alternative with the least that is wrong; one that says something of a tag, last.
fn none_fits(value: &Json, parts: &[Json], known: &impl Named, at: &Place<'_>, found: &mut Findings) {
    match found {
        Findings::All(all) => {
            let tried = parts.iter().map(|part| violations_at(at, value, part, known));
            all.extend(tried.min_by_key(Vec::len).unwrap_or_default());
        }
        Findings::Any(any) => *any = true,
    }
}

fn members(value: &Json, keywords: &Keywords<'_>, known: &impl Named, at: &Place<'_>, found: &mut Findings) {
    if let (Json::Array(items), Some(schema)) = (value, keywords.items) {
        for (number, item) in items.iter().enumerate() {
            check(item, schema, known, &Place::Element(at, number), found);
        }
    }
    let Json::Object(given) = value else { return };
    for name in keywords.required.into_iter().flatten().filter_map(Json::as_str) {
        if !given.contains_key(name) {
            found.add(&Place::Member(at, name), || "is missing".to_owned());
        }
    }
    for (name, inner) in given {
        let place = Place::Member(at, name);
        match (keywords.properties.and_then(|all| all.get(name)), keywords.additional) {
            (Some(schema), _) => check(inner, schema, known, &place, found),
            (None, Some(Json::Bool(false))) => found.add(&place, || "is no field".to_owned()),
            _ => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is wrong, with its place; asked in both ways.
    fn wrong(schema: Json, value: Json) -> Vec<String> {
        let known = json!({ "Name": { "type": "string", "minLength": 2 } });
        let Json::Object(known) = known else { unreachable!() };
        let all = schema_violations(&value, &schema, &known);
        assert_eq!(fits(&value, &schema, &known), all.is_empty(), "{value} against {schema}");
        all.into_iter().map(|one| format!("{} {}", one.pointer, one.what)).collect()
    }

    #[test]
    fn each_keyword_is_held_to() {
        let cases = [
            (json!({ "type": "string" }), json!("a"), json!(1)),
            (json!({ "type": ["string", "null"] }), json!(null), json!(1)),
            (json!({ "type": "string", "nullable": true }), json!(null), json!(1)),
            (json!({ "type": "integer" }), json!(1), json!(1.5)),
            (json!({ "enum": ["a", 1] }), json!(1.0), json!("b")),
            (json!({ EXTENSION: { "a": 1 } }), json!({ "a": 1 }), json!({ "a": 2 })),
            (json!({ "not": { "type": "string" } }), json!(1), json!("a")),
            (json!({ "minLength": 2 }), json!("ab"), json!("a")),
            (json!({ "maxLength": 2 }), json!("ab"), json!("abc")),
            (json!({ "pattern": "^a+$" }), json!("aa"), json!("ab")),
            (json!({ "format": "date" }), json!("2026-11-30"), json!("30.11.2026")),
            (json!({ "minimum": 1, "maximum": 2 }), json!(2), json!(3)),
            (json!({ "exclusiveMinimum": 1 }), json!(2), json!(1)),
            (json!({ "minimum": 1, "exclusiveMinimum": true }), json!(2), json!(1)),
            (json!({ "minItems": 1, "maxItems": 1 }), json!([1]), json!([])),
            (json!({ "items": { "type": "string" } }), json!(["a"]), json!(["a", 1])),
            (json!({ "required": ["a"] }), json!({ "a": 1 }), json!({})),
            (json!({ "properties": { "a": { "type": "string" } } }), json!({ "a": "b", "c": 1 }), json!({ "a": 1 })),
            (json!({ "additionalProperties": false }), json!({}), json!({ "a": 1 })),
            (json!({ "allOf": [{ "minimum": 1 }, { "maximum": 2 }] }), json!(1), json!(3)),
            (json!({ "anyOf": [{ "minimum": 5 }, { "maximum": 2 }] }), json!(1), json!(3)),
            (json!({ "oneOf": [{ "minimum": 1 }, { "maximum": 2 }] }), json!(3), json!(1)),
            (json!({ "$ref": "#/components/schemas/Name" }), json!("ab"), json!("a")),
        ];
        for (schema, good, bad) in cases {
            assert_eq!(wrong(schema.clone(), good), [] as [String; 0]);
            assert_eq!(wrong(schema, bad).len(), 1);
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        let list = json!({ "properties": { "a/b~c": { "items": { "required": ["d"] } } } });
        assert_eq!(wrong(list, json!({ "a/b~c": [{ "d": 1 }, {}] })), ["/a~1b~0c/1/d is missing"]);
        let several = json!({ "oneOf": [
            { "required": ["a", "b"], "properties": { "kind": { "enum": ["x"] } } },
            { "required": ["a"], "properties": { "kind": { "enum": ["y"] } } },
        ] });
        assert_eq!(wrong(several.clone(), json!({ "kind": "y" })), ["/a is missing"], "that of the nearest");
        let either = json!({ "oneOf": [{}, {}] });
        assert_eq!(wrong(either, json!(1)), [" could be several entities"]);
    }
}
