//! What every definition that ships must have: an example for each endpoint, and for each row of its error table.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use countersign::check::check;
use countersign::load::{BuiltIn, built_in};
use countersign::model::Adapter;
use serde_yaml::Value;

fn definitions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn read(file: &Path) -> Value {
    serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Every call of every example, those included that a definition inherits and does not remove.
fn calls(folder: &Path) -> Vec<Value> {
    let examples = examples(folder).into_values();
    examples.flat_map(|example| example.as_sequence().cloned().unwrap_or_else(|| vec![example])).collect()
}

/// Examples by their file and title.
fn examples(folder: &Path) -> BTreeMap<(String, String), Value> {
    let adapter = read(&folder.join("adapter.yaml"));
    let base = adapter.get("extends").and_then(Value::as_str).map(|base| folder.with_file_name(base));
    let mut all = base.map(|base| examples(&base)).unwrap_or_default();
    let removed = |file: &str, title: &str| {
        let file = adapter.get("examples").and_then(|files| files.get(file));
        file.is_some_and(|file| file.is_null() || file.get(title).is_some_and(Value::is_null))
    };
    all.retain(|(file, title), _| !removed(file, title));
    let files = fs::read_dir(folder.join("examples")).unwrap().map(|entry| entry.unwrap().path());
    for file in files.filter(|file| !file.ends_with("values.yaml")) {
        let name = file.file_stem().unwrap().to_str().unwrap();
        for (title, example) in read(&file).as_mapping().unwrap() {
            all.insert((name.to_owned(), title.as_str().unwrap().to_owned()), example.clone());
        }
    }
    all
}

fn adapter(folder: &Path) -> Adapter {
    let name = folder.file_name().unwrap().to_str().unwrap();
    check(&built_in(name, &BuiltIn::around(folder)).unwrap()).adapter.unwrap_or_else(|| panic!("{name} is wrong"))
}

#[test]
fn every_endpoint_has_an_example() {
    for folder in definitions() {
        let called: BTreeSet<String> =
            calls(&folder).iter().filter_map(|call| Some(call.get("endpoint")?.as_str()?.to_owned())).collect();
        for endpoint in adapter(&folder).endpoints {
            assert!(called.contains(&endpoint.name), "{}: no example calls `{}`", folder.display(), endpoint.name);
        }
    }
}

#[test]
fn every_row_that_answers_something_has_an_example() {
    for folder in definitions() {
        let calls = calls(&folder);
        let shown = |code: &str| calls.iter().filter_map(|call| call.get("error")).any(|error| has(error, code));
        let adapter = adapter(&folder);
        let endpoints = adapter.endpoints.iter().flat_map(|endpoint| &endpoint.plan.answers);
        let answered = endpoints.chain(&adapter.answers).filter(|answer| !answer.faults.is_empty());
        let rows: BTreeSet<&str> = answered.map(|answer| adapter.rows[answer.row].name.as_str()).collect();
        for row in adapter.rows.iter().filter(|row| rows.contains(row.name.as_str())) {
            assert!(shown(&row.code), "{}: no example shows `{}`", folder.display(), row.code);
        }
    }
}

/// Whether a text stands anywhere in a value.
fn has(value: &Value, text: &str) -> bool {
    match value {
        Value::String(one) => one == text,
        Value::Sequence(all) => all.iter().any(|one| has(one, text)),
        Value::Mapping(map) => map.values().any(|one| has(one, text)),
        _ => false,
    }
}
