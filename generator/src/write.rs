//! Lays generated files down in a folder of their own. It touches nothing that is as it should be, stops before it
//! would lose a hand's work, and changes the folder in one step: whoever looks sees the old files or the new ones.

mod folder;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::emit::File;
use folder::FolderContents;

/// The file in which the others are listed with their hashes, as `sha256sum -c` reads it, behind a comment that names the version
/// of the generator.
pub const MANIFEST: &str = ".manifest";

/// The version of this generator.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What stands before the version in the first line of a manifest.
const WRITTEN_BY: &str = "# countersign ";

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// Something is in the folder that a run of this program did not leave there.
    #[error("{}", foreign(.0, .1))]
    Foreign(PathBuf, Vec<(String, Foreign)>),
    /// The system said no.
    #[error("cannot write `{path}`: {1}", path = .0.display())]
    Io(PathBuf, io::Error),
}

/// What is wrong with something in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A generated file that somebody edited.
    Edited,
    /// A file that was never generated.
    Unknown,
    /// A link, or a folder.
    NoFile,
}

/// What changed in the folder: names of files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New or other than before.
    pub written: Vec<String>,
    /// No longer there.
    pub removed: Vec<String>,
}

impl Written {
    /// Whether nothing changed.
    pub fn is_nothing(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

/// Makes the folder hold these files and no others.
///
/// # Errors
/// The folder holds something that this program did not write, or the system says no.
pub fn write(folder: &Path, files: &[File]) -> Result<Written, WriteError> {
    let in_folder = |error: io::Error| WriteError::Io(folder.to_owned(), error);
    let parent = parent_of(folder);
    fs::create_dir_all(&parent).map_err(in_folder)?;
    let _one_at_a_time = folder::lock(&parent);
    let wanted = with_manifest(files);
    let existing = read_folder(folder)?;
    let staging = folder::staging_of(folder);
    let problems = problems(&existing, folder::read(&staging).ok().flatten().as_ref(), &wanted);
    if !problems.is_empty() {
        return Err(WriteError::Foreign(folder.to_owned(), problems));
    }
    let written = difference(&existing, &wanted);
    folder::remove(&staging).map_err(in_folder)?;
    if !written.is_nothing() {
        folder::build(&staging, folder, &existing, &wanted).map_err(in_folder)?;
        folder::exchange(&staging, folder, existing.is_some()).map_err(in_folder)?;
        folder::remove(&staging).map_err(in_folder)?;
    }
    Ok(written)
}

/// What [`write()`] would do to a folder.
#[derive(Debug)]
pub struct Plan {
    /// What it would change. A wanted file that was edited counts as one that would change; what is in the way and not wanted
    /// stays.
    pub changes: Written,
    /// Why it would change nothing after all.
    pub refusal: Option<WriteError>,
}

/// Says what [`write()`] would do, and changes nothing.
///
/// # Errors
/// The folder cannot be read.
pub fn plan(folder: &Path, files: &[File]) -> Result<Plan, WriteError> {
    let (existing, wanted) = (read_folder(folder)?, with_manifest(files));
    let staged = folder::read(&folder::staging_of(folder)).ok().flatten();
    let problems = problems(&existing, staged.as_ref(), &wanted);
    let mut changes = difference(&existing, &wanted);
    changes.removed.retain(|name| problems.iter().all(|(other, _)| other != name));
    let refusal = (!problems.is_empty()).then(|| WriteError::Foreign(folder.to_owned(), problems));
    Ok(Plan { changes, refusal })
}

/// The version of the generator that wrote a folder, if its manifest says so.
pub fn written_by(folder: &Path) -> Option<String> {
    let manifest = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    manifest.lines().next()?.strip_prefix(WRITTEN_BY).map(str::to_owned)
}

fn parent_of(folder: &Path) -> PathBuf {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn read_folder(folder: &Path) -> Result<Option<FolderContents>, WriteError> {
    folder::read(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotADirectory => {
            let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            WriteError::Foreign(parent_of(folder), vec![(name, Foreign::NoFile)])
        }
        _ => WriteError::Io(folder.to_owned(), error),
    })
}

/// The files by name, and the list of them.
fn with_manifest(files: &[File]) -> BTreeMap<String, Vec<u8>> {
    let mut wanted: BTreeMap<String, Vec<u8>> =
        files.iter().map(|file| (file.name.clone(), file.text.clone().into_bytes())).collect();
    let mut manifest = format!("{WRITTEN_BY}{VERSION}\n");
    for (name, bytes) in &wanted {
        // Writing into a String cannot fail.
        let _ = writeln!(manifest, "{}  {name}", hash(bytes));
    }
    wanted.insert(MANIFEST.to_owned(), manifest.into_bytes());
    wanted
}

/// The hash of a text, as a manifest has it.
pub fn hash(text: impl AsRef<[u8]>) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is in the folder that neither an earlier run left there nor this one would write. A run that was killed may
/// have left some of the files that it had `staged`.
fn problems(
    existing: &Option<FolderContents>,
    staged: Option<&FolderContents>,
    wanted: &BTreeMap<String, Vec<u8>>,
) -> Vec<(String, Foreign)> {
    let Some(existing) = existing else { return Vec::new() };
    let listed = listed_in(existing);
    let staged = staged.map(listed_in).unwrap_or_default();
    let mut problems: Vec<(String, Foreign)> =
        existing.others.iter().map(|name| (name.clone(), Foreign::NoFile)).collect();
    for (name, bytes) in existing.files.iter().filter(|(name, _)| *name != MANIFEST) {
        if wanted.get(name) == Some(bytes) {
            continue;
        }
        let is = hash(bytes);
        if staged.get(name.as_str()) == Some(&is.as_str()) {
            continue;
        }
        match listed.get(name.as_str()) {
            Some(was) if *was == is => {}
            Some(_) => problems.push((name.clone(), Foreign::Edited)),
            None => problems.push((name.clone(), Foreign::Unknown)),
        }
    }
    problems
}

/// What the manifest in the folder lists: name and hash.
fn listed_in(existing: &FolderContents) -> BTreeMap<&str, &str> {
    let text = existing.files.get(MANIFEST).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once("  ")).map(|(hash, name)| (name, hash)).collect()
}

fn difference(existing: &Option<FolderContents>, wanted: &BTreeMap<String, Vec<u8>>) -> Written {
    let nothing = BTreeMap::new();
    let files = existing.as_ref().map_or(&nothing, |existing| &existing.files);
    let written = wanted.iter().filter(|(name, bytes)| files.get(*name) != Some(*bytes));
    let removed = files.keys().filter(|name| !wanted.contains_key(*name));
    Written { written: written.map(|(name, _)| name.clone()).collect(), removed: removed.cloned().collect() }
}

fn foreign(folder: &Path, problems: &[(String, Foreign)]) -> String {
    let mut text = format!("`{}` holds what was not generated, and nothing was written:", folder.display());
    for (name, what) in problems {
        let help = match what {
            Foreign::Edited => {
                "was edited by hand. Move what you added to `hooks.rs` or override the method, then delete the file"
            }
            Foreign::Unknown => "is no generated file. Move it out of this folder",
            Foreign::NoFile => "is a link or a folder. Remove it",
        };
        let _ = write!(text, "\n  {name} {help}.");
    }
    text
}
