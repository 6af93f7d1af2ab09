//! `openapi`: the API as an OpenAPI document.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ValueEnum;
use countersign::openapi;

use super::{Outcome, project};

/// A version of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// What is served and written if nothing is said.
    #[value(name = "3.1", alias = "3.1.0")]
    V3_1,
    /// For gateways and generators that read no other.
    #[value(name = "3.0.3", alias = "3.0")]
    V3_0,
}

/// Writes the document of a definition, to a file or to standard output.
pub fn run(name: &Path, version: Version, output: Option<&PathBuf>) -> anyhow::Result<Outcome> {
    let opened = project::open(&project::named(name)?);
    let Some(adapter) = &opened.adapter else {
        project::print_diagnostics(&opened);
        return Ok(Outcome::Wrong);
    };
    let version = match version {
        Version::V3_1 => openapi::Version::V3_1,
        Version::V3_0 => openapi::Version::V3_0,
    };
    let text = openapi::text(adapter, version);
    match output {
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
        None => anstream::print!("{text}"),
    }
    Ok(Outcome::Good)
}
