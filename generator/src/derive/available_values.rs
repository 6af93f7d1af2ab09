//! The available values of an endpoint before it does anything: what the request means, and what follows from it.

use std::collections::HashMap;

use super::forms::natural_type;
use crate::arena::{Arena, Id};
use crate::diagnostic::Diagnostic;
use crate::model::Type;
use crate::plan::{Lack, Part, Presence, Source, Value};
use crate::raw::{Callers, Placement};
use crate::report::Report;
use crate::resolve::{Certainty, Endpoint, Meaning, Occurrence, PathStep, Resolved, walk};
use crate::source::Place;

/// Who calls.
const CALLER: &str = "partner.id";

/// An available value.
#[derive(Debug, Clone)]
pub(crate) struct AvailableValue {
    pub meaning: Id<Meaning>,
    pub value: Id<Value>,
    pub place: Option<Place>,
    /// For messages: `requestObject.userId`, `find_user`.
    pub label: String,
}

/// The available values, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct AvailableValues {
    all: Vec<AvailableValue>,
    by_meaning: HashMap<Id<Meaning>, usize>,
}

impl AvailableValues {
    /// What has a meaning.
    pub fn get(&self, meaning: Id<Meaning>) -> Option<&AvailableValue> {
        self.by_meaning.get(&meaning).and_then(|at| self.all.get(*at))
    }

    /// True if something has it.
    pub fn has(&self, meaning: Id<Meaning>) -> bool {
        self.by_meaning.contains_key(&meaning)
    }

    /// Everything.
    pub fn iter(&self) -> std::slice::Iter<'_, AvailableValue> {
        self.all.iter()
    }

    /// Makes a value available; what was there with the same meaning gives way.
    pub fn put(&mut self, one: AvailableValue) {
        match self.by_meaning.get(&one.meaning).and_then(|at| self.all.get_mut(*at)) {
            Some(before) => *before = one,
            None => {
                self.by_meaning.insert(one.meaning, self.all.len());
                self.all.push(one);
            }
        }
    }
}

/// The values that are available before anything is done.
pub(super) fn bind(
    of: &Resolved<'_>,
    endpoint: &Endpoint<'_>,
    values: &mut Arena<Value>,
    report: &mut Report,
) -> AvailableValues {
    let mut available = AvailableValues::default();
    // What a session binds is known by its token; a request that says otherwise is refused before anything is done.
    for meaning in endpoint.session.iter().flat_map(|kind| &of.declarations.sessions[*kind].binds) {
        if let Ok(meaning) = meaning.id {
            let value = values.put(plain(of, meaning, Source::Session));
            available.put(AvailableValue { meaning, value, place: None, label: "the session".to_owned() });
        }
    }
    // Who calls is known by the token that they show; no field of a request may say otherwise.
    if let (Some((Callers::Bearer, _)), Some(meaning)) = (&of.raw.callers, of.meanings.find(CALLER)) {
        let value = values.put(plain(of, meaning, Source::Caller));
        available.put(AvailableValue { meaning, value, place: None, label: "the caller".to_owned() });
    }
    let request = endpoint.request.map(|request| walk(of, request)).unwrap_or_default();
    let is_bound = |occurrence: &Occurrence<'_>| {
        !of.meaning(occurrence.meaning).is_echoed && !is_request_id(of, endpoint, occurrence)
    };
    for occurrence in request.into_iter().filter(is_bound) {
        let label = endpoint.body_slot.into_iter().chain(occurrence.path.iter().map(|step| step.name));
        let label = label.collect::<Vec<_>>().join(".");
        let (meaning, place) = (occurrence.meaning, occurrence.place);
        match available.get(meaning) {
            None => {
                let value = values.put(of_request(of, endpoint, &occurrence));
                available.put(AvailableValue { meaning, value, place: Some(place), label });
            }
            Some(before) if values[before.value].source == Source::Session => {}
            // One field that stands twice in a payload is reported as that.
            Some(before) if before.label == label => {}
            Some(before) if !of.meaning(meaning).is_inward => {
                let text = format!("`{}` and `{label}` both mean `{}`", before.label, of.meaning(meaning).name);
                let mut diagnostic = Diagnostic::new("meant-twice", place, text)
                    .help("take the meaning from one of them, or give it one of your own");
                diagnostic.related.extend(before.place.map(|place| (place, "it is meant here first".to_owned())));
                report.push(diagnostic);
            }
            Some(_) => {}
        }
    }
    derive_values(of, &mut available, values);
    available
}

