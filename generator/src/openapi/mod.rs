//! The API as an OpenAPI document, for people, gateways and generators of clients. It reads the model and what was
//! planned, and derives nothing: what stands here is what generated code answers. The same model gives the same bytes.
//!
//! What OpenAPI has no word for stands in extensions: `x-meaning`, `x-rules`, `x-errors` and their like, which
//! `docs/openapi.md` lists.

mod constants;
pub(crate) mod descriptions;
mod either;
mod examples;
mod failures;
mod fields;
pub mod head;
mod headers;
mod operations;
mod pattern;
mod primitives;
mod requests;
mod responses;
mod rules;
pub(crate) mod samples;
mod schema_validation;
mod schemas;
mod security;
pub mod shapes;
mod shared;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::model::{Adapter, Meaning};
use crate::naming::is_invisible;
use crate::vocabulary::Natural;

pub use examples::row_of as row_of_example;
pub use operations::path_parameters;
pub use responses::rows_by_status;
pub use schema_validation::{Named, SchemaViolation, schema_violations};
pub use schemas::{Root, Schemas};

/// A version of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 3.1.0: its schemas are those of JSON Schema 2020-12.
    V3_1,
    /// 3.0.3, for gateways and generators that read no other.
    V3_0,
}

/// The document as text, two blanks a level, with a line end. Signs that nobody sees are escaped.
pub fn text(of: &Adapter, version: Version) -> String {
    written(&document(of, version)) + "\n"
}

/// JSON as text. Signs that nobody sees are escaped.
pub fn written(json: &Json) -> String {
    let written = serde_json::to_string_pretty(json).unwrap_or_else(|_| format!("{json:#}"));
    if written.is_ascii() {
        return written;
    }
    let mut text = String::with_capacity(written.len());
    let mut done = 0;
    for (at, letter) in written.match_indices(|letter: char| !letter.is_ascii() && is_invisible(letter)) {
        text.push_str(written.get(done..at).unwrap_or_default());
        // They stand in strings alone.
        letter.encode_utf16().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        done = at + letter.len();
    }
    text + written.get(done..).unwrap_or_default()
}

/// An object of these members. It moves its values in; `json!` would serialise each of them again.
fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The document.
pub fn document(of: &Adapter, version: Version) -> Json {
    let mut schemas = Schemas::new(of, version);
    if version == Version::V3_0 {
        // Examples are held to schemas, and a schema of 3.0 is whole only when all that refers to it was read.
        operations::paths(of, &mut schemas);
        schemas.settle();
    }
    let mut paths = operations::paths(of, &mut schemas);
    let mut components = Map::new();
    components.insert("schemas".to_owned(), schemas.into_made());
    components.insert("headers".to_owned(), headers::all());
    components.extend(
        operations::language(of).map(|parameter| ("parameters".to_owned(), json!({ operations::LANGUAGE: parameter }))),
    );
    components.extend(security::schemes(of).map(|schemes| ("securitySchemes".to_owned(), schemes)));
    shared::share(&mut paths, &mut components);
    shared::prune("headers", &paths, &mut components);
    object([
        (
            "openapi",
            Json::from(match version {
                Version::V3_1 => "3.1.0",
                Version::V3_0 => "3.0.3",
            }),
        ),
        ("info", info(of)),
        ("servers", servers(of)),
        ("tags", json!([{ "name": operations::tag(of), "description": descriptions::tag(of) }])),
        ("security", security::usual(of)),
        ("paths", paths),
        ("components", Json::Object(components)),
        ("x-meanings", meanings(of)),
    ])
}

fn info(of: &Adapter) -> Json {
    json!({
        "title": of.title,
        "version": of.version,
        "description": descriptions::of_adapter(of),
        "x-adapter": of.name,
    })
}

/// The API is served with and without its base.
fn servers(of: &Adapter) -> Json {
    match of.base.as_str() {
        "" => json!([{ "url": "/", "description": "Where the adapter is served." }]),
        base => json!([
            { "url": base, "description": "Below the base of the API." },
            { "url": "/", "description": "The same without the base." },
        ]),
    }
}

/// The meanings that fields have, with their types.
fn meanings(of: &Adapter) -> Json {
    let fields = of.payloads.iter().flat_map(|payload| &payload.fields);
    let used = fields.flat_map(|field| field.meaning.into_iter().chain(field.conditional.iter().map(|one| one.0)));
    let named = used.map(|id| &of.meanings[id]).map(|meaning| (meaning.name.as_str(), natural(meaning)));
    json!(named.collect::<BTreeMap<_, _>>())
}

fn natural(meaning: &Meaning) -> String {
    match &meaning.natural {
        Natural::Primitive(primitive) => primitive.word().to_owned(),
        Natural::Key => "key".to_owned(),
        Natural::OneOf(values) => values.join(" | "),
        Natural::List(inner) => format!("[{inner}]"),
        Natural::Entity(entity) => entity.clone(),
    }
}
