//! What is tried to find a cause: a tailoring without one of its lines, or with one of its names written otherwise.

use crate::check::Bound;
use crate::diagnostic::Diagnostic;
use crate::load::Loaded;
use crate::merge;
use crate::naming::near;
use crate::prove::judge;
use crate::source::Place;
use crate::yaml::{Entry, Map, Node, Value};

/// How deep lines are distinguished: `payloads: Name: field: rule: argument`.
const DEEPEST: usize = 5;

/// A tailoring with one change.
pub(super) struct Attempt {
    /// The keys that lead to what is changed.
    pub path: Vec<String>,
    /// Where the key stands.
    pub key: Place,
    /// The end of what stands behind it.
    end: usize,
    pub kind: Kind,
    /// The name of the base that the key resembles.
    pub resembles: Option<String>,
    /// The other line that is taken back with it.
    pub other: Option<Place>,
    pub patch: Node,
}

/// What a line of a tailoring does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Adds,
    Changes,
    Removes,
}

impl Attempt {
    /// True if one of two lines stands in the other, or if an attempt is about both.
    pub fn is_with(&self, other: &Attempt) -> bool {
        self.path.starts_with(&other.path) || other.path.starts_with(&self.path) || self.other.or(other.other).is_some()
    }

    /// True for a line that takes away or changes what the base has.
    pub fn changes_the_base(&self) -> bool {
        self.kind != Kind::Adds
    }

    /// True if a mistake lies in the line.
    pub fn holds(&self, one: &Diagnostic) -> bool {
        one.place.is_some_and(|place| {
            place.file == self.key.file && (self.key.start..self.end.max(self.key.end)).contains(&place.start)
        })
    }

    /// Lines that take away go before those that add; then, the shorter the better.
    pub fn weight(&self) -> (u8, usize) {
        let kind = match self.kind {
            Kind::Removes => 0,
            Kind::Changes => 1,
            Kind::Adds => 2,
        };
        (kind, self.end.saturating_sub(self.key.start))
    }
}

/// What is wrong with a definition with another tailoring; none if that cannot be laid over its base.
pub(super) fn judged(loaded: &Loaded, patch: Node, before: &[Bound]) -> Option<Vec<Diagnostic>> {
    let base = loaded.base.as_ref()?;
    let (mut document, diagnostics) = merge::merge(base, patch.clone());
    if !diagnostics.is_empty() {
        return None;
    }
    merge::drop_orphans(&mut document, base);
    let other = Loaded { document, patch: Some(patch), ..loaded.clone() };
    let diagnostics = judge(&other, before).diagnostics;
    Some(super::without_cascading(&other.document, diagnostics))
}

/// A tailoring without all of these lines.
pub(super) fn without(patch: &Node, lines: &[Attempt]) -> Option<Node> {
    lines.iter().try_fold(patch.clone(), |patch, line| changed(&patch, &line.path, &mut |_| None))
}

/// A tailoring without each of its sections.
pub(super) fn sections(patch: &Node) -> Vec<Attempt> {
    let entries = patch.as_map().into_iter().flat_map(|map| &map.entries);
    let without = entries.filter_map(|entry| {
        let path = [entry.key.clone()];
        let patch = changed(patch, &path, &mut |_| None)?;
        Some(attempt(&path, entry, Kind::Changes, None, patch))
    });
    without.collect()
}

/// A tailoring without each of its lines.
pub(super) fn taken_back(base: &Node, patch: &Node) -> Vec<Attempt> {
    let mut all = Vec::new();
    walk(base, patch, &mut Vec::new(), &mut |path, entry, old| {
        let kind = match (old, &entry.node.value) {
            (_, Value::Null) => Kind::Removes,
            (Some(_), _) => Kind::Changes,
            (None, _) => Kind::Adds,
        };
        if let Some(patch) = changed(patch, path, &mut |_| None) {
            all.push(attempt(path, entry, kind, None, patch));
        }
    });
    all
}

