//! What follows from another mistake: a key that is missing since its value could not be read, a value that a text
//! lacks since its name has a slip in it. It goes away with the other, so it is not told.

use crate::diagnostic::Diagnostic;
use crate::source::Place;
use crate::yaml::{Node, Value};

/// What may follow from a mistake in the same entry.
const FOLLOWERS: [&str; 6] =
    ["misspelt", "missing-column", "missing-key", "no-type", "rule-without-key", "text-lacks-value"];

/// The mistakes without those that follow from others.
pub(crate) fn without_followers(document: &Node, told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let follows = |one: &Diagnostic| {
        let Some(place) = one.place.filter(|_| FOLLOWERS.contains(&one.id)) else { return false };
        let range = entry_at(document, place).unwrap_or(place);
        let inside = |other: &&Diagnostic| {
            other.place.is_some_and(|place| {
                place.file == range.file && place.start >= range.start && place.start < range.end.max(range.start + 1)
            })
        };
        told.iter().filter(|other| other.is_error() && !FOLLOWERS.contains(&other.id)).any(|other| inside(&other))
    };
    let keep: Vec<bool> = told.iter().map(|one| !follows(one)).collect();
    told.into_iter().zip(keep).filter_map(|(one, keep)| keep.then_some(one)).collect()
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
