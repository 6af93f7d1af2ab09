//! Facts of a definition: a path in the document and what stands or follows there.

use std::fmt::Display;

use super::{declarations, endpoints, surface};
use crate::model::Adapter;
use crate::source::Place;
use crate::yaml::{Node, Value};

/// Keys from the document's root.
pub type Path = Vec<String>;

/// Something that a definition says, or that follows from what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Where.
    pub path: Path,
    /// What; empty for what has parts.
    pub value: String,
}

/// The sections, in the order in which they are reported.
const SECTIONS: [&str; 22] = [
    "adapter",
    "title",
    "version",
    "base",
    "callers",
    "wire",
    "envelope",
    "envelopes",
    "validation",
    "settings",
    "otps",
    "sessions",
    "tables",
    "operations",
    "meanings",
    "behaviours",
    "endpoints",
    "payloads",
    "unions",
    "enums",
    "says",
    "errors",
];

/// Facts in the making, below a path.
pub(super) struct Facts<'f> {
    all: &'f mut Vec<Fact>,
    path: Path,
}

impl Facts<'_> {
    /// A fact at a key.
    pub fn put(&mut self, key: &str, value: impl Display) {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        self.all.push(Fact { path, value: value.to_string() });
    }

    /// A fact at a key, if there is a value.
    pub fn maybe(&mut self, key: &str, value: Option<impl Display>) {
        value.into_iter().for_each(|value| self.put(key, value));
    }

    /// Something with parts at a key: the thing itself is a fact.
    pub fn entity(&mut self, key: &str, value: impl Display, parts: impl FnOnce(&mut Facts<'_>)) {
        self.put(key, value);
        self.below(key, parts);
    }

    /// Parts below a key that is always there.
    pub fn below(&mut self, key: &str, parts: impl FnOnce(&mut Facts<'_>)) {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        parts(&mut Facts { all: self.all, path });
    }

    /// Names below a key, each a fact.
    pub fn names<'n>(&mut self, key: &str, names: impl IntoIterator<Item = &'n str>) {
        self.below(key, |facts| names.into_iter().for_each(|name| facts.put(name, "")));
    }
}

/// All facts of a definition.
pub(super) fn of(adapter: &Adapter) -> Vec<Fact> {
    let mut all = Vec::new();
    let mut facts = Facts { all: &mut all, path: Vec::new() };
    surface::top(adapter, &mut facts);
    surface::envelopes(adapter, &mut facts);
    declarations::write(adapter, &mut facts);
    endpoints::write(adapter, &mut facts);
    surface::types(adapter, &mut facts);
    declarations::errors(adapter, &mut facts);
    all
}

/// The number of a path's section: what is not listed comes last.
pub(super) fn section(path: &Path) -> usize {
    let first = path.first().map(String::as_str).unwrap_or_default();
    SECTIONS.iter().position(|section| *section == first).unwrap_or(SECTIONS.len())
}

/// The key of a path in a document, or the nearest one around it.
pub(super) fn place_of(document: &Node, path: &Path) -> Option<Place> {
    let (mut here, mut place) = (document, None);
    for key in path {
        let Some(entry) = here.as_map().and_then(|map| map.get(key)) else { break };
        (here, place) = (&entry.node, Some(entry.key_place));
    }
    place
}

/// Where a tailoring says that there is nothing at a path, or around it.
pub(super) fn removed_at(patch: &Node, path: &Path) -> Option<Place> {
    let mut here = patch;
    for key in path {
        let entry = here.as_map()?.get(key)?;
        if matches!(entry.node.value, Value::Null) {
            return Some(entry.key_place);
        }
        here = &entry.node;
    }
    None
}
