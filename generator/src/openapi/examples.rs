//! The definition's examples as those of operations: with their envelopes, and with something to show for what matches
//! any.

use serde_json::{Map, Value as Json, json};

use super::failures;
use super::head;
use super::operations::{Group, path_parameters};
use super::requests;
use super::samples;
use super::schema_validation;
use super::schemas::{Root, Schemas};
use crate::model::{Adapter, Call, Endpoint, ErrorRow, Payload, Target, Type};
use crate::naming;

/// The calls of examples to the endpoints of a route.
pub struct Calls {
    all: Vec<Shown>,
}

struct Shown {
    key: String,
    title: String,
    endpoint: String,
    sent_as: Option<String>,
    /// In its envelope, without what stands in the path.
    request: Option<Json>,
    success: Option<Json>,
    failure: Option<(u16, Json)>,
}

impl Calls {
    /// Requests of the usual media type: key, title, body.
    pub fn requests(&self) -> impl Iterator<Item = (&str, &str, &Json)> {
        let plain = self.all.iter().filter(|call| call.sent_as.is_none());
        plain.filter_map(|call| Some((call.key.as_str(), call.title.as_str(), call.request.as_ref()?)))
    }

    /// Answers of an endpoint that are no failures.
    pub fn successes<'s>(&'s self, endpoint: &'s str) -> impl Iterator<Item = (&'s str, &'s str, &'s Json)> {
        let own = self.all.iter().filter(move |call| call.endpoint == endpoint);
        own.filter_map(|call| Some((call.key.as_str(), call.title.as_str(), call.success.as_ref()?)))
    }

    /// Failures of an endpoint with this status.
    pub fn failures<'s>(
        &'s self,
        endpoint: &'s str,
        status: u16,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Json)> {
        let own = self.all.iter().filter(move |call| call.endpoint == endpoint);
        own.filter_map(move |call| match &call.failure {
            Some((own, body)) if *own == status => Some((call.key.as_str(), call.title.as_str(), body)),
            _ => None,
        })
    }
}

/// The calls to the endpoints of a route, in the order of the definition.
pub fn of_group(of: &Adapter, group: &Group<'_>) -> Calls {
    let mut all: Vec<Shown> = Vec::new();
    for example in &of.examples {
        for (at, call) in example.calls.iter().enumerate() {
            let Some(endpoint) = called(group, call) else { continue };
            let title =
                if example.calls.len() > 1 { format!("{} ({})", example.title, at + 1) } else { example.title.clone() };
            let key = free_key(&naming::snake(&title), &all);
            all.push(shown(of, endpoint, call, key, title));
        }
    }
    Calls { all }
}

fn called<'a>(group: &Group<'a>, call: &Call) -> Option<&'a Endpoint> {
    let Target::Endpoint(name) = &call.to else { return None };
    group.endpoints.iter().find(|endpoint| endpoint.name == *name).copied()
}

fn free_key(wanted: &str, taken: &[Shown]) -> String {
    let mut key = wanted.to_owned();
    let mut number = 2;
    while taken.iter().any(|call| call.key == key) {
        key = format!("{wanted}_{number}");
        number += 1;
    }
    key
}

fn shown(of: &Adapter, endpoint: &Endpoint, call: &Call, key: String, title: String) -> Shown {
    let fill = |body: &Option<Json>| body.as_ref().map(|body| samples::filled(of, body));
    Shown {
        key,
        title,
        endpoint: endpoint.name.clone(),
        sent_as: call.sent_as.clone(),
        request: fill(&call.request).map(|body| asked(of, endpoint, body)),
        success: fill(&call.response).map(|body| answered(of, endpoint, body)),
        failure: fill(&call.error).and_then(|body| failed(of, endpoint, call, body)),
    }
}

/// A request in its envelope, without what stands in the path.
pub fn asked(of: &Adapter, endpoint: &Endpoint, mut body: Json) -> Json {
    let path_parameters = path_parameters(&endpoint.path);
    if let Json::Object(members) = &mut body {
        members.retain(|name, _| !path_parameters.contains(name));
    }
    head::without_head(of, endpoint, &mut body);
    in_envelope(of.envelope.request.as_ref(), Some(body))
}

/// A success in its envelope.
pub fn answered(of: &Adapter, endpoint: &Endpoint, mut body: Json) -> Json {
    head::without(head::of_response(of, endpoint), &mut body);
    head::whole_body(endpoint.response.map(|id| &of.payloads[id]), &mut body);
    let body = if endpoint.response.is_some() || of.envelope.success.is_none() { Some(body) } else { None };
    in_envelope(of.envelope.success.as_ref(), body)
}

/// An envelope around a body; where there is none, the key is left out.
fn in_envelope(envelope: Option<&Payload>, body: Option<Json>) -> Json {
    let Some(envelope) = envelope else { return body.unwrap_or_default() };
    let mut around = Map::new();
    for field in &envelope.fields {
        match field.constant() {
            Some(constant) => drop(around.insert(field.wire.clone(), constant.clone())),
            None if field.ty == Type::Body => around.extend(body.clone().map(|body| (field.wire.clone(), body))),
            None => {}
        }
    }
    Json::Object(around)
}

