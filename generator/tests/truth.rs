//! Small definitions at the edge of the language: what comes of each is one picture, either its mistakes, or what
//! `explain` says and the methods and types that are generated. `BLESS=1 cargo test` accepts what comes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::fs;
use std::path::{Path, PathBuf};

use countersign::check::check;
use countersign::diagnostic::render;
use countersign::emit::{Templates, emit};
use countersign::explain;
use countersign::load::{BuiltIn, definition};

#[test]
fn every_definition_is_what_its_picture_says() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let (picture, file) = (picture(&folder), folder.join("expected.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &picture).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != picture {
            wrong.push(format!("{} is not what comes out:\n{picture}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir("tests/truth").unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() > 5, "the definitions are gone");
    folders
}

fn picture(folder: &Path) -> String {
    let loaded = definition(folder, &BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")))).unwrap();
    let checked = check(&loaded);
    let Some(adapter) = checked.adapter else {
        return render(&checked.diagnostics, &loaded.sources, false);
    };
    let names = adapter.endpoints.iter().map(|endpoint| endpoint.name.as_str());
    let mut text: String = names.map(|name| explain::endpoint(&adapter, name)).collect::<Vec<_>>().join("\n");
    let files = emit(&adapter, &Templates::shipped()).unwrap();
    for file in files.iter().filter(|file| ["api.rs", "types.rs"].contains(&file.name.as_str())) {
        text.push_str(&format!("\n==== {}\n{}", file.name, file.text));
    }
    text
}
