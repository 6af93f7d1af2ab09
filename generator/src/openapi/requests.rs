//! The bodies of requests.

use serde_json::{Map, Value as Json, json};

use super::either::either;
use super::examples::Calls;
use super::head;
use super::object;
use super::operations::{Group, path_parameters};
use super::schema_validation::fits;
use super::schemas::{Root, Schemas};
use crate::model::{Discriminator, Endpoint};
use crate::naming::pascal;

/// The body that the endpoints of a route take; none if none takes one.
pub fn body(group: &Group<'_>, calls: &Calls, schemas: &mut Schemas<'_>) -> Option<Json> {
    let with_body = group.endpoints.iter().filter(|endpoint| head::has_body(schemas.of, endpoint));
    let roots: Vec<Root> = with_body.filter_map(|endpoint| root(endpoint, schemas)).collect();
    if roots.is_empty() {
        return None;
    }
    let references: Vec<Json> = roots.iter().map(|root| schemas.reference(root.clone())).collect();
    let schema = match references.as_slice() {
        [only] => only.clone(),
        several => discriminated(group, several, schemas),
    };
    let examples: Map<String, Json> = calls
        .requests()
        .filter(|(_, _, body)| fits(body, &schema, schemas))
        .map(|(key, title, body)| (key.to_owned(), object([("summary", Json::from(title)), ("value", body.clone())])))
        .collect();
    let mut content = object([("schema", schema)]);
    if let (Json::Object(members), false) = (&mut content, examples.is_empty()) {
        members.insert("examples".to_owned(), Json::Object(examples));
    }
    let required = Json::Bool(!schemas.of.wire.empty_body);
    Some(object([("required", required), ("content", object([("application/json", content)]))]))
}

/// What an endpoint's body is a schema of.
pub fn root(endpoint: &Endpoint, schemas: &Schemas<'_>) -> Option<Root> {
    if schemas.of.envelope.request.is_some() {
        return endpoint.request.map(|id| Root::Request(Some(id)));
    }
    endpoint.request.map(Root::Payload)
}

/// The schemas of several endpoints: one of them where a field says which, else any.
fn discriminated(group: &Group<'_>, references: &[Json], schemas: &mut Schemas<'_>) -> Json {
    let bare = schemas.of.envelope.request.is_none();
    let discriminators: Option<Vec<(&str, &str)>> = group
        .endpoints
        .iter()
        .map(|endpoint| match &endpoint.when {
            Some(Discriminator::Is { field, value, .. }) if bare => Some((field.as_str(), value.as_str())),
            _ => None,
        })
        .collect();
    let one_field = discriminators.filter(|discriminators| {
        let in_path = group.first().is_some_and(|first| {
            path_parameters(&first.path)
                .iter()
                .any(|parameter| discriminators.iter().any(|(field, _)| field == parameter))
        });
        !in_path
            && discriminators
                .windows(2)
                .all(|pair| matches!(pair, [one, other] if one.0 == other.0 && one.1 != other.1))
    });
    match one_field {
        Some(discriminators) => {
            let mapping: Map<String, Json> = discriminators
                .iter()
                .zip(references)
                .map(|((_, value), reference)| {
                    ((*value).to_owned(), reference.get("$ref").cloned().unwrap_or_default())
                })
                .collect();
            let field = discriminators.first().map(|(field, _)| *field).unwrap_or_default();
            json!({ "oneOf": references, "discriminator": { "propertyName": field, "mapping": mapping } })
        }
        None => either(&format!("{}Body", pascal(&group.id)), "anyOf", references, schemas),
    }
}
