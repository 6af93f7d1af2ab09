//! What is at hand in an endpoint before it does anything: what the request means, and what follows from it.

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::model::Source;
use crate::raw::{Around, Callers, Endpoint};
use crate::source::Place;

/// Who calls.
const CALLER: &str = "partner.id";

/// A value at hand.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub meaning: String,
    pub source: Source,
    pub optional: bool,
    pub place: Option<Place>,
    /// For messages: `requestObject.userId`, `find_user`.
    pub label: String,
}

/// Everything at hand, in the order in which it was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Have(pub Vec<Held>);

impl Have {
    pub fn get(&self, meaning: &str) -> Option<&Held> {
        self.0.iter().find(|held| held.meaning == meaning)
    }

    pub fn has(&self, meaning: &str) -> bool {
        self.get(meaning).is_some()
    }

    /// What a behaviour gives replaces what was there.
    pub fn give(&mut self, meaning: &str, step: usize, label: &str) {
        let (source, label) = (Source::Step(step), label.to_owned());
        let held = Held { meaning: meaning.to_owned(), source, optional: false, place: None, label };
        match self.0.iter_mut().find(|held| held.meaning == meaning) {
            Some(before) => *before = held,
            None => self.0.push(held),
        }
    }
}

impl<'a> Cx<'a> {
    /// What a request means.
    pub fn bind(&mut self, request: Option<&str>, around: Option<&Around>, endpoint: &Endpoint) -> Have {
        let mut have = Have::default();
        self.bind_session(endpoint, &mut have);
        // Who calls is known by the token that they show; no field of a request may say otherwise.
        if matches!(self.definition.callers, Some((Callers::Bearer, _))) {
            let label = "the caller".to_owned();
            have.0.push(Held {
                meaning: CALLER.to_owned(),
                source: Source::Caller,
                optional: false,
                place: None,
                label,
            });
        }
        let around = self.hole_of(around);
        let mut all = request.map(|request| self.walk(request)).unwrap_or_default();
        all.retain(|found| !self.words.is_echoed(&found.meaning));
        for found in all {
            let label = around.iter().chain(&found.path).cloned().collect::<Vec<_>>().join(".");
            let source = if found.in_element {
                Source::Found { path: found.path, how: "in the element that means it".to_owned() }
            } else {
                Source::Request { path: found.path, optional: found.optional }
            };
            let held =
                Held { meaning: found.meaning, source, optional: found.optional, place: Some(found.place), label };
            match have.get(&held.meaning) {
                None => have.0.push(held),
                Some(before) if before.source == Source::Session => {}
                Some(before) if !self.words.is_inward(&held.meaning) => {
                    let text = format!("`{}` and `{}` both mean `{}`", before.label, held.label, held.meaning);
                    let related = before.place.map(|place| (place, "it is meant here first".to_owned()));
                    let mut told = Diagnostic::new("meant-twice", held.place, text)
                        .help("take the meaning from one of them, or give it one of your own");
                    told.related.extend(related);
                    self.push(told);
                }
                Some(_) => {}
            }
        }
        self.work_out(&mut have);
        have
    }

    /// What a session binds is known by its token; a request that says otherwise is refused before anything is done.
    fn bind_session(&self, endpoint: &Endpoint, have: &mut Have) {
        let Some(kind) = self.session_of(endpoint) else { return };
        for meaning in &kind.binds {
            let (meaning, label) = (meaning.text.clone(), "the session".to_owned());
            have.0.push(Held { meaning, source: Source::Session, optional: false, place: None, label });
        }
    }

    /// Meanings that can be worked out from what is at hand.
    fn work_out(&self, have: &mut Have) {
        for (meaning, sources) in &self.words.all.derived {
            let all = sources.iter().all(|source| have.has(source));
            let from = sources.iter().find_map(|source| have.get(source)).filter(|_| all);
            let element =
                have.0.iter().position(|held| held.meaning == *meaning && matches!(held.source, Source::Found { .. }));
            if let (Some(at), true) = (element, from.is_some()) {
                if let Some(Held { source: Source::Found { how, .. }, .. }) = have.0.get_mut(at) {
                    how.push_str(&format!(", else from {}", sources.join(" and ")));
                }
                continue;
            }
            if let (false, Some(from)) = (have.has(meaning), from) {
                let path = match &from.source {
                    Source::Request { path, .. } | Source::Found { path, .. } => path.clone(),
                    _ => Vec::new(),
                };
                let how = format!("worked out of {}", sources.join(" and "));
                let held = Held {
                    meaning: meaning.clone(),
                    source: Source::Found { path, how },
                    optional: true,
                    place: from.place,
                    label: from.label.clone(),
                };
                have.0.push(held);
            }
        }
    }

    /// Wire names before the hole of an envelope.
    pub fn hole_of(&self, around: Option<&Around>) -> Vec<String> {
        let Some(Around::Shape(members, _)) = around else { return Vec::new() };
        let is_hole = |field: &&crate::raw::Field| field.ty.as_ref().is_some_and(|ty| ty.name().text == "Body");
        members
            .iter()
            .filter_map(|member| member.field())
            .find(is_hole)
            .map(|field| field.name.text.clone())
            .into_iter()
            .collect()
    }
}
