//! The answers of an operation by status: successes, and the rows of the error table that some endpoint of the route
//! answers with.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::descriptions;
use super::either::either;
use super::examples::Calls;
use super::failures;
use super::head;
use super::headers;
use super::object;
use super::operations::Group;
use super::schemas::{Root, Schemas};
use crate::model::{Adapter, Endpoint, ErrorRow, JSON, Says};
use crate::naming::pascal;

/// A row with the faults that it answers somewhere; without faults it is declared for code of the bank's own.
pub type RowFaults<'a> = (&'a ErrorRow, Vec<&'a str>);

/// The content of one status.
#[derive(Default)]
struct Content {
    descriptions: Vec<String>,
    faults: Vec<String>,
    /// Media type -> schemas.
    schemas: BTreeMap<String, Vec<Json>>,
    /// Media type -> examples.
    examples: BTreeMap<String, Map<String, Json>>,
    /// Headers beside those of every answer.
    headers: Map<String, Json>,
}

impl Content {
    fn add(&mut self, media: &str, schema: Json) {
        let schemas = self.schemas.entry(media.to_owned()).or_default();
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }

    fn show(&mut self, media: &str, key: &str, title: &str, body: &Json) {
        let examples = self.examples.entry(media.to_owned()).or_default();
        examples
            .entry(key.to_owned())
            .or_insert_with(|| object([("summary", Json::from(title)), ("value", body.clone())]));
    }
}

/// All answers of the endpoints of a route.
pub fn all(group: &Group<'_>, calls: &Calls, schemas: &mut Schemas<'_>) -> Json {
    let mut by_status: BTreeMap<u16, Content> = BTreeMap::new();
    for endpoint in &group.endpoints {
        success(endpoint, calls, schemas, &mut by_status);
    }
    for endpoint in &group.endpoints {
        failures(endpoint, calls, schemas, &mut by_status);
    }
    let operation = format!("{}Answer", pascal(&group.id));
    let all = by_status.into_iter();
    Json::Object(
        all.map(|(status, content)| (status.to_string(), response(&operation, status, content, schemas))).collect(),
    )
}

fn success(endpoint: &Endpoint, calls: &Calls, schemas: &mut Schemas<'_>, by_status: &mut BTreeMap<u16, Content>) {
    for status in endpoint.successes() {
        success_of(endpoint, status, calls, schemas, by_status);
    }
}

/// What a status of a success says, by the outcomes that have it.
fn success_description(endpoint: &Endpoint, status: u16) -> String {
    let by = endpoint.plan.success_by.iter().flat_map(|by| &by.statuses).filter(|(_, own)| *own == status);
    let outcomes: Vec<&str> = by.map(|(outcome, _)| outcome.as_str()).collect();
    let name = crate::markdown::code(&endpoint.name);
    if outcomes.is_empty() { format!("{name}: it was done.") } else { format!("{name}: {}.", outcomes.join(" or ")) }
}

fn success_of(
    endpoint: &Endpoint,
    status: u16,
    calls: &Calls,
    schemas: &mut Schemas<'_>,
    by_status: &mut BTreeMap<u16, Content>,
) {
    let content = by_status.entry(status).or_default();
    let description = success_description(endpoint, status);
    content.descriptions.push(description);
    content.headers.extend(head::headers(endpoint, schemas));
    if matches!(status, 204 | 205) || !head::is_answered(schemas.of, endpoint) {
        return;
    }
    let root = if schemas.of.envelope.success.is_some() {
        Some(Root::Success(endpoint.response))
    } else {
        endpoint.response.map(Root::Payload)
    };
    match root {
        Some(root) => content.add(JSON, schemas.reference(root)),
        None => content.add(JSON, json!({ "type": "object" })),
    }
    // An example does not say which of several statuses it has.
    for (key, title, body) in calls.successes(&endpoint.name).filter(|_| status == endpoint.success) {
        content.show(JSON, key, title, body);
    }
}

