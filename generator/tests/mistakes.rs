//! One mistake, one folder, one picture. `BLESS=1 cargo test` accepts what comes out; read the difference.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::check::check;
use countersign::diagnostic::{Diagnostic, codes, render};
use countersign::load::{BuiltIn, definition};
use countersign::source::Sources;

/// A mistake of the program itself, which no definition can make.
const NOT_BY_A_DEFINITION: [&str; 2] = ["broken-proof", "broken-vocabulary"];

#[test]
fn every_mistake_has_its_picture() {
    let mut wrong = Vec::new();
    for folder in folders("tests/mistakes") {
        let id = folder.file_name().unwrap().to_string_lossy().into_owned();
        let (diagnostics, sources) = mistakes_of(&folder);
        if !diagnostics.iter().any(|one| one.id == id) {
            wrong.push(format!("{id}: not found; found {:?}", ids(&diagnostics)));
        }
        let unknown = diagnostics.iter().filter(|one| codes::find(one.id).is_none());
        wrong.extend(unknown.map(|one| format!("`{}` cannot be explained", one.id)));
        let picture = render(&diagnostics, &sources, false);
        wrong.extend(differs(&folder.join("expected.txt"), &picture));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_id_has_a_folder() {
    let folders: BTreeSet<String> = folders("tests/mistakes")
        .iter()
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let ids: BTreeSet<String> = codes::ALL
        .iter()
        .map(|code| code.id.to_owned())
        .filter(|id| !NOT_BY_A_DEFINITION.contains(&id.as_str()))
        .collect();
    assert_eq!(folders, ids);
}

#[test]
fn tailorings_are_accepted() {
    for folder in folders("tests/tailorings") {
        let (diagnostics, sources) = mistakes_of(&folder);
        assert!(diagnostics.is_empty(), "{}\n{}", folder.display(), render(&diagnostics, &sources, false));
    }
}

#[test]
fn shipped_definitions_are_accepted() {
    let library = BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")));
    for name in countersign::load::Library::names(&library) {
        let loaded = countersign::load::built_in(&name, &library)
            .map_err(|error| render(&error.diagnostics, &error.sources, false))
            .unwrap();
        let checked = check(&loaded);
        assert!(checked.adapter.is_some(), "{}", render(&checked.diagnostics, &loaded.sources, false));
    }
}

fn mistakes_of(folder: &Path) -> (Vec<Diagnostic>, Sources) {
    let library = BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")));
    let grown = folder.join("repeat.txt").is_file().then(|| grow(folder));
    let loaded = definition(grown.as_ref().map_or(folder, |grown| grown.path()), &library);
    match loaded {
        Err(error) => (error.diagnostics, renamed(error.sources, grown.as_ref().map(|grown| grown.path()), folder)),
        Ok(loaded) => (check(&loaded).diagnostics, loaded.sources),
    }
}

/// A copy of the folder whose `adapter.yaml` ends with `repeat.txt`, 100,001 times.
fn grow(folder: &Path) -> tempfile::TempDir {
    let grown = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(folder.join("adapter.yaml")).unwrap();
    let more = fs::read_to_string(folder.join("repeat.txt")).unwrap().repeat(100_001);
    fs::write(grown.path().join("adapter.yaml"), text + &more).unwrap();
    grown
}

/// The texts with the temporary folder's name taken out.
fn renamed(sources: Sources, from: Option<&Path>, to: &Path) -> Sources {
    let Some(from) = from else { return sources };
    let mut renamed = Sources::default();
    for file in sources.files() {
        renamed.add(file.name.replace(&from.display().to_string(), &to.display().to_string()), file.text.clone());
    }
    renamed
}

fn folders(of: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

fn ids(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|one| one.id).collect()
}

/// Compares with the accepted text, or accepts.
fn differs(file: &Path, now: &str) -> Option<String> {
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, now).unwrap();
        return None;
    }
    let before = fs::read_to_string(file).unwrap_or_default();
    (before != now).then(|| format!("{} is no longer so; BLESS=1 accepts:\n{now}", file.display()))
}
