//! Where files of definitions come from: a folder, the checkout around it, or this program.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../definitions");

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
            None => EMBEDDED.get_file(Path::new(name).join(file))?.contents_utf8().map(str::to_owned),
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
            None => EMBEDDED.dirs().map(|folder| folder.path().display().to_string()).collect(),
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
        let mut open = vec![EMBEDDED.get_dir(name)?];
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
                files.push((name, fs::read(path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}
