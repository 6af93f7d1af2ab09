//! No adapter is known to the code: what differs between APIs is in their definitions. Neither the names of the
//! definitions that ship, nor those of their bodies and error rows, stand in the code of runtime, macros or generator.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

/// What the makers of these APIs, and their products, are called.
const MAKERS: [&str; 7] = ["powerauth", "walley", "walletengine", "wallet engine", "b2b", "paypal", "acme"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The lines that do something: no comment, no test.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let tested = path.file_name().is_some_and(|name| name == "tests.rs");
    let text = if tested { "" } else { text.split("#[cfg(test)]\nmod tests").next().unwrap() };
    let comment = if path.extension().is_some_and(|end| end == "yaml") { "#" } else { "//" };
    text.lines().filter(|line| !line.trim_start().starts_with(comment)).collect::<Vec<_>>().join("\n")
}

fn keys(definition: &Path, file: &str, key: &str) -> Vec<String> {
    let text = fs::read_to_string(definition.join(file)).unwrap_or_default();
    let file: Value = serde_yaml::from_str(&text).unwrap();
    let map = file.get(key).and_then(Value::as_mapping).into_iter().flatten();
    map.filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect()
}

/// Names that only a definition knows: its own, those of its bodies, and of error rows of more than one word.
fn names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for definition in fs::read_dir(root().join("definitions")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = definition.file_name().unwrap().to_str().unwrap().to_owned();
        names.extend([name.replace('-', "_"), name.replace('-', ""), name]);
        for file in ["adapter.yaml", "payloads.yaml", "errors.yaml"] {
            let bodies = keys(&definition, file, "payloads").into_iter();
            names.extend(bodies.filter(|name| name.ends_with("Request") || name.ends_with("Response")));
            names.extend(keys(&definition, file, "errors").into_iter().filter(|name| name.contains(['_', '-'])));
        }
    }
    names
}

#[test]
fn no_code_knows_an_adapter() {
    let names = names();
    assert!(names.len() > 50, "the names were not found: {names:?}");
    let mut found = vec![];
    for folder in ["runtime/src", "macros/src", "generator/src", "generator/vocabulary", "templates"] {
        for path in files(&root().join(folder)) {
            let code = code(&path);
            let folded = code.to_lowercase();
            let makers = MAKERS.iter().filter(|maker| folded.contains(**maker)).map(|maker| (*maker).to_owned());
            let named = names.iter().filter(|name| is_word(&code, name)).cloned();
            found.extend(makers.chain(named).map(|name| format!("{} names `{name}`", path.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether a name stands in a text, not as a part of a longer one.
fn is_word(text: &str, name: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = text.split_at(at);
        !part(before.chars().next_back()) && !part(after.chars().nth(name.chars().count()))
    })
}

#[test]
fn a_name_in_code_would_be_found() {
    assert!(is_word("if row == \"USER_NOT_FOUND\" {", "USER_NOT_FOUND"));
    assert!(!is_word("if row == \"NO_USER_NOT_FOUND\" {", "USER_NOT_FOUND"));
    assert!(!is_word("LookupUserRequests", "LookupUserRequest"));
}