/// The status of a failure, and its body in the envelope.
fn failed(of: &Adapter, endpoint: &Endpoint, call: &Call, body: Json) -> Option<(u16, Json)> {
    let row = row_of(of, endpoint, call, &body)?;
    if body.is_string() || row.shows.is_some() {
        return Some((row.status, failures::sample(of, endpoint, row, None)));
    }
    Some((row.status, in_failure(of, endpoint, body)))
}

/// The body of a failure with what stands around it.
pub fn in_failure(of: &Adapter, endpoint: &Endpoint, body: Json) -> Json {
    let has_hole = |payload: &Payload| payload.fields.iter().any(|field| matches!(field.ty, Type::Payload(_)));
    let failure = failures::of_endpoint(of, endpoint);
    let Some(failure) = failure.filter(|one| one.declared.is_none() && has_hole(&one.payload)) else { return body };
    let mut around = Map::new();
    let mut body = Some(body);
    for field in &failure.payload.fields {
        let value = match (field.constant(), &field.ty) {
            (Some(constant), _) => Some(constant.clone()),
            (None, Type::Payload(_)) => body.take(),
            _ => None,
        };
        around.extend(value.map(|value| (field.wire.clone(), value)));
    }
    Json::Object(around)
}

/// The row that an example of a failure shows.
pub fn row_of<'a>(of: &'a Adapter, endpoint: &Endpoint, call: &Call, body: &Json) -> Option<&'a ErrorRow> {
    let code = body.as_str().map(str::to_owned).or_else(|| code_in(of, endpoint, body))?;
    let answers = endpoint.plan.answers.iter();
    let rows: Vec<(&ErrorRow, &Vec<String>)> =
        answers.map(|answer| (&of.rows[answer.row], &answer.faults)).filter(|(row, _)| row.code == code).collect();
    let media = call
        .sent_as
        .as_ref()
        .and_then(|_| rows.iter().find(|(_, faults)| faults.iter().any(|fault| fault == "content_type.wrong")));
    let named = rows.iter().find(|(row, _)| row.name == code);
    media.or(named).or(rows.first()).map(|(row, _)| *row)
}

/// The code that a body shows.
fn code_in(of: &Adapter, endpoint: &Endpoint, body: &Json) -> Option<String> {
    let failure = failures::of_endpoint(of, endpoint)?;
    let body_slot = failure.payload.fields.iter().find_map(|field| match field.ty {
        Type::Payload(id) if failure.declared.is_none() => Some(&of.payloads[id]),
        _ => None,
    });
    code_of(of, body_slot.unwrap_or(&failure.payload), body)
}

fn code_of(of: &Adapter, payload: &Payload, body: &Json) -> Option<String> {
    payload.fields.iter().find_map(|field| {
        let value = body.get(&field.wire)?;
        match (&field.ty, field.meaning.map(|id| of.meanings[id].name.as_str())) {
            (_, Some("error.code")) => value.as_str().map(str::to_owned),
            (Type::Payload(id), _) => code_of(of, &of.payloads[*id], value),
            (Type::List(inner), _) => match &**inner {
                Type::Payload(id) => code_of(of, &of.payloads[*id], value.get(0)?),
                _ => None,
            },
            _ => None,
        }
    })
}

/// What examples say for a parameter of the path.
pub fn in_path(of: &Adapter, group: &Group<'_>, name: &str) -> Option<Json> {
    let calls = of.examples.iter().flat_map(|example| &example.calls);
    let good = calls.filter(|call| call.error.is_none() && called(group, call).is_some());
    good.filter_map(|call| call.request.as_ref()?.get(name)).map(|value| samples::filled(of, value)).next()
}

/// Requests that are wrong on purpose or in a form that is only tolerated, which examples of OpenAPI may not be.
pub fn refused(group: &Group<'_>, calls: &Calls, schemas: &mut Schemas<'_>) -> Option<Json> {
    let mut all = Map::new();
    for call in &calls.all {
        let Some(request) = &call.request else { continue };
        let endpoint = group.endpoints.iter().find(|endpoint| endpoint.name == call.endpoint);
        let root = endpoint.and_then(|endpoint| requests::root(endpoint, schemas));
        let fits = root.is_none_or(|root: Root| {
            let schema = schemas.reference(root);
            schema_validation::fits(request, &schema, schemas)
        });
        if fits && call.sent_as.is_none() {
            continue;
        }
        let mut line = json!({ "summary": call.title, "value": request });
        if let Json::Object(members) = &mut line {
            members.extend(call.sent_as.as_ref().map(|media| ("mediaType".to_owned(), Json::from(media.as_str()))));
            members.extend(call.failure.as_ref().map(|(status, _)| ("status".to_owned(), Json::from(*status))));
        }
        all.insert(call.key.clone(), line);
    }
    (!all.is_empty()).then_some(Json::Object(all))
}