/// A tailoring without each two of these lines.
pub(super) fn pairs(patch: &Node, lines: &[Attempt]) -> Vec<Attempt> {
    let mut all = Vec::new();
    for (at, first) in lines.iter().enumerate() {
        for second in lines.iter().skip(at + 1).filter(|second| !second.is_with(first)) {
            let without = changed(patch, &first.path, &mut |_| None);
            let without = without.and_then(|patch| changed(&patch, &second.path, &mut |_| None));
            all.extend(without.map(|patch| Attempt {
                path: first.path.clone(),
                key: first.key,
                end: first.end,
                kind: first.kind,
                resembles: None,
                other: Some(second.key),
                patch,
            }));
        }
    }
    all
}

/// A tailoring with each new name that resembles one of the base, which it does not change, written like that.
pub(super) fn renamed(base: &Node, patch: &Node) -> Vec<Attempt> {
    let mut all = Vec::new();
    walk(base, patch, &mut Vec::new(), &mut |path, entry, old| {
        let (None, Some((_, around))) = (old, path.split_last()) else { return };
        let names = |document: &Node| names_at(document, around);
        let patched = names(patch);
        let free: Vec<String> = names(base).into_iter().filter(|name| !patched.contains(name)).collect();
        let Some(meant) = near(&entry.key, free.iter().map(String::as_str)).map(str::to_owned) else { return };
        let mut rename = |one: &Entry| Some(Entry { key: meant.clone(), ..one.clone() });
        if let Some(patch) = changed(patch, path, &mut rename) {
            all.push(attempt(path, entry, Kind::Adds, Some(meant.clone()), patch));
        }
    });
    all
}

fn attempt(path: &[String], entry: &Entry, kind: Kind, resembles: Option<String>, patch: Node) -> Attempt {
    Attempt {
        path: path.to_vec(),
        key: entry.key_place,
        end: entry.node.place.end,
        kind,
        resembles,
        other: None,
        patch,
    }
}

/// What is called with a line: the keys that lead to it, the entry, and what the base has there.
type Visit<'v> = dyn FnMut(&[String], &Entry, Option<&Node>) + 'v;

/// Calls with every line of a tailoring: what it adds or removes as a whole, and the values that it changes.
fn walk(base: &Node, patch: &Node, path: &mut Vec<String>, call: &mut Visit<'_>) {
    let Some(map) = patch.as_map() else { return };
    for entry in &map.entries {
        let old = base.as_map().and_then(|map| map.node(&entry.key));
        path.push(entry.key.clone());
        match (old, &entry.node.value) {
            (Some(old), Value::Map(inside))
                if path.len() < DEEPEST && old.as_map().is_some() && !inside.entries.is_empty() =>
            {
                walk(old, &entry.node, path, call);
            }
            // What a section holds that the base has none of is many lines.
            (None, Value::Map(_)) if path.len() == 1 => {
                walk(&Node { place: entry.node.place, value: Value::Null }, &entry.node, path, call)
            }
            _ => call(path, entry, old),
        }
        path.pop();
    }
}

/// The document with the entry at a path changed or taken out; none if there is none.
fn changed(document: &Node, path: &[String], change: &mut dyn FnMut(&Entry) -> Option<Entry>) -> Option<Node> {
    let (first, rest) = path.split_first()?;
    let map = document.as_map()?;
    let at = map.entries.iter().position(|entry| entry.key == *first)?;
    let mut entries = map.entries.clone();
    let entry = entries.get(at)?.clone();
    let new = if rest.is_empty() {
        change(&entry)
    } else {
        let node = changed(&entry.node, rest, change)?;
        let empty = node.as_map().is_some_and(|map| map.entries.is_empty());
        (!empty).then_some(Entry { node, ..entry })
    };
    match new {
        Some(new) => entries.splice(at..=at, [new]).for_each(drop),
        None => drop(entries.remove(at)),
    }
    Some(Node { place: document.place, value: Value::Map(Map { entries }) })
}

fn names_at(document: &Node, path: &[String]) -> Vec<String> {
    let mut here = document;
    for key in path {
        let Some(node) = here.as_map().and_then(|map| map.node(key)) else { return Vec::new() };
        here = node;
    }
    here.as_map().map(|map| map.entries.iter().map(|entry| entry.key.clone()).collect()).unwrap_or_default()
}
