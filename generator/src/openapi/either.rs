//! What is one of several objects that no field distinguishes. Validators read a union; client generators lose members of
//! it, so 3.0, which is there for them, has one object with the members of all.

use serde_json::{Map, Value as Json, json};

use super::Version;
use super::schema_validation::followed;
use super::schemas::Schemas;

/// One of the schemas; `word` is the keyword of the union, `oneOf` or `anyOf`, `name` what the object is called.
pub fn either(name: &str, word: &str, several: &[Json], schemas: &mut Schemas<'_>) -> Json {
    match (several, schemas.version) {
        ([only], _) => only.clone(),
        (_, Version::V3_1) => json!({ word: several }),
        (_, Version::V3_0) => {
            let schema = merged(several, schemas);
            schemas.put(name, schema)
        }
    }
}

/// An object that each of the schemas is: required is what all of them require.
fn merged(several: &[Json], schemas: &Schemas<'_>) -> Json {
    let mut properties = Map::new();
    let mut required: Option<Vec<Json>> = None;
    for schema in several.iter().map(|schema| followed(schema, schemas)) {
        for (name, property) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
            match properties.get(name) {
                Some(before) if before != property => drop(properties.insert(name.clone(), json!({}))),
                Some(_) => {}
                None => drop(properties.insert(name.clone(), property.clone())),
            }
        }
        let own = schema.get("required").and_then(Json::as_array).cloned().unwrap_or_default();
        required = Some(match required {
            None => own,
            Some(before) => before.into_iter().filter(|name| own.contains(name)).collect(),
        });
    }
    let mut all = json!({ "type": "object", "properties": properties, "x-either": several });
    if let (Json::Object(members), Some(required)) = (&mut all, required.filter(|names| !names.is_empty())) {
        members.insert("required".to_owned(), Json::Array(required));
    }
    all
}
