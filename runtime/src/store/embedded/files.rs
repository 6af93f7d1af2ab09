//! Whether the files of a store are still those that were opened. What is written into a file that was removed or put
//! away is lost, and two names of one file have two logs; so an answer is given only while all of them stand where they
//! were. What becomes of a store whose files are gone is decided by `health`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::open::beside;
use crate::store::StoreError;

/// The files as they were found when the store was opened.
#[derive(Debug, Clone)]
pub(super) struct Files {
    store: PathBuf,
    found: Vec<(PathBuf, Mark)>,
}

/// What identifies a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    device: u64,
    number: u64,
}

impl Files {
    /// Takes note of the store's file, its log and the index of that. The log is there as soon as anything was read.
    ///
    /// # Errors
    /// The file is gone already, or has further names.
    pub fn of(store: &Path) -> Result<Self, StoreError> {
        let mut found = Vec::new();
        for path in [store.to_owned(), beside(store, "-wal"), beside(store, "-shm")] {
            match mark_at(&path) {
                Ok((mark, names)) => {
                    only_name(&path, names)
                        .map_err(|why| StoreError::Unusable(format!("{}: {why}", path.display())))?;
                    found.push((path, mark));
                }
                Err(error) if error.kind() == ErrorKind::NotFound && path != store => {}
                Err(error) => return Err(StoreError::Unusable(format!("{}: {error}", path.display()))),
            }
        }
        Ok(Files { store: store.to_owned(), found })
    }

    /// Fails if any of them is not where it was, or has another name beside its own.
    ///
    /// # Errors
    /// [`StoreError::Lost`]; [`StoreError::Unavailable`] if that is not known.
    pub fn check(&self) -> Result<(), StoreError> {
        for (path, opened) in &self.found {
            let lost = |what: &str| {
                let why = format!("`{}` {what} while the store was open", path.display());
                StoreError::Lost { path: self.store.clone(), why }
            };
            match mark_at(path) {
                Ok((mark, _)) if mark != *opened => return Err(lost("was replaced by another file")),
                Ok((_, names)) => only_name(path, names).map_err(|why| lost(&why))?,
                Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
                    return Err(lost("was removed or renamed"));
                }
                Err(error) => return Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
            }
        }
        Ok(())
    }
}

/// A file that is open is the one that has this name.
///
/// # Errors
/// It is another one by now.
pub(super) fn same(path: &Path, open: &fs::File) -> std::io::Result<bool> {
    Ok(mark(&open.metadata()?).0 == mark_at(path)?.0)
}

fn only_name(path: &Path, names: u64) -> Result<(), String> {
    if names <= 1 {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().display();
    Err(format!("has {} hard links beside `{name}`, and whoever opens one of them does not find the log", names - 1))
}

fn mark_at(path: &Path) -> std::io::Result<(Mark, u64)> {
    fs::symlink_metadata(path).map(|found| mark(&found))
}

#[cfg(unix)]
fn mark(found: &fs::Metadata) -> (Mark, u64) {
    use std::os::unix::fs::MetadataExt;
    (Mark { device: found.dev(), number: found.ino() }, found.nlink())
}

/// Where files have no numbers, only their absence is noticed.
#[cfg(not(unix))]
fn mark(_found: &fs::Metadata) -> (Mark, u64) {
    (Mark { device: 0, number: 0 }, 1)
}
