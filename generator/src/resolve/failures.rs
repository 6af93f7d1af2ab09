//! What failures show: the meanings of the payloads that describe them.

use std::collections::HashSet;

use super::payloads::Payload;
use super::{Meaning, Means, Resolved, members};
use crate::arena::Id;
use crate::model::{self, Type};
use crate::raw::EnvelopePart;
use crate::source::Place;

/// The payloads that failures are, by the envelopes and by rows of their own.
pub(crate) fn failure_payloads(of: &Resolved<'_>) -> Vec<Id<model::Payload>> {
    let own = of.raw.errors.iter().filter_map(|(_, row)| of.payload_id(&row.payload.as_ref()?.text));
    let usual = members::failures(of.raw).into_iter().filter_map(|failure| match failure {
        EnvelopePart::Payload(name) => of.payload_id(&name.text),
        EnvelopePart::Shape(..) => None,
    });
    own.chain(usual).collect()
}

/// Meanings that the payloads of failures show, with the fields that do.
pub(crate) fn failure_meanings(of: &Resolved<'_>) -> Vec<(Id<Meaning>, Place)> {
    failure_fields(of).into_iter().map(|(meaning, place, _)| (meaning, place)).collect()
}

/// The same with the type that each has; none where that is unknown.
pub(crate) fn failure_fields(of: &Resolved<'_>) -> Vec<(Id<Meaning>, Place, Option<Type>)> {
    let mut all = Vec::new();
    let own = of.raw.errors.iter().filter_map(|(_, row)| of.payload_id(&row.payload.as_ref()?.text));
    let mut open: Vec<Id<model::Payload>> = own.collect();
    for failure in members::failures(of.raw) {
        match failure {
            EnvelopePart::Payload(name) => open.extend(of.payload_id(&name.text)),
            EnvelopePart::Shape(lines, _) => {
                of.shape(lines).into_iter().for_each(|shape| show(of, shape, &mut all, &mut open))
            }
        }
    }
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            show(of, &of.payloads[id], &mut all, &mut open);
        }
    }
    all
}

fn show(
    of: &Resolved<'_>,
    payload: &Payload<'_>,
    all: &mut Vec<(Id<Meaning>, Place, Option<Type>)>,
    open: &mut Vec<Id<model::Payload>>,
) {
    for field in &payload.fields {
        let meaning = if let Means::Always(Ok(meaning)) = &field.means { Some(*meaning) } else { None };
        all.extend(meaning.map(|meaning| (meaning, field.raw.name.place, field.ty.as_ref().ok().cloned())));
        let inner = match &field.ty {
            Ok(Type::List(inner)) => Some(&**inner),
            Ok(ty) => Some(ty),
            Err(_) => None,
        };
        // What is sent back as it came is looked into by nobody.
        let echoed = meaning.is_some_and(|meaning| of.meaning(meaning).is_echoed);
        if let Some(Type::Payload(id)) = inner.filter(|_| !echoed) {
            open.push(*id);
        }
    }
}
