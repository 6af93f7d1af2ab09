//! Cascading diagnostics, which follow from another one: a key that is missing since its value could not be read, a
//! value that a text lacks since its name has a slip in it. It goes away with the other, so it is not reported.

use crate::diagnostic::Diagnostic;
use crate::source::Place;
use crate::yaml::{Node, Value};

/// What may follow from a mistake in the same entry.
const CASCADING: [&str; 6] =
    ["misspelt", "missing-column", "missing-key", "no-type", "rule-without-key", "text-lacks-value"];

/// What is wrong with a key, so that what stands behind it is read as something else than was meant.
const OF_KEYS: [&str; 3] = ["bad-name", "not-yet", "wrong-value"];

/// The diagnostics without those that follow from others.
pub(crate) fn without_cascading(document: &Node, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let follows = |one: &Diagnostic| {
        if is_unread(document, one) || diagnostics.iter().any(|other| is_behind(document, one, other)) {
            return true;
        }
        let Some(place) = one.place.filter(|_| CASCADING.contains(&one.id)) else { return false };
        let range = entry_at(document, place).unwrap_or(place);
        let inside = |other: &&Diagnostic| {
            other.place.is_some_and(|place| {
                place.file == range.file && place.start >= range.start && place.start < range.end.max(range.start + 1)
            })
        };
        diagnostics
            .iter()
            .filter(|other| other.is_error() && !CASCADING.contains(&other.id))
            .any(|other| inside(&other))
    };
    let keep: Vec<bool> = diagnostics.iter().map(|one| !follows(one)).collect();
    diagnostics.into_iter().zip(keep).filter_map(|(one, keep)| keep.then_some(one)).collect()
}

/// A key that is there and whose value could not be read is reported there, and not as one that is missing.
fn is_unread(document: &Node, one: &Diagnostic) -> bool {
    let named = quoted(one, 0).filter(|_| one.id == "missing-key");
    let entry = named.and_then(|key| document.as_map()?.get(key));
    one.message.starts_with("the definition has no ")
        && entry.is_some_and(|entry| !matches!(entry.node.value, Value::Null))
}

/// True for what stands behind a key that is wrong itself, at the same place as a value of the wrong kind, at a field
/// whose own type is reported as wrong, or for a value of which it is not known which field gives it.
fn is_behind(document: &Node, one: &Diagnostic, other: &Diagnostic) -> bool {
    let (Some(here), Some(there)) = (one.place, other.place) else { return false };
    if here == there {
        return other.id == "wrong-kind" && one.id == "wrong-value";
    }
    let inside = |inner: Place, key: Place| {
        let entry = entry_at(document, key);
        entry.is_some_and(|entry| entry.file == inner.file && entry.start < inner.start && inner.start < entry.end)
    };
    match (one.id, other.id) {
        ("type-clash", "type-clash") => inside(there, here),
        ("unknown-key" | "wrong-kind", id) => OF_KEYS.contains(&id) && inside(here, there),
        // Which of the two fields counts is not known, so nor is whether it is always there.
        ("absent-value", "meant-twice") => quoted(one, 1) == quoted(other, 2),
        _ => false,
    }
}

/// A name that a message quotes, counted from 0.
fn quoted(diagnostic: &Diagnostic, number: usize) -> Option<&str> {
    diagnostic.message.split('`').nth(2 * number + 1)
}

/// The whole entry whose key stands at a place.
fn entry_at(node: &Node, key: Place) -> Option<Place> {
    match &node.value {
        Value::Map(map) => map.entries.iter().find_map(|entry| {
            if entry.key_place == key {
                let end = if entry.node.place.file == key.file { entry.node.place.end } else { key.end };
                return Some(Place { end: end.max(key.end), ..key });
            }
            entry_at(&entry.node, key)
        }),
        Value::List(items) => items.iter().find_map(|item| entry_at(item, key)),
        _ => None,
    }
}
