//! Changes for people and for programs.

use serde_json::{Value as Json, json};

use super::{Change, FactValue, Side};
use crate::source::Sources;

/// A line for each change, in the order of the document.
pub fn text(changes: &[Change], old: &Side<'_>, new: &Side<'_>) -> String {
    changes.iter().map(|change| format!("  {}\n", line_with_places(change, old, new))).collect()
}

/// `~ otps: sms: digits: 8 -> 6 (adapter.yaml:7; before at definitions/…/adapter.yaml:52)`; long values are cut.
pub(super) fn line_with_places(change: &Change, old: &Side<'_>, new: &Side<'_>) -> String {
    let before = change.old.as_ref().and_then(|fact| trace(fact, old.sources));
    let after = match (&change.old, &change.new) {
        (Some(_), Some(is)) => trace(is, new.sources).filter(|at| Some(at) != before.as_ref()),
        (None, Some(is)) => trace(is, new.sources),
        _ => change.removed_at.map(|place| new.sources.trace(place)),
    };
    let what = written(change, |value| cut(one_line(value)));
    let places = after.into_iter().chain(before.map(|before| format!("before at {before}")));
    match places.collect::<Vec<_>>().join("; ") {
        places if places.is_empty() => what,
        places => format!("{what} ({places})"),
    }
}

/// `~ errors: USER_NOT_FOUND: status: 400 -> 404`
pub fn line(change: &Change) -> String {
    written(change, one_line)
}

fn written(change: &Change, value: impl Fn(&str) -> String) -> String {
    let path = change.path.join(": ");
    let value = |fact: &FactValue| if fact.value.is_empty() { "(nothing)".to_owned() } else { value(&fact.value) };
    match (&change.old, &change.new) {
        (Some(was), Some(is)) => format!("~ {path}: {} -> {}", value(was), value(is)),
        (None, Some(is)) if is.value.is_empty() => format!("+ {path}"),
        (None, Some(is)) => format!("+ {path}: {}", value(is)),
        (_, None) => format!("- {path}"),
    }
}

fn trace(fact: &FactValue, sources: &Sources) -> Option<String> {
    fact.place.map(|place| sources.trace(place))
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(value: String) -> String {
    const LONGEST: usize = 80;
    match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value,
    }
}

/// The changes as JSON: path, old and new value, and their places.
pub fn json(changes: &[Change], old: &Side<'_>, new: &Side<'_>) -> Json {
    let side = |fact: &Option<FactValue>, sources: &Sources| match fact {
        None => Json::Null,
        Some(fact) => {
            let place = fact.place.map(|place| {
                let name = sources.file(place.file).map_or("", |file| file.name.as_str());
                json!({ "file": name, "line": sources.position(place).0 })
            });
            json!({ "value": fact.value, "place": place })
        }
    };
    let one = |change: &Change| {
        let removed = change.removed_at.map(|place| new.sources.trace(place));
        json!({
            "path": change.path,
            "old": side(&change.old, old.sources),
            "new": side(&change.new, new.sources),
            "removed_at": removed,
        })
    };
    changes.iter().map(one).collect()
}