fn failures(endpoint: &Endpoint, calls: &Calls, schemas: &mut Schemas<'_>, by_status: &mut BTreeMap<u16, Content>) {
    let of = schemas.of;
    for (status, rows) in rows_by_status(of, endpoint) {
        let media = of.envelope.media_type_of(status);
        let content = by_status.entry(status).or_default();
        for (row, faults) in rows {
            let description = match faults.is_empty() {
                true => format!("{}, only where the bank's own code says so.", crate::markdown::code(&row.name)),
                false => format!("{}: {}.", crate::markdown::code(&row.name), reasons(of, &faults)),
            };
            if !content.descriptions.contains(&description) {
                content.descriptions.push(description);
            }
            content.faults.extend(faults.iter().map(|fault| (*fault).to_owned()));
            content.add(media, failures::schema(endpoint, row, schemas));
            let body = failures::sample(of, endpoint, row, faults.first().copied());
            content.show(media, &row.name, &format!("The error {}", row.name), &body);
        }
        for (key, title, body) in calls.failures(&endpoint.name, status) {
            content.show(media, key, title, body);
        }
    }
}

fn reasons(of: &Adapter, faults: &[&str]) -> String {
    let mut all: Vec<String> = Vec::new();
    for reason in faults.iter().map(|fault| descriptions::when(of, fault)) {
        if !all.contains(&reason) {
            all.push(reason);
        }
    }
    all.join("; ")
}

/// The rows of an endpoint by status, each with its faults.
pub fn rows_by_status<'a>(of: &'a Adapter, endpoint: &'a Endpoint) -> BTreeMap<u16, Vec<RowFaults<'a>>> {
    let mut all: BTreeMap<u16, Vec<RowFaults<'a>>> = BTreeMap::new();
    for answer in &endpoint.plan.answers {
        let row = &of.rows[answer.row];
        all.entry(row.status).or_default().push((row, answer.faults.iter().map(String::as_str).collect()));
    }
    all
}

fn response(operation: &str, status: u16, content: Content, known: &mut Schemas<'_>) -> Json {
    let Content { descriptions, faults, schemas, mut examples, headers } = content;
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let mut media = Map::new();
    for (name, kinds) in schemas {
        let schema = either(&format!("{operation}{status}"), "oneOf", &kinds, known);
        let mut entry = object([("schema", schema)]);
        if let (Json::Object(members), Some(examples)) = (&mut entry, examples.remove(&name)) {
            members.insert("examples".to_owned(), Json::Object(examples));
        }
        media.insert(name, entry);
    }
    let headers = headers::of_status(status, &faults, headers);
    let mut response = object([("description", Json::from(descriptions.join("\n\n"))), ("headers", headers)]);
    if let (Json::Object(members), false) = (&mut response, media.is_empty()) {
        members.insert("content".to_owned(), Json::Object(media));
    }
    response
}

/// Every row of an endpoint, for programs: `x-errors`.
pub fn errors(of: &Adapter, endpoint: &Endpoint) -> Json {
    let mut all = Vec::new();
    for (row, faults) in rows_by_status(of, endpoint).into_values().flatten() {
        let mut line = json!({ "error": row.name, "code": row.code, "status": row.status, "faults": faults });
        let Json::Object(members) = &mut line else { continue };
        let says = match &row.says {
            Says::Key(key) | Says::Text(key) => json!(key),
            Says::FirstOf(lines) => json!(lines),
        };
        members.insert("message".to_owned(), says);
        let own = of.says.iter().filter(|(fault, _)| faults.contains(&fault.as_str()));
        let own: Map<String, Json> = own.map(|(fault, key)| (fault.clone(), Json::from(key.as_str()))).collect();
        members.extend((!own.is_empty()).then(|| ("messages".to_owned(), Json::Object(own))));
        let columns: Map<String, Json> =
            row.columns.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect();
        members.extend((!columns.is_empty()).then(|| ("columns".to_owned(), Json::Object(columns))));
        all.push(line);
    }
    Json::Array(all)
}
