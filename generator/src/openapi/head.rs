//! What requests and answers say beside their bodies: fields that stand in headers and in the query.

use serde_json::{Map, Value as Json, json};

use super::fields::{self, Direction};
use super::operations::path_parameters;
use super::schemas::Schemas;
use crate::model::{Adapter, Endpoint, Field, Payload, Placement};

/// The query and the headers of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// With its question mark; empty without one.
    pub query: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
}

/// The fields of a request that stand in its head.
fn of_request<'a>(of: &'a Adapter, endpoint: &Endpoint) -> impl Iterator<Item = &'a Field> {
    let payload = endpoint.request.map(|id| &of.payloads[id]);
    payload.into_iter().flat_map(|payload| &payload.fields).filter(|field| field.is_in_head())
}

/// The fields of an answer that stand in its headers.
pub fn of_response<'a>(of: &'a Adapter, endpoint: &Endpoint) -> impl Iterator<Item = &'a Field> {
    let payload = endpoint.response.map(|id| &of.payloads[id]);
    payload.into_iter().flat_map(|payload| &payload.fields).filter(|field| field.is_in_head())
}

/// True if requests have a body.
pub fn has_body(of: &Adapter, endpoint: &Endpoint) -> bool {
    let Some(id) = endpoint.request else { return false };
    let parameters = path_parameters(&endpoint.path);
    let payload = &of.payloads[id];
    let is_elsewhere = |field: &Field| field.is_in_head() || parameters.contains(&field.wire);
    // A request without any field is an empty object, and what is sent back stands in the body.
    let elsewhere = !payload.fields.is_empty() && !payload.echo_unknown && payload.fields.iter().all(is_elsewhere);
    !elsewhere && !matches!(endpoint.method.as_str(), "GET" | "HEAD" | "DELETE")
}

/// True if an answer has a body, by its fields.
pub fn is_answered(of: &Adapter, endpoint: &Endpoint) -> bool {
    let payload = endpoint.response.map(|id| &of.payloads[id]);
    payload.is_none_or(|payload| payload.fields.is_empty() || !payload.fields.iter().all(Field::is_in_head))
}

/// Takes the members out of a body that stand in the head.
pub fn without<'a>(fields: impl Iterator<Item = &'a Field>, body: &mut Json) {
    let names: Vec<&str> = fields.map(|field| field.wire.as_str()).collect();
    if let Json::Object(members) = body {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
}

/// The same of a request; of one whose body is one field, that is left.
pub fn without_head(of: &Adapter, endpoint: &Endpoint, body: &mut Json) {
    without(of_request(of, endpoint), body);
    whole_body(endpoint.request.map(|id| &of.payloads[id]), body);
}

/// What is sent where a payload is one of its fields: that field.
pub fn whole_body(payload: Option<&Payload>, body: &mut Json) {
    if let Some(whole) = payload.and_then(Payload::whole_body)
        && let Json::Object(members) = body
    {
        *body = members.remove(&whole.wire).unwrap_or_default();
    }
}

/// What a request says in its head, from the members of its example.
pub fn request_head(of: &Adapter, endpoint: &Endpoint, body: Option<&Json>) -> Head {
    let mut head = Head::default();
    for field in of_request(of, endpoint) {
        let value = body.and_then(|body| body.get(&field.wire));
        for text in value.into_iter().flat_map(texts) {
            match field.placement {
                Placement::Header => head.headers.push((field.wire.clone(), text)),
                _ => {
                    head.query.push(if head.query.is_empty() { '?' } else { '&' });
                    head.query.push_str(&format!("{}={}", escaped(&field.wire), escaped(&text)));
                }
            }
        }
    }
    head
}

/// A value as texts: one, or one for each element of a list.
fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Null | Json::Object(_) => Vec::new(),
        Json::String(text) => vec![text.clone()],
        Json::Array(all) => all.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

/// A text as a part of a path or a query.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// The parameters of the requests of a route, each once.
pub fn parameters<'a>(endpoints: impl Iterator<Item = &'a Endpoint>, schemas: &mut Schemas<'_>) -> Vec<Json> {
    let of = schemas.of;
    let mut all: Vec<(&str, Json)> = Vec::new();
    for endpoint in endpoints {
        for field in of_request(of, endpoint) {
            if all.iter().any(|(name, _)| *name == field.wire) {
                continue;
            }
            let place = if field.placement == Placement::Header { "header" } else { "query" };
            let required = fields::is_required(of, field, Direction::Request);
            let schema = fields::property(schemas, field, Direction::Request);
            let parameter = json!({ "name": field.wire, "in": place, "required": required, "schema": schema });
            all.push((&field.wire, parameter));
        }
    }
    all.into_iter().map(|(_, parameter)| parameter).collect()
}

/// The headers of an endpoint's successes beside those of every answer.
pub fn headers(endpoint: &Endpoint, schemas: &mut Schemas<'_>) -> Map<String, Json> {
    let of = schemas.of;
    let shown = of_response(of, endpoint)
        .map(|field| (field.wire.clone(), json!({ "schema": fields::property(schemas, field, Direction::Response) })));
    shown.collect()
}
