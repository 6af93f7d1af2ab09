//! `diff`: what changed between two definitions, and whom it breaks.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use clap::ValueEnum;
use countersign::compare::Side;
use countersign::diff::{self, Accepted};

use super::project::{self, Named, Opened};
use super::{Outcome, Usage};

/// How the changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// One of the two definitions, and the folder that holds its files for as long as they are read.
struct Given {
    opened: Opened,
    /// Where accepted changes would stand.
    folder: Option<PathBuf>,
    /// What was taken out of a revision: the temporary folder, and what it is called.
    taken: Option<(Taken, String)>,
}

/// A temporary folder.
struct Taken(PathBuf);

impl Drop for Taken {
    fn drop(&mut self) {
        // It holds nothing that is missed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Compares, judges, reports; ends with 5 if something breaks that is not accepted.
pub fn run(old: &str, new: &str, format: Format) -> anyhow::Result<Outcome> {
    let (old, new) = (given(old, new, 0)?, given(new, old, 1)?);
    for side in [&old, &new] {
        if side.opened.adapter.is_none() {
            project::print_diagnostics(&side.opened);
            return Ok(Outcome::Wrong);
        }
    }
    let (Some(before), Some(after)) = (side(&old.opened), side(&new.opened)) else { return Ok(Outcome::Wrong) };
    let diff = diff::diff(&before, &after, accepted(new.folder.as_deref())?);
    let text = match format {
        Format::Text => diff::text(&diff, &before, &after),
        Format::Json => diff::json(&diff, &before, &after),
    };
    let taken = [&old, &new].into_iter().filter_map(|given| given.taken.as_ref());
    let text = taken.fold(text, |text, (folder, name)| text.replace(&format!("{}/", folder.0.display()), name));
    anstream::print!("{text}");
    Ok(if diff.breaking() == 0 { Outcome::Good } else { Outcome::Breaking })
}

fn side(opened: &Opened) -> Option<Side<'_>> {
    Some(Side::of(opened.loaded.as_ref()?, opened.adapter.as_ref()?))
}

fn accepted(folder: Option<&Path>) -> anyhow::Result<Vec<Accepted>> {
    let Some(path) = folder.map(|folder| folder.join(diff::FILE)).filter(|path| path.is_file()) else {
        return Ok(Vec::new());
    };
    let text = countersign::load::text_of(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    diff::accepted(&text).map_err(|error| Usage(error.to_string()).into())
}

/// A folder, a built-in definition, or a revision of git: of the folder that it names behind a colon, of the folder that
/// the other one is, or of the current one.
fn given(name: &str, other: &str, number: usize) -> anyhow::Result<Given> {
    if let Some(named) = project::find(Path::new(name)) {
        let folder = match &named {
            Named::Folder(folder) => Some(folder.clone()),
            Named::BuiltIn(_) => None,
        };
        return Ok(Given { opened: project::open(&named), folder, taken: None });
    }
    let (revision, folder) = match name.split_once(':') {
        Some((revision, folder)) => (revision, PathBuf::from(folder)),
        None if Path::new(other).join("adapter.yaml").is_file() => (name, below_top(Path::new(other))?),
        None => (name, below_top(Path::new("."))?),
    };
    let Some(commit) = commit(revision) else {
        project::named(Path::new(name))?;
        return Err(Usage(format!("`{name}` is no definition and no revision")).into());
    };
    let taken = taken_out(&commit, number)?;
    let inside = taken.0.join(&folder);
    if !inside.join("adapter.yaml").is_file() {
        return Err(Usage(format!("`{revision}` has no `{}`", folder.join("adapter.yaml").display())).into());
    }
    let opened = project::open(&Named::Folder(inside.clone()));
    Ok(Given { opened, folder: Some(inside), taken: Some((taken, format!("{revision}:"))) })
}

/// A folder as the repository names it.
fn below_top(folder: &Path) -> anyhow::Result<PathBuf> {
    let folder = folder.canonicalize()?;
    let prefix = git(&["-C", &folder.display().to_string(), "rev-parse", "--show-prefix"], None)?;
    Ok(PathBuf::from(prefix.trim()))
}

fn commit(revision: &str) -> Option<String> {
    if revision.is_empty() || revision.starts_with('-') {
        return None;
    }
    let found = git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")], None).ok()?;
    Some(found.trim().to_owned())
}

/// The files of a commit in a temporary folder. The repository's own index and files stay as they are.
fn taken_out(commit: &str, number: usize) -> anyhow::Result<Taken> {
    let root = std::env::temp_dir().join(format!("countersign-diff-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&root).with_context(|| format!("cannot make `{}`", root.display()))?;
    let taken = Taken(root.canonicalize()?);
    let index = taken.0.join(".index");
    let prefix = format!("--prefix={}/", taken.0.display());
    let top = git(&["rev-parse", "--show-toplevel"], None)?;
    git(&["-C", top.trim(), "read-tree", commit], Some(&index))?;
    git(&["-C", top.trim(), "checkout-index", "--all", "--quiet", &prefix], Some(&index))?;
    Ok(taken)
}

fn git(arguments: &[&str], index: Option<&Path>) -> anyhow::Result<String> {
    let mut command = Command::new("git");
    command.args(arguments);
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().context("`git` cannot be run")?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Usage(format!("git {}: {stderr}", arguments.join(" "))).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
