//! Laying files down: nothing is touched without need, nothing of a hand's work is lost, nothing is left half done.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use countersign::emit::File;
use countersign::write::{Foreign, MANIFEST, WriteError, Written, plan, write};

fn files(texts: &[(&str, &str)]) -> Vec<File> {
    texts.iter().map(|(name, text)| File { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

fn two() -> Vec<File> {
    files(&[("api.rs", "// one\n"), ("types.rs", "// two\n")])
}

fn names(written: &Written) -> Vec<&str> {
    written.written.iter().map(String::as_str).collect()
}

/// A folder with two generated files that are an hour old.
struct Generated {
    _root: tempfile::TempDir,
    folder: PathBuf,
    then: SystemTime,
}

impl Generated {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("src").join("generated");
        write(&folder, &two()).unwrap();
        let then = SystemTime::now() - Duration::from_secs(3600);
        for name in ["api.rs", "types.rs", MANIFEST] {
            fs::File::options().write(true).open(folder.join(name)).unwrap().set_modified(then).unwrap();
        }
        Generated { _root: root, folder, then }
    }

    fn is_old(&self, name: &str) -> bool {
        let age = fs::metadata(self.folder.join(name)).unwrap().modified().unwrap();
        age.duration_since(self.then).unwrap_or_default() < Duration::from_secs(1)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).unwrap();
    }

    fn refused(&self, files: &[File]) -> Vec<(String, Foreign)> {
        match write(&self.folder, files) {
            Err(WriteError::Foreign(_, problems)) => problems,
            other => panic!("it was not refused: {other:?}"),
        }
    }

    fn around(&self) -> Vec<String> {
        let inside = fs::read_dir(self.folder.parent().unwrap()).unwrap();
        inside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[test]
fn a_second_run_touches_nothing() {
    let generated = Generated::new();
    assert!(write(&generated.folder, &two()).unwrap().is_nothing());
    assert!(["api.rs", "types.rs", MANIFEST].iter().all(|name| generated.is_old(name)));
}

#[test]
fn only_what_changed_gets_a_new_time() {
    let generated = Generated::new();
    let written = write(&generated.folder, &files(&[("api.rs", "// new\n"), ("types.rs", "// two\n")])).unwrap();
    assert_eq!(names(&written), [MANIFEST, "api.rs"]);
    assert!(generated.is_old("types.rs"));
    assert!(!generated.is_old("api.rs"));
    assert_eq!(generated.around(), ["generated"]);
}

#[test]
fn the_manifest_is_what_sha256sum_reads() {
    let generated = Generated::new();
    let manifest = fs::read_to_string(generated.folder.join(MANIFEST)).unwrap();
    let lines: Vec<&str> = manifest.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], format!("# countersign {}", env!("CARGO_PKG_VERSION")), "sha256sum passes over comments");
    assert!(lines[1..].iter().all(|line| line.len() > 66 && line.as_bytes()[64..66] == *b"  "), "{manifest}");
}

#[test]
fn a_file_that_is_no_longer_generated_goes() {
    let generated = Generated::new();
    let written = write(&generated.folder, &files(&[("api.rs", "// one\n")])).unwrap();
    assert_eq!(written.removed, ["types.rs"]);
    assert!(!generated.folder.join("types.rs").exists());
}

#[test]
fn an_edited_file_stops_the_run_before_anything_is_written() {
    let generated = Generated::new();
    generated.put("api.rs", "// mine\n");
    let files = files(&[("api.rs", "// new\n"), ("types.rs", "// new\n")]);
    assert_eq!(generated.refused(&files), [("api.rs".to_owned(), Foreign::Edited)]);
    assert_eq!(fs::read_to_string(generated.folder.join("api.rs")).unwrap(), "// mine\n");
    assert!(generated.is_old("types.rs"));
}

#[test]
fn an_edit_that_says_what_would_be_written_is_none() {
    let generated = Generated::new();
    generated.put("api.rs", "// new\n");
    let written = write(&generated.folder, &files(&[("api.rs", "// new\n"), ("types.rs", "// two\n")])).unwrap();
    assert_eq!(names(&written), [MANIFEST]);
}

#[test]
fn an_unknown_file_stops_the_run() {
    let generated = Generated::new();
    generated.put("notes.txt", "mine");
    assert_eq!(generated.refused(&two()), [("notes.txt".to_owned(), Foreign::Unknown)]);
    assert!(generated.folder.join("notes.txt").exists());
}

#[test]
fn a_folder_without_a_manifest_is_not_ours() {
    let generated = Generated::new();
    fs::remove_file(generated.folder.join(MANIFEST)).unwrap();
    let other = files(&[("api.rs", "// new\n")]);
    let unknown = |name: &str| (name.to_owned(), Foreign::Unknown);
    assert_eq!(generated.refused(&other), [unknown("api.rs"), unknown("types.rs")]);
}

#[cfg(unix)]
#[test]
fn a_link_is_refused_inside_and_in_place_of_the_folder() {
    use std::os::unix::fs::symlink;
    let generated = Generated::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let aim = elsewhere.path().join("api.rs");
    fs::write(&aim, "// one\n").unwrap();
    fs::remove_file(generated.folder.join("api.rs")).unwrap();
    symlink(&aim, generated.folder.join("api.rs")).unwrap();
    assert_eq!(generated.refused(&two()), [("api.rs".to_owned(), Foreign::NoFile)]);
    let found = plan(&generated.folder, &two()).unwrap();
    assert_eq!(names(&found.changes), ["api.rs"]);
    assert!(matches!(found.refusal, Some(WriteError::Foreign(_, foreign)) if foreign[0].1 == Foreign::NoFile));
    let link = elsewhere.path().join("generated");
    symlink(&generated.folder, &link).unwrap();
    assert!(matches!(write(&link, &two()), Err(WriteError::Foreign(..))));
    assert!(matches!(plan(&link, &two()), Err(WriteError::Foreign(..))));
    assert_eq!(fs::read_to_string(&aim).unwrap(), "// one\n");
}

#[test]
fn what_a_killed_run_left_behind_is_cleaned_up() {
    let generated = Generated::new();
    let staging = generated.folder.with_file_name(".generated.new");
    fs::create_dir(&staging).unwrap();
    fs::write(staging.join("api.rs"), "half").unwrap();
    assert!(write(&generated.folder, &two()).unwrap().is_nothing());
    assert_eq!(generated.around(), ["generated"]);
}

#[test]
fn a_plan_writes_nothing_and_tells_what_is_stale_and_what_is_in_the_way() {
    let generated = Generated::new();
    let found = plan(&generated.folder, &two()).unwrap();
    assert!(found.changes.is_nothing() && found.refusal.is_none());
    let found = plan(&generated.folder, &two()[..1]).unwrap();
    assert_eq!(found.changes.removed, ["types.rs"]);
    assert!(found.refusal.is_none());
    generated.put("types.rs", "// mine\n");
    generated.put("more.rs", "");
    let found = plan(&generated.folder, &two()).unwrap();
    assert_eq!(names(&found.changes), ["types.rs"]);
    assert!(found.changes.removed.is_empty(), "what is not ours stays");
    let fewer = plan(&generated.folder, &two()[..1]).unwrap();
    assert!(fewer.changes.removed.is_empty() && fewer.refusal.is_some(), "nor is what was edited and is not wanted");
    let Some(WriteError::Foreign(_, foreign)) = found.refusal else { panic!("nothing is in the way") };
    assert_eq!(foreign, [("more.rs".to_owned(), Foreign::Unknown), ("types.rs".to_owned(), Foreign::Edited)]);
    assert_eq!(fs::read_to_string(generated.folder.join("types.rs")).unwrap(), "// mine\n");
    assert_eq!(names(&plan(Path::new("/nowhere/at/all"), &two()).unwrap().changes).len(), 3);
}
