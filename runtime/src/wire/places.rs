//! Where in a request its meanings stand, for whatever is found out of a value after the request was read.

use super::decoder::{Decoder, Meant, Step, StepName};
use crate::adapter::Adapter;
use crate::fault::Violation;

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The message that shows it is too long.
    TooLong,
    /// It is not written as such a value is.
    Malformed,
}

impl Unfit {
    /// The rule that it breaks, and those whose usual message reports it if that one has none.
    fn rules(self) -> &'static [&'static str] {
        match self {
            Unfit::TooLong => &["fits", "max", "pattern", "type", "required"],
            Unfit::Malformed => &["pattern", "type", "required"],
        }
    }
}

/// Where the meanings of a request stand.
#[derive(Debug, Clone, Default)]
pub struct Places {
    steps: Vec<Step>,
    body: Option<usize>,
    found: Vec<Place>,
}

/// Where a meaning stands, or where what is wrong with it is reported.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub meaning: &'static str,
    pub step: Option<usize>,
    pub type_name: &'static str,
    /// The message of a value that is too long for what shows it.
    pub key: Option<&'static str>,
}

impl Places {
    /// The places that a decoder went through.
    pub(super) fn of(decoder: Decoder<'_>) -> Places {
        let Decoder { steps, body, meant, mut places, .. } = decoder;
        let there = meant.iter().filter(|meant| meant.seen.is_some());
        places.reserve(meant.len());
        places.extend(there.map(|Meant { meaning, step, type_name, .. }| Place {
            meaning,
            step: *step,
            type_name,
            key: None,
        }));
        Places { steps, body, found: places }
    }

    /// The broken rule of a value; none if the request does not have it.
    pub fn violation(&self, meaning: &str, why: Unfit, adapter: &Adapter) -> Option<Violation> {
        let place = self.place(meaning).or_else(|| self.place(written_in(meaning)?))?;
        let validation = &adapter.validation;
        let usual = |word: &&str| validation.says.iter().find(|(rule, _)| rule == word).map(|(_, key)| *key);
        let key = place.key.filter(|_| why == Unfit::TooLong).or_else(|| why.rules().iter().find_map(usual));
        let named = validation.types.iter().find(|(name, _)| *name == place.type_name).map(|(_, name)| *name);
        Some(Violation {
            key: key.unwrap_or("input.invalid").to_owned(),
            path: path(&self.steps, self.body, place.step),
            type_name: named.unwrap_or(place.type_name).to_owned(),
            rule: why.rules().first().copied().unwrap_or_default(),
            allowed: "",
        })
    }

    /// Where a rule reports it, else where it stands.
    fn place(&self, meaning: &str) -> Option<&Place> {
        self.found.iter().find(|place| place.meaning == meaning)
    }
}

/// What else says a value where no field does.
fn written_in(meaning: &str) -> Option<&'static str> {
    matches!(meaning, "operation.amount" | "operation.currency" | "operation.account").then_some("operation.data")
}

/// The path of a place, from the body's root.
pub(super) fn path(steps: &[Step], body: Option<usize>, place: Option<usize>) -> String {
    let mut names = Vec::new();
    let mut at = place;
    while let Some(step) = at.filter(|step| Some(*step) != body).and_then(|step| steps.get(step)) {
        names.push(step.name);
        at = step.parent;
    }
    let mut path = String::new();
    for name in names.iter().rev() {
        match name {
            StepName::Member(name) if path.is_empty() => path.push_str(name),
            StepName::Member(name) => path.extend([".", name]),
            StepName::Element(at) => path.push_str(&format!("[{at}]")),
        }
    }
    path
}
