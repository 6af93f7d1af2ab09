//! `generate`: definitions to Rust, and what changed against the definition that is extended.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countersign::emit::emit;
use countersign::model::Adapter;
use countersign::write::{self, Written};

use super::project::{self, Named, Opened};
use super::{Ended, changes};

/// Generates, or with `only_check` says what is stale.
pub fn run(given: &[PathBuf], only_check: bool) -> anyhow::Result<Ended> {
    let mut ended = Ended::Good;
    for folder in project::folders(given)? {
        ended = ended.max(one(&folder, only_check)?);
    }
    Ok(ended)
}

/// Generates one adapter, and tells what was written.
fn one(folder: &Path, only_check: bool) -> anyhow::Result<Ended> {
    let opened = project::open(&Named::Folder(folder.to_owned()));
    project::tell(&opened);
    let Some(adapter) = &opened.adapter else { return Ok(Ended::Wrong) };
    let files = emit(adapter, &project::templates(folder)?)?;
    let output = output_of(folder);
    if only_check {
        let stale = write::stale(&output, &files)?;
        tell(&output, &stale, "is stale", "would be removed");
        return Ok(if stale.is_nothing() { Ended::Good } else { Ended::Stale });
    }
    let written = write::write(&output, &files)?;
    if written.is_nothing() {
        anstream::println!("{} is up to date", output.display());
    }
    tell(&output, &written, "written", "removed");
    report_changes(&opened, adapter);
    Ok(Ended::Good)
}

/// Generates an adapter that is known to be good.
pub fn quietly(folder: &Path) -> anyhow::Result<()> {
    let opened = project::open(&Named::Folder(folder.to_owned()));
    let adapter = opened.adapter.context("a definition that was good is no longer")?;
    let files = emit(&adapter, &project::templates(folder)?)?;
    write::write(&output_of(folder), &files)?;
    Ok(())
}

fn output_of(folder: &Path) -> PathBuf {
    folder.strip_prefix(".").unwrap_or(folder).join("src").join("generated")
}

fn tell(output: &Path, written: &Written, is_new: &str, is_gone: &str) {
    for (names, what) in [(&written.written, is_new), (&written.removed, is_gone)] {
        names.iter().for_each(|name| anstream::println!("{} {what}", output.join(name).display()));
    }
}

/// What a tailoring changes of the definition that it extends. One that changes nothing is generated from that itself.
fn report_changes(opened: &Opened, adapter: &Adapter) {
    let Some(loaded) = &opened.loaded else { return };
    let text = changes::text(loaded, adapter);
    if !text.is_empty() {
        anstream::print!("\n{text}");
    }
}
