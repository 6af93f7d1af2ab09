//! What several operations have alike stands once, under `components`: answers and examples. What nothing refers to is
//! left out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value as Json};

use super::object;

/// Moves answers, and examples in them, that occur more than once to `components`.
pub fn share(paths: &mut Json, components: &mut Map<String, Json>) {
    let mut examples = Shared::default();
    each_response(paths, &mut |_, response| each_example(response, &mut |key, example| examples.count(key, example)));
    each_response(paths, &mut |_, response| {
        each_example(response, &mut |key, example| examples.exchange(key, "examples", example));
    });
    let mut responses = Shared::default();
    each_response(paths, &mut |status, response| responses.count(&format!("Answer{status}"), response));
    each_response(paths, &mut |status, response| {
        responses.exchange(&format!("Answer{status}"), "responses", response);
    });
    for (kind, shared) in [("examples", examples), ("responses", responses)] {
        if !shared.named.is_empty() {
            components.insert(kind.to_owned(), Json::Object(shared.named));
        }
    }
}

/// Takes out of a kind of component what nothing refers to.
pub fn prune(kind: &str, paths: &Json, components: &mut Map<String, Json>) {
    let start = format!("#/components/{kind}/");
    let mut used = BTreeSet::new();
    references(paths, &start, &mut used);
    components.values().for_each(|component| references(component, &start, &mut used));
    if let Some(Json::Object(all)) = components.get_mut(kind) {
        all.retain(|name, _| used.contains(name));
    }
}

fn references(json: &Json, start: &str, used: &mut BTreeSet<String>) {
    match json {
        Json::Object(members) => {
            let name = members.get("$ref").and_then(Json::as_str).and_then(|text| text.strip_prefix(start));
            used.extend(name.map(str::to_owned));
            members.values().for_each(|inner| references(inner, start, used));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, start, used)),
        _ => {}
    }
}

/// Values that were met, and the names of those that were met twice.
#[derive(Default)]
struct Shared {
    met: BTreeMap<String, usize>,
    /// The text of each, in the order in which they are met once more.
    texts: VecDeque<String>,
    names: BTreeMap<String, String>,
    named: Map<String, Json>,
}

impl Shared {
    fn count(&mut self, _wanted: &str, value: &mut Json) {
        let text = value.to_string();
        *self.met.entry(text.clone()).or_default() += 1;
        self.texts.push_back(text);
    }

    /// Puts a reference in place of what was met more than once.
    fn exchange(&mut self, wanted: &str, kind: &str, value: &mut Json) {
        let Some(text) = self.texts.pop_front() else { return };
        debug_assert_eq!(text, value.to_string(), "both passes meet the same values in the same order");
        if self.met.get(&text).is_none_or(|times| *times < 2) {
            return;
        }
        let name = match self.names.get(&text) {
            Some(name) => name.clone(),
            None => self.call(wanted, text, value),
        };
        *value = object([("$ref", Json::from(format!("#/components/{kind}/{name}")))]);
    }

    fn call(&mut self, wanted: &str, text: String, value: &Json) -> String {
        let wanted: String = wanted
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '_' })
            .collect();
        let mut name = wanted.clone();
        let mut number = 2;
        while self.named.contains_key(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.named.insert(name.clone(), value.clone());
        self.names.insert(text, name.clone());
        name
    }
}

fn each_response(paths: &mut Json, see: &mut impl FnMut(&str, &mut Json)) {
    let operations = paths.as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in operations.flat_map(|methods| methods.as_object_mut()).flat_map(|methods| methods.values_mut()) {
        if let Some(Json::Object(responses)) = operation.get_mut("responses") {
            responses.iter_mut().for_each(|(status, response)| see(status, response));
        }
    }
}

fn each_example(response: &mut Json, see: &mut impl FnMut(&str, &mut Json)) {
    let contents =
        response.get_mut("content").and_then(Json::as_object_mut).into_iter().flat_map(|all| all.values_mut());
    for content in contents {
        if let Some(Json::Object(examples)) = content.get_mut("examples") {
            examples.iter_mut().for_each(|(key, example)| see(key, example));
        }
    }
}
