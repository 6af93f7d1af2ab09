//! The folder of generated files as the system sees it: reading it, building its successor beside it, and changing
//! the two over in one step.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::MANIFEST;

/// What is in a folder.
#[derive(Debug, Default)]
pub struct FolderContents {
    /// Files and their bytes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Everything else: links, folders, sockets.
    pub others: BTreeSet<String>,
}

/// Reads a folder; none if there is none.
pub fn read(folder: &Path) -> io::Result<Option<FolderContents>> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(is) if !is.is_dir() => return Err(io::ErrorKind::NotADirectory.into()),
        Ok(_) => {}
    }
    let mut existing = FolderContents::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() {
            existing.files.insert(name, fs::read(entry.path())?);
        } else {
            existing.others.insert(name);
        }
    }
    Ok(Some(existing))
}

/// The folder beside it in which the successor is built. Its name is fixed, so that the next run finds what a killed
/// one left behind.
pub fn staging_of(folder: &Path) -> PathBuf {
    let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    folder.with_file_name(format!(".{name}.new"))
}

/// Removes a folder of staged files, if it is there.
pub fn remove(staging: &Path) -> io::Result<()> {
    match fs::symlink_metadata(staging) {
        Ok(is) if is.is_dir() => fs::remove_dir_all(staging),
        Ok(_) => Err(io::Error::new(io::ErrorKind::NotADirectory, format!("`{}` is in the way", staging.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Builds the successor. Files that stay as they are keep their times.
pub fn build(
    staging: &Path,
    folder: &Path,
    existing: &Option<FolderContents>,
    wanted: &BTreeMap<String, Vec<u8>>,
) -> io::Result<()> {
    fs::create_dir(staging)?;
    for (name, bytes) in wanted {
        let same = existing.as_ref().is_some_and(|existing| existing.files.get(name) == Some(bytes));
        if same {
            keep(&folder.join(name), &staging.join(name), bytes)?;
        } else {
            create(&staging.join(name), bytes)?;
        }
    }
    Ok(())
}

/// The same file under another name; where the system has no such thing, a copy with the same times.
fn keep(from: &Path, to: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    create(to, bytes)?;
    fs::File::options().write(true).open(to)?.set_modified(fs::metadata(from)?.modified()?)
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Puts the successor in the folder's place, in one step where the system has one.
pub fn exchange(staging: &Path, folder: &Path, is_there: bool) -> io::Result<()> {
    if !is_there {
        return fs::rename(staging, folder);
    }
    match swap(staging, folder) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported || error.kind() == io::ErrorKind::InvalidInput => {
            one_by_one(staging, folder)
        }
        done => done,
    }
}

#[cfg(target_os = "linux")]
fn swap(staging: &Path, folder: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, staging, CWD, folder, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn swap(_staging: &Path, _folder: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// File by file, the manifest last. A run that is killed here leaves files of both, each whole; the next run knows
/// its own files by what is in them, and goes on.
pub(super) fn one_by_one(staging: &Path, folder: &Path) -> io::Result<()> {
    let mut names: Vec<_> = fs::read_dir(staging)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort_by_key(|name| name == MANIFEST);
    for name in &names {
        if name == MANIFEST {
            remove_others(folder, &names)?;
        }
        fs::rename(staging.join(name), folder.join(name))?;
    }
    Ok(())
}

fn remove_others(folder: &Path, names: &[std::ffi::OsString]) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !names.contains(&entry.file_name()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Holds off other runs on the same folder until it is dropped; none where the system cannot do that.
pub fn lock(parent: &Path) -> Option<fs::File> {
    let folder = fs::File::open(parent).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_exchange_the_manifest_comes_last_and_nothing_else_stays() {
        let root = tempfile::tempdir().unwrap();
        let (old, new) = (root.path().join("old"), root.path().join("new"));
        for (folder, files) in [(&old, ["a.rs", "gone.rs"]), (&new, ["a.rs", MANIFEST])] {
            fs::create_dir(folder).unwrap();
            files.iter().for_each(|file| fs::write(folder.join(file), folder.as_os_str().as_encoded_bytes()).unwrap());
        }
        one_by_one(&new, &old).unwrap();
        let existing = read(&old).unwrap().unwrap();
        assert_eq!(existing.files.keys().collect::<Vec<_>>(), [MANIFEST, "a.rs"]);
        assert!(existing.files.values().all(|bytes| bytes == new.as_os_str().as_encoded_bytes()));
    }
}
