//! Where files of definitions come from: a folder, the checkout around it, or this program.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::bundle::DEFINITIONS;
use crate::naming::typo;
use crate::yaml::MAX_BYTES;

/// The files of a definition: path below its folder, and what is in it.
pub type Files = Vec<(String, Vec<u8>)>;

/// Where built-in definitions come from.
pub trait Library {
    /// Their names.
    fn names(&self) -> Vec<String>;
    /// The files of one; none if there is none of this name.
    fn files(&self, name: &str) -> Option<Files>;
}

/// The built-in definitions: those of the checkout that a folder lies in, else the ones in this program.
#[derive(Debug, Clone)]
pub struct BuiltIn {
    checkout: Option<PathBuf>,
}

impl BuiltIn {
    /// Looks for a checkout of countersign around a folder.
    pub fn around(folder: &Path) -> BuiltIn {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let is_checkout =
            |folder: &&Path| folder.join("generator/vocabulary").is_dir() && folder.join("definitions").is_dir();
        BuiltIn { checkout: folder.ancestors().find(is_checkout).map(|root| root.join("definitions")) }
    }

    /// The ones in this program.
    pub fn embedded() -> BuiltIn {
        BuiltIn { checkout: None }
    }
}

impl BuiltIn {
    /// The settings that a definition's first run with `--dev` needs, such as rows of its tables; none if it needs
    /// none.
    pub fn demo_settings(&self, name: &str) -> Option<String> {
        self.beside(name, DEMO)
    }

    /// What a bank that extends a definition starts from beside it; none if that is nothing.
    pub fn start(&self, name: &str) -> Option<String> {
        self.beside(name, START)
    }

    fn beside(&self, name: &str, file: &str) -> Option<String> {
        match &self.checkout {
            Some(folder) => fs::read_to_string(folder.join(name).join(file)).ok(),
            None => DEFINITIONS.get_file(Path::new(name).join(file))?.contents_utf8().map(str::to_owned),
        }
    }
}

impl Library for BuiltIn {
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match &self.checkout {
            Some(folder) => {
                let inside = fs::read_dir(folder).into_iter().flatten().flatten();
                let definitions = inside.filter(|entry| entry.path().join("adapter.yaml").is_file());
                definitions.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
            }
            None => DEFINITIONS.dirs().map(|folder| folder.path().display().to_string()).collect(),
        };
        names.sort();
        names
    }

    fn files(&self, name: &str) -> Option<Files> {
        if !self.names().iter().any(|one| one == name) {
            return None;
        }
        if let Some(folder) = &self.checkout {
            return files_of(&folder.join(name)).ok();
        }
        let mut files = Files::new();
        let mut open = vec![DEFINITIONS.get_dir(name)?];
        while let Some(folder) = open.pop() {
            open.extend(folder.dirs());
            for file in folder.files() {
                let below = file.path().strip_prefix(name).unwrap_or(file.path()).display().to_string();
                if below.contains('/') || TOP_LEVEL.contains(&below.as_str()) {
                    files.push((below, file.contents().to_vec()));
                }
            }
        }
        files.sort();
        Some(files)
    }
}

/// Beside a definition: settings for a first run.
pub const DEMO: &str = "demo.yaml";

/// Beside a definition: what `new` writes into the `adapter.yaml` of a bank that extends it.
pub const START: &str = "start.yaml";

/// The files in which any top-level key may stand. Others beside them are not ours: settings, pipelines.
const TOP_LEVEL: [&str; 3] = ["adapter.yaml", "errors.yaml", "payloads.yaml"];

/// The files of a definition, sorted by name.
pub(super) fn files_of(folder: &Path) -> std::io::Result<Files> {
    let mut files = Files::new();
    for below in ["", "messages", "examples"] {
        let inside = folder.join(below);
        if !below.is_empty() && !inside.is_dir() {
            continue;
        }
        for entry in fs::read_dir(inside)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_part = if below.is_empty() { TOP_LEVEL.contains(&name.as_str()) } else { name.ends_with(".yaml") };
            if is_part && path.is_file() {
                let name = if below.is_empty() { name } else { format!("{below}/{name}") };
                files.push((name, beginning_of(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What is in a file, and of one that is too large not much more than is needed to say so.
pub(super) fn beginning_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The same as a text.
///
/// # Errors
/// The file cannot be read, is too large, or is no text in UTF-8.
pub fn text_of(path: &Path) -> std::io::Result<String> {
    let bytes = beginning_of(path)?;
    if bytes.len() > MAX_BYTES {
        let what = format!("it has more than {MAX_BYTES} bytes");
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, what));
    }
    String::from_utf8(bytes).map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no text in UTF-8"))
}

/// Files that are called almost like the parts of a definition, so that nothing reads them: each with the name that is
/// read.
pub(super) fn almost_named(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut unmatched_calls = Vec::new();
    for path in inside(folder) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let is_folder = path.is_dir();
        let parts: &[&str] = if is_folder {
            &["messages", "examples"]
        } else {
            &["adapter", "payloads", "errors", "messages", "examples"]
        };
        let Some(part) =
            parts.iter().find(|part| **part == stem).copied().or_else(|| typo(stem, parts.iter().copied()))
        else {
            continue;
        };
        let meant = match (part, is_folder) {
            ("messages", false) => "messages/<language>.yaml".to_owned(),
            ("examples", false) => "examples/<name>.yaml".to_owned(),
            (part, false) => format!("{part}.yaml"),
            (part, true) => part.to_owned(),
        };
        let read = meant == name;
        if is_folder && !read && inside(&path).iter().any(|file| is_yaml(file)) {
            unmatched_calls.extend(inside(&path).into_iter().filter(|file| is_yaml(file)).map(|file| {
                let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                (file, format!("{meant}/{file_name}"))
            }));
        } else if !is_folder && !read && matches!(ending, "yaml" | "yml" | "json" | "txt") {
            unmatched_calls.push((path, meant));
        }
    }
    for part in ["messages", "examples"] {
        for path in
            inside(&folder.join(part)).into_iter().filter(|path| path.extension().is_some_and(|end| end == "yml"))
        {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            unmatched_calls.push((path, format!("{part}/{stem}.yaml")));
        }
    }
    unmatched_calls.sort();
    unmatched_calls
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn is_yaml(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_file_that_is_too_large_no_more_is_read_than_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("adapter.yaml");
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(beginning_of(&path).unwrap().len(), MAX_BYTES + 1);
        assert_eq!(text_of(&path).unwrap_err().to_string(), format!("it has more than {MAX_BYTES} bytes"));
        let error = super::super::definition(folder.path(), &BuiltIn::embedded()).unwrap_err();
        assert_eq!(error.diagnostics.iter().map(|one| one.id).collect::<Vec<_>>(), ["too-large"]);
        fs::write(&path, "a: b").unwrap();
        assert_eq!(text_of(&path).unwrap(), "a: b");
    }
}
