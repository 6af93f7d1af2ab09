//! What the README shows is what the tool prints and writes. `BLESS=1 cargo test` puts the newest in.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use std::fs;
use std::path::{Path, PathBuf};

use countersign::check::check;
use countersign::explain;
use countersign::load::{BuiltIn, built_in};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What `countersign explain powerauth-data-adapter verify_sms` prints.
fn explained() -> String {
    let loaded = built_in("powerauth-data-adapter", &BuiltIn::around(&root())).unwrap();
    let adapter = check(&loaded).adapter.unwrap();
    explain::endpoint(&adapter, "verify_sms").trim_end().to_owned()
}

/// The method `verify_sms` as the example has it.
fn body() -> String {
    let path = root().join("examples/powerauth-data-adapter/src/generated/api.rs");
    let api = fs::read_to_string(path).unwrap();
    let start = api.find("    /// Checks an authorization code.\n").unwrap();
    let end = start + api[start..].find("\n    }\n").unwrap() + "\n    }".len();
    api[start..end].lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The picture of a mistake; without the second, which follows from the first.
fn mistake() -> String {
    let path = root().join("generator/tests/mistakes/unexpected-gap/expected.txt");
    fs::read_to_string(path).unwrap().split("\n\n").next().unwrap().trim_end().to_owned()
}

/// The README with the block behind each marker replaced.
fn filled(readme: &str) -> String {
    let mut text = readme.to_owned();
    for (marker, language, content) in
        [("body", "rust", body()), ("explain", "text", explained()), ("mistake", "text", mistake())]
    {
        let open = format!("<!-- {marker} -->\n");
        let start = text.find(&open).unwrap_or_else(|| panic!("the README has no {open}")) + open.len();
        let length = text[start..].find("<!-- end -->").unwrap();
        text.replace_range(start..start + length, &format!("```{language}\n{content}\n```\n"));
    }
    text
}

#[test]
fn the_readme_shows_what_is() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let filled = filled(&readme);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &filled).unwrap();
        return;
    }
    assert!(readme == filled, "README.md is stale: run BLESS=1 cargo test -p countersign --test readme");
}
