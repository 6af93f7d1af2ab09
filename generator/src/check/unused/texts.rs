//! Texts that nothing shows.

use std::collections::BTreeSet;

use super::report_unused;
use crate::report::Report;
use crate::resolve::Resolved;
use crate::yaml::{Node, Value};

/// Every text is said somewhere in the whole definition; one that an extended definition has may be said by nobody.
pub(super) fn check(of: &Resolved<'_>, used: &BTreeSet<&str>, report: &mut Report) {
    let all = || of.raw.messages.iter().flat_map(|(_, texts)| texts.iter());
    let known: BTreeSet<&str> =
        all().filter(|(key, _)| !of.sources.is_own(key.place)).map(|(key, _)| key.text.as_str()).collect();
    for (key, _) in all() {
        let of_a_word = key.text.rsplit_once('.').is_some_and(|(stem, _)| used.contains(format!("{stem}.*").as_str()));
        if !known.contains(key.text.as_str()) && !used.contains(key.text.as_str()) && !of_a_word {
            let among = known.iter().copied().chain(used.iter().copied());
            report_unused(of, ("the text", key), among, "say its key where it belongs, or take it out", report);
        }
    }
}

/// Every key and every text of a document, and the meanings that texts show. What messages are called, and what
/// examples hold, is not said by that.
pub(super) fn used_names(document: &Node) -> BTreeSet<&str> {
    let mut used = BTreeSet::new();
    let parts = document.as_map().into_iter().flat_map(|map| &map.entries);
    for part in parts.filter(|part| part.key != "examples") {
        match part.key.as_str() {
            "messages" => shown(&part.node, &mut used),
            // Being declared is not being used.
            "meanings" => {}
            _ => gather(&part.node, &mut used),
        }
    }
    used
}

fn gather<'n>(node: &'n Node, used: &mut BTreeSet<&'n str>) {
    match &node.value {
        Value::Text(text) => {
            used.insert(text);
            in_braces(text, used);
        }
        Value::List(all) => all.iter().for_each(|one| gather(one, used)),
        Value::Map(map) => {
            for entry in &map.entries {
                // `a | b` are two.
                used.extend(entry.key.split(" | "));
                gather(&entry.node, used);
            }
        }
        _ => {}
    }
}

/// What the texts of all languages show.
fn shown<'n>(node: &'n Node, used: &mut BTreeSet<&'n str>) {
    match &node.value {
        Value::Text(text) => in_braces(text, used),
        Value::Map(map) => map.entries.iter().for_each(|entry| shown(&entry.node, used)),
        _ => {}
    }
}

fn in_braces<'n>(text: &'n str, used: &mut BTreeSet<&'n str>) {
    for part in text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")) {
        used.extend(part.0.split('|').next().map(|name| name.trim_matches(['-', ' '])));
    }
}
