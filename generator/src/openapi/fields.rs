//! Fields as properties: whether they must be there, whether they may be null, what they mean, which rules they have.

use serde_json::{Map, Value as Json, json};

use super::constants::constant;
use super::schemas::Schemas;
use super::{Version, descriptions, primitives, rules};
use crate::language::rules::Constraint;
use crate::model::{Adapter, Field, Need, Type};

/// Which way a payload goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It is asked with.
    Request,
    /// It is answered with.
    Response,
    /// Both: what is required is what both require, what may be null is what either may send as null.
    Both,
}

/// Refused when it comes, so it has no property.
pub fn is_never(field: &Field) -> bool {
    matches!(&field.ty, Type::Primitive(primitive) if *primitive == "never")
}

/// Whether the member must be there.
pub fn is_required(of: &Adapter, field: &Field, direction: Direction) -> bool {
    let in_request = match &field.need {
        Need::Required => true,
        Need::Optional | Need::Default(_) => field.rules.iter().any(|rule| rule.constraint == Constraint::Present),
        Need::Constant { always, optional } => !optional && !always.is_null(),
    };
    let in_response = !of.wire.omit_nulls || !(field.may_lack() || is_null(field));
    match direction {
        Direction::Request => in_request,
        Direction::Response => in_response,
        Direction::Both => in_request && in_response,
    }
}

/// Whether the member may be null.
fn is_nullable(of: &Adapter, field: &Field, direction: Direction) -> bool {
    let in_request = field.may_lack() || is_null(field) || matches!(field.need, Need::Default(_));
    let in_response = (field.may_lack() || is_null(field)) && !of.wire.omit_nulls;
    match direction {
        Direction::Request => in_request,
        Direction::Response => in_response,
        Direction::Both => in_request || in_response,
    }
}

/// True for a constant or a default of null.
fn is_null(field: &Field) -> bool {
    matches!(&field.need, Need::Default(value) | Need::Constant { always: value, .. } if value.is_null())
}

/// The schema of a field.
pub fn property(schemas: &mut Schemas<'_>, field: &Field, direction: Direction) -> Json {
    let (of, version) = (schemas.of, schemas.version);
    let mut schema = match field.constant().filter(|value| !value.is_null()) {
        Some(value) => constant(value),
        None => schemas.of_type(&field.ty),
    };
    if let (Some(format), None) = (&field.format, field.constant()) {
        schema = primitives::formatted(format, &schema);
    }
    if direction != Direction::Response && !schema.contains_key("$ref") {
        schema.extend(rules::keywords(of, field, version));
    }
    if is_nullable(of, field, direction) {
        schema = nullable(schemas, schema);
    }
    let mut annotations = Map::new();
    annotations.insert("description".to_owned(), Json::from(descriptions::of_field(of, field)));
    if let Need::Default(default) = &field.need
        && direction != Direction::Response
        && is_readable_default(default)
    {
        annotations.insert("default".to_owned(), default.clone());
    }
    annotations.extend(meaning(of, field));
    if direction != Direction::Response {
        annotations.extend(rules::of_field(field).map(|rules| ("x-rules".to_owned(), rules)));
        annotations.extend(lenient(of, field));
    }
    beside(schema, annotations, version)
}

/// Client generators write a default into the code of their language, and have no literal for an object. The description
/// says every default.
fn is_readable_default(default: &Json) -> bool {
    !default.is_null() && !default.is_object()
}

/// The same schema, or null.
fn nullable(schemas: &mut Schemas<'_>, mut schema: Map<String, Json>) -> Map<String, Json> {
    let has_type = schema.contains_key("type");
    match (schemas.version, has_type) {
        (Version::V3_1, true) => {
            if let Some(ty) = schema.get_mut("type").filter(|ty| ty.is_string()) {
                *ty = json!([ty.take(), "null"]);
            }
        }
        (Version::V3_0, true) => drop(schema.insert("nullable".to_owned(), Json::Bool(true))),
        (Version::V3_1, false) if schema.contains_key("$ref") => {
            let mut either = Map::new();
            either.insert("oneOf".to_owned(), json!([schema, { "type": "null" }]));
            return either;
        }
        // 3.0 has no null beside a reference, so what it leads to may be null everywhere.
        (Version::V3_0, false) => schemas.may_be_null(&schema),
        // Any JSON, null among it.
        (Version::V3_1, false) => {}
    }
    if let Some(Json::Array(values)) = schema.get_mut("enum") {
        values.push(Json::Null);
    }
    schema
}

/// Puts what is said beside the schema; a reference of 3.0 stands alone.
pub fn beside(mut schema: Map<String, Json>, annotations: Map<String, Json>, version: Version) -> Json {
    if version == Version::V3_0 && schema.contains_key("$ref") {
        let mut around = Map::new();
        around.insert("allOf".to_owned(), json!([schema]));
        schema = around;
    }
    schema.extend(annotations);
    Json::Object(schema)
}

fn meaning(of: &Adapter, field: &Field) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    if let Some(id) = field.meaning {
        all.push(("x-meaning".to_owned(), Json::from(of.meanings[id].name.as_str())));
    }
    if !field.conditional.is_empty() {
        let one = |(id, sibling, value): &(_, String, String)| json!({ "meaning": of.meanings[*id].name, "when": { sibling.as_str(): value } });
        all.push(("x-meanings".to_owned(), field.conditional.iter().map(one).collect()));
    }
    all
}

/// In which other forms and under which other names it is read.
fn lenient(of: &Adapter, field: &Field) -> Vec<(String, Json)> {
    let mut accepts: Vec<&str> = field.accepts.iter().map(String::as_str).collect();
    if let Type::Primitive(primitive) = &field.ty {
        let more = match primitive.word() {
            "decimal" => &of.wire.decimal_accepts[..],
            _ if primitive.is_text() || primitive.is_secret() => &of.wire.text_accepts[..],
            _ => &[],
        };
        accepts.extend(more.iter().map(String::as_str).filter(|word| !field.accepts.iter().any(|own| own == word)));
    }
    let lists = [("x-accepts", accepts), ("x-also", field.also.iter().map(String::as_str).collect())];
    lists.into_iter().filter(|(_, all)| !all.is_empty()).map(|(name, all)| (name.to_owned(), json!(all))).collect()
}
