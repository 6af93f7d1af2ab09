//! Primitive types as schemas.

use serde_json::{Map, Value as Json, json};

use super::Version;
use crate::language::primitive::{Family, Primitive};
use crate::model::Wire;

/// What a time is written by, where the definition does not say.
pub const USUAL_TIMES: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

/// The schema of a primitive, as it is sent in its usual form.
pub fn schema(primitive: Primitive, wire: &Wire, version: Version) -> Map<String, Json> {
    let schema = match primitive.word() {
        "boolean" => json!({ "type": "boolean" }),
        "integer" => json!({ "type": "integer", "format": "int64" }),
        "decimal" => json!({ "type": "number" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "time" => time(wire),
        "map" => json!({ "type": "object", "additionalProperties": true }),
        "pairs" => pairs(version),
        "json" => json!({}),
        _ if primitive.row().family == Family::Secret => json!({ "type": "string", "format": "password" }),
        _ => json!({ "type": "string" }),
    };
    let Json::Object(mut schema) = schema else { return Map::new() };
    schema.insert("x-type".to_owned(), Json::from(primitive.word()));
    schema
}

/// The schema of a day or a time that one field writes in another way.
pub fn formatted(format: &str, usual: &Map<String, Json>) -> Map<String, Json> {
    let Json::Object(mut schema) = time_as(format) else { return Map::new() };
    schema.extend(usual.get("x-type").map(|ty| ("x-type".to_owned(), ty.clone())));
    schema
}

fn time(wire: &Wire) -> Json {
    time_as(wire.times.as_deref().unwrap_or(USUAL_TIMES))
}

fn time_as(times: &str) -> Json {
    match times {
        unit @ ("epoch_ms" | "epoch_s") => json!({ "type": "integer", "format": "int64", "x-times": unit }),
        USUAL_TIMES => json!({ "type": "string", "format": "date-time" }),
        pattern => json!({ "type": "string", "x-times": pattern }),
    }
}

fn pairs(version: Version) -> Json {
    let value = match version {
        Version::V3_1 => json!({ "type": ["string", "null"] }),
        Version::V3_0 => json!({ "type": "string", "nullable": true }),
    };
    let pair = json!({ "type": "object", "required": ["key", "value"], "properties": { "key": { "type": "string" }, "value": value } });
    json!({ "type": "array", "items": pair })
}

/// A moment as this API writes it.
pub fn sample_time(wire: &Wire) -> Json {
    match wire.times.as_deref().unwrap_or(USUAL_TIMES) {
        "epoch_ms" => Json::from(1_561_121_362_959_i64),
        "epoch_s" => Json::from(1_561_121_362_i64),
        pattern => Json::from(written(pattern)),
    }
}

/// 2019-06-21T12:49:22.959 by a pattern.
fn written(pattern: &str) -> String {
    let parts = [
        ("%.3f", ".959"),
        ("%.6f", ".959000"),
        ("%3f", "959"),
        ("%F", "2019-06-21"),
        ("%T", "12:49:22"),
        ("%Y", "2019"),
        ("%m", "06"),
        ("%d", "21"),
        ("%H", "12"),
        ("%M", "49"),
        ("%S", "22"),
        ("%s", "1561121362"),
        ("%:z", "+00:00"),
        ("%z", "+0000"),
    ];
    parts.iter().fold(pattern.to_owned(), |text, (part, value)| text.replace(part, value))
}
