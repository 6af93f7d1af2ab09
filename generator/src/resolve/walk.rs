//! Walking through payloads: the occurrences of meanings in them.

use super::payloads::{Field, Means, Payload};
use super::{Resolved, Type};
use crate::arena::Id;
use crate::model;
use crate::resolve::Meaning;
use crate::source::Place;

/// How deep a walk goes.
const DEEPEST: usize = 16;

/// An occurrence of a meaning in a payload.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence<'a> {
    pub meaning: Id<Meaning>,
    /// From the payload's root.
    pub path: Vec<Step<'a>>,
    pub place: Place,
    pub means: Certainty,
}

/// Whether the field at the end of a path has the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// It does.
    Always,
    /// If a field beside it says so.
    Conditional,
    /// An element of the list there may have it.
    InElement,
}

/// A field on the way to a meaning.
#[derive(Debug, Clone)]
pub(crate) struct Step<'a> {
    pub name: &'a str,
    /// In Rust.
    pub rust: String,
    /// Written as optional.
    pub optional: bool,
    /// Its value may be missing when a request is good.
    pub may_lack: bool,
}

impl Occurrence<'_> {
    pub fn optional(&self) -> bool {
        self.means != Certainty::Always || self.path.iter().any(|step| step.optional)
    }
}

/// Every occurrence of a meaning in a payload, nested ones included.
pub(crate) fn walk<'a>(of: &Resolved<'a>, payload: Id<model::Payload>) -> Vec<Occurrence<'a>> {
    let mut all = Vec::new();
    walk_into(of, payload, &mut Vec::new(), &mut all);
    all
}

fn walk_into<'a>(
    of: &Resolved<'a>,
    payload: Id<model::Payload>,
    path: &mut Vec<Step<'a>>,
    all: &mut Vec<Occurrence<'a>>,
) {
    if path.len() > DEEPEST {
        return;
    }
    for field in &of.payloads[payload].fields {
        let raw = field.raw;
        let (name, rust) = (raw.name.text.as_str(), field.rust.clone());
        path.push(Step { name, rust, optional: raw.optional, may_lack: field.may_lack() });
        let mut add = |meaning, place, means| all.push(Occurrence { meaning, path: path.clone(), place, means });
        if let Some(meaning) = field.meaning {
            add(meaning, raw.name.place, Certainty::Always);
        }
        for meaning in field.means.conditional() {
            add(meaning, raw.name.place, Certainty::Conditional);
        }
        match &field.ty {
            Ok(Type::List(element)) => {
                for (meaning, place) in inside(of, element, field.meaning.is_some()) {
                    add(meaning, place, Certainty::InElement);
                }
            }
            Ok(Type::Payload(inner)) if raw.ty.is_some() => walk_into(of, *inner, path, all),
            _ => {}
        }
        path.pop();
    }
}

/// Meanings that an element of a list may carry beside those of its own thing, if the list is one of things.
fn inside(of: &Resolved<'_>, element: &Type, is_of_things: bool) -> Vec<(Id<Meaning>, Place)> {
    let (fields, entity): (Vec<&Field<'_>>, _) = match element {
        Type::Union(union) => {
            let union = &of.unions[*union];
            let own = union.variants.iter().filter(|variant| !variant.is_like).filter_map(|one| one.payload.ok());
            (own.flat_map(|id| own_fields(&of.payloads[id])).collect(), union.entity.as_deref())
        }
        Type::Payload(payload) => {
            let payload = &of.payloads[*payload];
            (payload.fields.iter().collect(), payload.element.as_deref())
        }
        _ => return Vec::new(),
    };
    let mut all: Vec<(Id<Meaning>, Place)> = Vec::new();
    for field in fields {
        let meanings: Vec<Id<Meaning>> = match &field.means {
            Means::Nothing => Vec::new(),
            Means::Always(meaning) => meaning.iter().copied().collect(),
            means @ Means::Conditional(_) => means.conditional().collect(),
        };
        for id in meanings {
            let meaning = &of.meanings.all[id];
            let own = is_of_things && entity == Some(&meaning.entity) || meaning.is_inward;
            if !own && !all.iter().any(|(other, _)| *other == id) {
                all.push((id, field.raw.name.place));
            }
        }
    }
    all
}

/// The fields of a variant that are not those of every variant.
fn own_fields<'p, 'a>(payload: &'p Payload<'a>) -> impl Iterator<Item = &'p Field<'a>> {
    payload.fields.iter().skip(payload.own_from)
}
