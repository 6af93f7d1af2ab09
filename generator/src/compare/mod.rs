//! What differs between two definitions: one fact after the other, by its path in the document, with its old and its
//! new value and the places that say them. A tailoring is compared with what it extends, a definition with an older
//! one. It reads the model, so what is written differently and means the same is no change; whether a change breaks
//! somebody is judged by others.

mod declarations;
mod endpoints;
mod facts;
mod lines;
mod surface;

use std::collections::{HashMap, HashSet};

use crate::load::Loaded;
use crate::model::Adapter;
use crate::source::{Place, Sources};
use crate::yaml::Node;

pub use facts::{Fact, Path};
pub use lines::{json, line, text};

/// A definition to compare: its model, and the document that it was made from.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What it means.
    pub adapter: &'a Adapter,
    /// Where it says so.
    pub document: &'a Node,
    /// What was laid over the definition that it extends: where it takes something away.
    pub patch: Option<&'a Node>,
    /// The texts that places lie in.
    pub sources: &'a Sources,
}

impl<'a> Side<'a> {
    /// A definition that was loaded and is good.
    pub fn of(loaded: &'a Loaded, adapter: &'a Adapter) -> Self {
        Side { adapter, document: &loaded.document, patch: loaded.patch.as_ref(), sources: &loaded.sources }
    }
}

/// A value, and the place that says it or lies around what follows by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct FactValue {
    /// As the definition would write it; empty for what is there and has parts of its own.
    pub value: String,
    /// In the sources of its side.
    pub place: Option<Place>,
}

/// One difference. At least one of the two is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// `[endpoints, create_sms, route]`
    pub path: Path,
    /// What it was; none for what is new.
    pub old: Option<FactValue>,
    /// What it is; none for what is gone.
    pub new: Option<FactValue>,
    /// Where a tailoring takes it away.
    pub removed_at: Option<Place>,
}

/// Every difference, in the order of the document's sections. Of what came or went as a whole, only the whole is reported.
pub fn changes(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    let (before, after) = (facts::of(old.adapter), facts::of(new.adapter));
    let index = |all: &'_ [Fact]| -> HashMap<Path, String> {
        all.iter().map(|fact| (fact.path.clone(), fact.value.clone())).collect()
    };
    let (was, is) = (index(&before), index(&after));
    let fact_value = |side: &Side<'_>, path: &Path, value: &String| {
        Some(FactValue { value: value.clone(), place: facts::place_of(side.document, path) })
    };
    let mut all = Vec::new();
    let mut whole: HashSet<Path> = HashSet::new();
    for fact in &after {
        let path = &fact.path;
        let old_value = was.get(path);
        if old_value == Some(&fact.value) || is_inside(&whole, path) {
            continue;
        }
        if old_value.is_none() {
            whole.insert(path.clone());
        }
        let old = old_value.and_then(|value| fact_value(old, path, value));
        all.push(Change { path: path.clone(), old, new: fact_value(new, path, &fact.value), removed_at: None });
    }
    whole.clear();
    for fact in before.iter().filter(|fact| !is.contains_key(&fact.path)) {
        let path = &fact.path;
        if is_inside(&whole, path) {
            continue;
        }
        whole.insert(path.clone());
        let removed_at = new.patch.and_then(|patch| facts::removed_at(patch, path));
        all.push(Change { path: path.clone(), old: fact_value(old, path, &fact.value), new: None, removed_at });
    }
    all.sort_by_key(|change| facts::section(&change.path));
    all
}

