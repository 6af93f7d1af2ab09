//! Reads old names as what they are called now, before anything is laid over anything, and reports each.

use crate::diagnostic::Diagnostic;
use crate::language::old_names::{Change, OLD_NAMES};
use crate::source::Place;
use crate::yaml::{Map, Node, Value};

/// Changes every old name of a document; gives a warning for each.
pub(super) fn renew(document: &mut Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Value::Map(top) = &mut document.value else { return found };
    for old in &OLD_NAMES {
        for section in top.entries.iter_mut().filter(|entry| entry.key == old.section) {
            let Value::Map(entries) = &mut section.node.value else { continue };
            for entry in &mut entries.entries {
                renew_entry(&mut entry.node, old.change, &mut found);
            }
        }
    }
    found
}

fn renew_entry(node: &mut Node, change: Change, found: &mut Vec<Diagnostic>) {
    let Value::Map(map) = &mut node.value else { return };
    match change {
        Change::Key(old, new) => renew_key(map, old, new, found),
        Change::Value(key, old, new) => {
            for entry in &mut map.entries {
                if entry.key == key && entry.node.as_text() == Some(old) {
                    found.push(warning(entry.node.place, &format!("{key}: {old}"), &format!("{key}: {new}")));
                    entry.node = Node::text(entry.node.place, new);
                }
                renew_entry(&mut entry.node, change, found);
            }
        }
    }
}

/// A map that has the new name, too, keeps the old one, which is an unknown key then.
fn renew_key(map: &mut Map, old: &str, new: &str, found: &mut Vec<Diagnostic>) {
    if map.node(new).is_some() {
        return;
    }
    for entry in map.entries.iter_mut().filter(|entry| entry.key == old) {
        found.push(warning(entry.key_place, old, new));
        new.clone_into(&mut entry.key);
    }
}

fn warning(place: Place, old: &str, new: &str) -> Diagnostic {
    let text = format!("`{old}` is called `{new}` now");
    Diagnostic::new("old-name", place, text).help(format!("write `{new}`; the next version reads `{old}` no more"))
}
