//! A good request of each endpoint, and the fields that it has: what cases change, one thing at a time.

use serde_json::{Map, Value as Json};

use crate::arena::Id;
use crate::language::rules::Constraint;
use crate::model::{Adapter, Endpoint, Field, Need, Payload, Target, Type};
use crate::openapi::samples;

/// A field at its place in a request.
#[derive(Debug, Clone)]
pub struct Spot<'a> {
    /// Names of members, and numbers of elements.
    pub path: Vec<String>,
    pub field: &'a Field,
}

impl Spot<'_> {
    /// `operationContext.name`
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// The field with its place in the definition.
    pub fn description(&self) -> String {
        format!("`{}` ({})", self.name(), self.field.trace)
    }
}

/// A good request: the first example that is answered, else one that is made of the types.
pub fn request(of: &Adapter, endpoint: &Endpoint) -> Option<Json> {
    let id = endpoint.request?;
    let calls = || {
        let all = of.examples.iter().flat_map(|example| &example.calls);
        all.filter(|call| call.to == Target::Endpoint(endpoint.name.clone()) && call.sent_as.is_none())
    };
    let good = calls().find(|call| call.response.is_some()).and_then(|call| call.request.as_ref());
    Some(good.map_or_else(|| made(of, id), |body| samples::filled(of, body)))
}

/// A request of the required fields alone, and of those that have to be there, if only as null.
fn made(of: &Adapter, id: Id<Payload>) -> Json {
    let mut members = Map::new();
    for field in &of.payloads[id].fields {
        let value = match &field.need {
            Need::Required => value(of, &field.ty),
            Need::Constant { always, optional: false } => always.clone(),
            _ if field.rules.iter().any(|rule| rule.constraint == Constraint::Present) => Json::Null,
            _ => continue,
        };
        members.insert(field.wire.clone(), value);
    }
    Json::Object(members)
}

fn value(of: &Adapter, ty: &Type) -> Json {
    match ty {
        Type::Payload(id) => made(of, *id),
        other => samples::of_type(of, other),
    }
}

/// The fields that a request has or could have, in the order of the definition; those of payloads that it does not have
/// are left out.
pub fn spots<'a>(of: &'a Adapter, endpoint: &Endpoint, body: &Json) -> Vec<Spot<'a>> {
    let mut all = Vec::new();
    if let Some(id) = endpoint.request {
        inside(of, &of.payloads[id], body, &[], &mut all);
    }
    all
}

fn inside<'a>(of: &'a Adapter, payload: &'a Payload, body: &Json, path: &[String], all: &mut Vec<Spot<'a>>) {
    if !body.is_object() {
        return;
    }
    for field in &payload.fields {
        let path: Vec<String> = path.iter().cloned().chain([field.wire.clone()]).collect();
        all.push(Spot { path: path.clone(), field });
        if let Some(value) = body.get(&field.wire) {
            below(of, &field.ty, value, &path, all);
        }
    }
}

fn below<'a>(of: &'a Adapter, ty: &Type, value: &Json, path: &[String], all: &mut Vec<Spot<'a>>) {
    match ty {
        Type::Payload(id) => inside(of, &of.payloads[*id], value, path, all),
        Type::Union(id) => {
            let union = &of.unions[*id];
            let tag = value.get(&union.tag).and_then(Json::as_str);
            if let Some(variant) = union.variants.iter().find(|variant| Some(variant.wire.as_str()) == tag) {
                inside(of, &of.payloads[variant.payload], value, path, all);
            }
        }
        Type::List(inner) => {
            if let Some(first) = value.get(0) {
                let path: Vec<String> = path.iter().cloned().chain(["0".to_owned()]).collect();
                below(of, inner, first, &path, all);
            }
        }
        Type::Primitive(_) | Type::Enum(_) | Type::Body => {}
    }
}

/// The same request with a field under its usual name alone.
pub fn by_its_usual_name(body: &Json, spot: &Spot<'_>) -> Json {
    let mut body = body.clone();
    let Some((_, parents)) = spot.path.split_last() else { return body };
    for also in &spot.field.also {
        let path: Vec<String> = parents.iter().cloned().chain([also.clone()]).collect();
        body = changed(&body, &path, None);
    }
    body
}

/// The same request with another value at a place, or without it.
pub fn changed(body: &Json, path: &[String], value: Option<Json>) -> Json {
    let mut changed = body.clone();
    let Some((last, parents)) = path.split_last() else { return changed };
    let pointer: String =
        parents.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect();
    if let Some(Json::Object(members)) = changed.pointer_mut(&pointer) {
        match value {
            Some(value) => drop(members.insert(last.clone(), value)),
            None => drop(members.remove(last)),
        }
    }
    changed
}