/// True if something around the path came or went as a whole.
fn is_inside(whole: &HashSet<Path>, path: &Path) -> bool {
    (1..path.len()).any(|length| path.get(..length).is_some_and(|start| whole.contains(start)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::load::{BuiltIn, definition};

    const ONE: &str = "adapter: one\ntitle: One\nversion: 1.0.0\ncallers: { none: a test }\n\
        envelope: { failure: { code: error.code } }\n\
        otps: { sms: { digits: 6, life: 5m, text: code } }\n\
        endpoints:\n  start: { about: Starts., route: POST /start, does: send_otp, without: [organization.id, \
        operation.id, operation.name, operation.amount, operation.currency, operation.account], errors: [wrong] }\n  \
        check: { about: Checks., route: POST /check, does: verify_otp, without: [user.id], errors: [wrong] }\n\
        payloads:\n  StartRequest: { userId: user.id }\n  StartResponse: { id: otp.id }\n  \
        CheckRequest: { id: otp.id, code: { is: otp.code, max: 9 } }\n  CheckResponse: { sort: { as: Sort, const: A } }\n\
        enums: { Sort: [A, B] }\n\
        errors: { wrong: { status: 400, for: [hook.*, otp.*, sms.*, store.*, overloaded, unexpected, body.*, \
        content_type.wrong, input.invalid, operation.unknown] }, lost: { status: 404, for: [route.unknown, method.wrong] } }\n\
        messages: { en: { code: \"Code {{ otp.code }}\" } }\n";

    /// The changes from one text to the other, as people read them.
    fn between(old: &str, new: &str) -> Vec<String> {
        let sides = [old, new].map(|text| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("adapter.yaml"), text).unwrap();
            let loaded = definition(folder.path(), &BuiltIn::embedded()).unwrap();
            let checked = check(&loaded);
            (checked.adapter.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics)), loaded)
        });
        let [old, new] = sides.each_ref().map(|(adapter, loaded)| Side::of(loaded, adapter));
        changes(&old, &new).iter().map(|change| lines::line_with_places(change, &old, &new)).collect()
    }

    #[test]
    fn what_is_the_same_in_other_words_is_no_change() {
        let other = ONE
            .replace("digits: 6,", "digits: 6, attempts: 5, id: uuid, alphabet: digits,")
            .replace("userId: user.id", "userId: { optional: false, is: user.id, as: text }")
            .replace("POST /check,", "POST /check, success: 200,");
        assert_eq!(between(ONE, &other), [""; 0]);
    }

    #[test]
    fn every_part_is_compared() {
        for (from, to, expected) in [
            ("title: One", "title: Two", "~ title: One -> Two"),
            ("callers:", "base: /a\ncallers:", "+ base: /a"),
            ("callers:", "wire: { unknown_fields: ignore, length: utf16 }\ncallers:", "~ wire: length: chars -> utf16"),
            ("callers:", "validation: { blank: empty }\ncallers:", "~ validation: blank: text -> empty"),
            ("digits: 6", "digits: 8", "~ otps: sms: digits: 6 -> 8"),
            ("POST /start", "POST /begin", "~ endpoints: start: route: POST /start -> POST /begin"),
            ("max: 9", "max: 8", "~ payloads: CheckRequest: code: max: 9 -> 8"),
            ("[A, B]", "[A, C]", "+ enums: Sort: C"),
            ("status: 404", "status: 410", "~ errors: lost: status: 404 -> 410"),
            ("\"Code {{", "\"The code {{", "~ messages: en: code: Code {{ otp.code }} -> The code {{ otp.code }}"),
            ("messages:", "says: { otp.wrong: a.b }\nmessages:", "+ says: otp.wrong: a.b"),
            ("messages:", "settings: { a.b: 1 }\nmessages:", "+ settings: a.b: 1"),
        ] {
            let other = ONE.replacen(from, to, 1);
            let lines = between(ONE, &other);
            assert!(lines.iter().any(|line| line.starts_with(expected)), "{expected}: {lines:#?}");
        }
    }

    #[test]
    fn what_comes_whole_is_reported_whole() {
        let more = "  more: { about: More., route: POST /more, errors: [wrong] }\npayloads:\n  MoreRequest: { a: text, b: text }\n";
        let lines = between(ONE, &ONE.replacen("payloads:\n", more, 1));
        let found: Vec<&str> = lines.iter().map(|line| line.split(" (").next().unwrap()).collect();
        assert_eq!(found, ["+ endpoints: more", "+ payloads: MoreRequest"]);
        let lines = between(&ONE.replacen("payloads:\n", more, 1), ONE);
        let found: Vec<&str> = lines.iter().map(|line| line.split(" (").next().unwrap()).collect();
        assert_eq!(found, ["- endpoints: more", "- payloads: MoreRequest"]);
    }
}
