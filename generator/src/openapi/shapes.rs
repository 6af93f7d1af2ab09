//! What answers of an endpoint look like, for whoever holds a server to them: the same schemas as in the document, and
//! the values that a failure shows by their meanings.

use serde_json::Value as Json;

use super::schema_validation::{SchemaViolation, schema_violations};
use super::schemas::{Root, Schemas};
use super::{Version, examples, failures};
use crate::model::{Adapter, Endpoint, ErrorRow, Field, Payload, Placement, Type};

/// The shapes of an API's answers.
pub struct Shapes<'a> {
    schemas: Schemas<'a>,
}

impl<'a> Shapes<'a> {
    /// Those of a model.
    pub fn of(adapter: &'a Adapter) -> Self {
        Shapes { schemas: Schemas::new(adapter, Version::V3_1) }
    }

    /// Where a success does not fit; none of it is looked at where the endpoint has no body.
    pub fn success(&mut self, endpoint: &Endpoint, body: &Json) -> Vec<SchemaViolation> {
        let root = match self.schemas.of.envelope.success {
            Some(_) => Some(Root::Success(endpoint.response)),
            None => endpoint.response.map(Root::Payload),
        };
        root.map(|root| self.schemas.reference(root))
            .map_or(Vec::new(), |schema| schema_violations(body, &schema, &self.schemas))
    }

    /// Where a failure does not fit the answer of a row.
    pub fn failure(&mut self, endpoint: &Endpoint, row: &ErrorRow, body: &Json) -> Vec<SchemaViolation> {
        let schema = failures::schema(endpoint, row, &mut self.schemas);
        schema_violations(body, &schema, &self.schemas)
    }
}

/// A request with its envelope and without what stands in the path.
pub fn request(of: &Adapter, endpoint: &Endpoint, body: Json) -> Json {
    examples::asked(of, endpoint, body)
}

/// The body of a success with what stands around it.
pub fn success(of: &Adapter, endpoint: &Endpoint, body: Json) -> Json {
    examples::answered(of, endpoint, body)
}

/// The body of a failure with what stands around it.
pub fn failure(of: &Adapter, endpoint: &Endpoint, body: Json) -> Json {
    examples::in_failure(of, endpoint, body)
}

/// What a failure shows for a meaning: `error.code`.
pub fn shown_by_failure<'j>(of: &Adapter, endpoint: &Endpoint, body: &'j Json, meaning: &str) -> Option<&'j Json> {
    let failure = failures::of_endpoint(of, endpoint)?;
    inside(of, &failure.payload, body, meaning)
}

/// What a body shows for a meaning, by the payload that it is.
pub fn inside<'j>(of: &Adapter, payload: &Payload, body: &'j Json, meaning: &str) -> Option<&'j Json> {
    payload.fields.iter().find_map(|field| {
        let value = if field.placement == Placement::WholeBody { body } else { body.get(&field.wire)? };
        if field.meaning.is_some_and(|id| of.meanings[id].name == meaning) {
            return Some(value);
        }
        match &field.ty {
            Type::Payload(id) => inside(of, &of.payloads[*id], value, meaning),
            Type::List(inner) => match &**inner {
                Type::Payload(id) => inside(of, &of.payloads[*id], value.get(0)?, meaning),
                _ => None,
            },
            _ => None,
        }
    })
}

/// The field at a place of a success.
pub fn field_at<'a>(of: &'a Adapter, endpoint: &Endpoint, pointer: &str) -> Option<&'a Field> {
    let mut parts = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
    let payload = endpoint.response.map(|id| &of.payloads[id]);
    let around = of.envelope.success.as_ref().or(payload)?;
    let mut field = match around.whole_body() {
        Some(whole) => whole,
        None => {
            let first = parts.next()?;
            around.fields.iter().find(|field| field.wire == first)?
        }
    };
    for part in parts.filter(|part| part.parse::<usize>().is_err()) {
        let inner = match &field.ty {
            Type::Body => payload?,
            ty => &of.payloads[payload_of(ty)?],
        };
        field = inner.fields.iter().find(|field| field.wire == part)?;
    }
    Some(field)
}

fn payload_of(ty: &Type) -> Option<crate::arena::Id<Payload>> {
    match ty {
        Type::Payload(id) => Some(*id),
        Type::List(inner) => payload_of(inner),
        _ => None,
    }
}
