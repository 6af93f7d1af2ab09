//! Schemas of constants: an `enum` of one value where it is a scalar. Client generators read no objects and lists in an
//! `enum`, so those are described member by member, and stand whole under `x-constant`.

use serde_json::{Map, Value as Json, json};

/// The extension that holds a constant which is no scalar.
pub const EXTENSION: &str = "x-constant";

/// The schema of what is always the same.
pub fn constant(value: &Json) -> Map<String, Json> {
    let mut schema = one(value);
    let is_whole = matches!(value, Json::Array(items) if items.is_empty());
    if (value.is_object() || value.is_array()) && !is_whole {
        schema.insert(EXTENSION.to_owned(), value.clone());
    }
    schema
}

fn one(value: &Json) -> Map<String, Json> {
    let schema = match value {
        Json::String(_) => json!({ "type": "string", "enum": [value] }),
        Json::Bool(_) => json!({ "type": "boolean", "enum": [value] }),
        Json::Number(number) if number.is_i64() || number.is_u64() => {
            json!({ "type": "integer", "format": "int64", "enum": [value] })
        }
        Json::Number(_) => json!({ "type": "number", "enum": [value] }),
        Json::Array(items) => list(items),
        Json::Object(members) => object_of(members),
        // Generators have no class of null.
        Json::Null => json!({}),
    };
    if let Json::Object(schema) = schema { schema } else { Map::new() }
}

fn list(items: &[Json]) -> Json {
    let same = items.windows(2).all(|two| matches!(two, [first, second] if first == second));
    let of = items.first().filter(|_| same).map(one).unwrap_or_default();
    json!({ "type": "array", "items": of, "minItems": items.len(), "maxItems": items.len() })
}

fn object_of(members: &Map<String, Json>) -> Json {
    let properties: Map<String, Json> =
        members.iter().map(|(name, value)| (name.clone(), Json::Object(one(value)))).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let required: Vec<&String> = members.keys().collect();
    if let Some(schema) = schema.as_object_mut().filter(|_| !required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}