/// True for the header that says the request's id: it is taken over where it can be, and available as what it is then.
fn is_request_id(of: &Resolved<'_>, endpoint: &Endpoint<'_>, occurrence: &Occurrence<'_>) -> bool {
    let fields = endpoint.request.into_iter().flat_map(|id| &of.payloads[id].fields);
    let mut headers = fields.filter(|field| matches!(field.raw.placement, Some((Placement::Header, _))));
    of.meaning(occurrence.meaning).name == "request.id" && headers.any(|field| field.raw.name.place == occurrence.place)
}

/// A value that is always there and has its meaning's type.
pub(super) fn plain(of: &Resolved<'_>, meaning: Id<Meaning>, source: Source) -> Value {
    Value { meaning, ty: natural_type(of.meaning(meaning)), source, optional: false, presence: Presence::Always }
}

fn of_request(of: &Resolved<'_>, endpoint: &Endpoint<'_>, occurrence: &Occurrence<'_>) -> Value {
    let ty = endpoint.request.and_then(|request| type_at(of, request, &occurrence.path));
    let optional = occurrence.optional();
    if occurrence.means != Certainty::Always {
        let path = occurrence.path.iter().map(|step| step.name.to_owned()).collect();
        let source = match occurrence.means {
            Certainty::InElement => Source::InElements { list: path, else_from: Vec::new() },
            _ => Source::Conditional { path },
        };
        let ty = natural_type(of.meaning(occurrence.meaning));
        return Value { meaning: occurrence.meaning, ty, source, optional, presence: Presence::Maybe(Lack::Searched) };
    }
    let part =
        |step: &PathStep<'_>| Part { wire: step.name.to_owned(), rust: step.rust.clone(), may_lack: step.may_lack };
    let path: Vec<Part> = occurrence.path.iter().map(part).collect();
    let may_lack = path.iter().any(|part| part.may_lack);
    let presence = if may_lack { Presence::Maybe(Lack::OptionalField) } else { Presence::Always };
    let ty = ty.unwrap_or_else(|| natural_type(of.meaning(occurrence.meaning)));
    Value { meaning: occurrence.meaning, ty, source: Source::Request { path }, optional, presence }
}

/// The type of the field at the end of a path.
fn type_at(of: &Resolved<'_>, payload: Id<crate::model::Payload>, path: &[PathStep<'_>]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    let field = of.payloads[payload].fields.iter().find(|field| field.raw.name.text == first.name)?;
    match (&field.ty, rest) {
        (Ok(ty), []) => Some(ty.clone()),
        (Ok(Type::Payload(inner)), rest) => type_at(of, *inner, rest),
        _ => None,
    }
}

/// Meanings that can be derived from available values.
fn derive_values(of: &Resolved<'_>, available: &mut AvailableValues, values: &mut Arena<Value>) {
    for (meaning, from) in &of.words.derived {
        let Some(meaning) = of.meanings.find(meaning) else { continue };
        let from: Vec<Id<Meaning>> = from.iter().filter_map(|name| of.meanings.find(name)).collect();
        let first =
            from.iter().find_map(|one| available.get(*one)).filter(|_| from.iter().all(|one| available.has(*one)));
        let Some(first) = first else { continue };
        let path = match &values[first.value].source {
            Source::Request { path } => path.iter().map(|part| part.wire.clone()).collect(),
            Source::InElements { list: path, .. } | Source::Derived { path, .. } | Source::Conditional { path } => {
                path.clone()
            }
            _ => Vec::new(),
        };
        let (place, label) = (first.place, first.label.clone());
        match available.get(meaning).map(|one| one.value) {
            Some(id) => {
                if let Source::InElements { else_from, .. } = &mut values[id].source {
                    *else_from = from;
                }
            }
            None => {
                let source = Source::Derived { path, from };
                let presence = Presence::Maybe(Lack::Searched);
                let value = values.put(Value { optional: true, presence, ..plain(of, meaning, source) });
                available.put(AvailableValue { meaning, value, place, label });
            }
        }
    }
}
