//! `docs`: the API as a reference in Markdown.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countersign::reference;

use super::{Outcome, project};

/// Writes the reference of a definition, to a file or to standard output.
pub fn run(name: &Path, output: Option<&PathBuf>) -> anyhow::Result<Outcome> {
    let opened = project::open(&project::named(name)?);
    let Some(adapter) = &opened.adapter else {
        project::print_diagnostics(&opened);
        return Ok(Outcome::Wrong);
    };
    let text = reference::reference(adapter);
    match output {
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
        None => anstream::print!("{text}"),
    }
    Ok(Outcome::Good)
}
