//! Which types requests and responses reach; a response that echoes part of a request reaches that too.

use std::collections::HashSet;

use super::payloads::Payload;
use super::{Resolved, members};
use crate::arena::Id;
use crate::model::{self, Type};
use crate::raw::EnvelopePart;

/// Types that something reaches.
#[derive(Debug, Default)]
pub(crate) struct Types {
    pub payloads: HashSet<Id<model::Payload>>,
    pub unions: HashSet<Id<model::Union>>,
    pub enums: HashSet<Id<model::Enum>>,
}

/// What requests and responses reach.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    pub requests: Types,
    pub responses: Types,
}

/// Follows every endpoint, every failure and every row.
pub(crate) fn reached(of: &Resolved<'_>) -> Reached {
    let mut reached = Reached::default();
    for endpoint in &of.endpoints {
        endpoint.request.into_iter().for_each(|id| payload(of, id, &mut reached.requests));
        endpoint.response.into_iter().for_each(|id| payload(of, id, &mut reached.responses));
    }
    for failure in members::failures(of.raw) {
        match failure {
            EnvelopePart::Payload(name) => {
                of.payload_id(&name.text).into_iter().for_each(|id| payload(of, id, &mut reached.responses));
            }
            EnvelopePart::Shape(lines, _) => {
                of.shape(lines).into_iter().for_each(|shape| inside(of, shape, &mut reached.responses));
            }
        }
    }
    // What hooks take and give is written for them.
    for shape in of.meanings.all.iter().filter_map(|meaning| meaning.shape.as_ref()) {
        reach(of, shape, &mut reached.responses);
    }
    for name in of.raw.errors.iter().filter_map(|(_, row)| row.payload.as_ref()) {
        of.payload_id(&name.text).into_iter().for_each(|id| payload(of, id, &mut reached.responses));
    }
    reached
}

/// A payload and all that its fields reach, in the order in which they were written.
pub(crate) fn from(of: &Resolved<'_>, id: Id<model::Payload>) -> Vec<Id<model::Payload>> {
    let mut types = Types::default();
    payload(of, id, &mut types);
    let mut all: Vec<_> = types.payloads.into_iter().collect();
    all.sort();
    all
}

fn payload(of: &Resolved<'_>, id: Id<model::Payload>, into: &mut Types) {
    if into.payloads.insert(id) {
        inside(of, &of.payloads[id], into);
    }
}

fn inside(of: &Resolved<'_>, payload: &Payload<'_>, into: &mut Types) {
    payload.fields.iter().filter_map(|field| field.ty.as_ref().ok()).for_each(|ty| reach(of, ty, into));
}

fn reach(of: &Resolved<'_>, ty: &Type, into: &mut Types) {
    match ty {
        Type::Payload(id) => payload(of, *id, into),
        Type::Enum(id) => drop(into.enums.insert(*id)),
        Type::List(inner) => reach(of, inner, into),
        Type::Union(id) => {
            if into.unions.insert(*id) {
                let variants = of.unions[*id].variants.iter().filter_map(|variant| variant.payload.ok());
                variants.for_each(|id| payload(of, id, into));
            }
        }
        Type::Primitive(_) | Type::Body => {}
    }
}
