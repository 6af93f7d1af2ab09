//! `generate`: definitions to Rust, and what changed against the definition that is extended.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use countersign::emit::emit;
use countersign::model::Adapter;
use countersign::write::{self, Plan, Written};

use super::overrides::{self, Chosen};
use super::project::{self, Named, Opened};
use super::{Outcome, changes, runtime};

/// Generates, or with `only_check` says what is stale.
pub fn run(given: &[PathBuf], only_check: bool) -> anyhow::Result<Outcome> {
    let mut ended = Outcome::Good;
    for folder in project::folders(given)? {
        ended = ended.max(one(&folder, only_check)?);
    }
    Ok(ended)
}

/// Generates one adapter, and prints what was written.
fn one(folder: &Path, only_check: bool) -> anyhow::Result<Outcome> {
    let opened = project::open(&Named::Folder(folder.to_owned()));
    project::print_diagnostics(&opened);
    let Some(adapter) = &opened.adapter else { return Ok(Outcome::Wrong) };
    if let Some(why) = runtime::mismatch(folder) {
        anstream::eprintln!("{why}");
        return Ok(Outcome::Stale);
    }
    let Chosen { templates, outdated } = overrides::chosen(folder)?;
    overrides::print_outdated(folder, &outdated);
    let files = emit(adapter, &templates)?;
    let output = output_of(folder);
    if only_check {
        let is_good = is_as_planned(&output, &write::plan(&output, &files)?) && outdated.is_empty();
        return Ok(if is_good { Outcome::Good } else { Outcome::Stale });
    }
    let written = write::write(&output, &files)?;
    if written.is_nothing() {
        anstream::println!("{} is up to date", output.display());
        touch(&output.join(write::MANIFEST))?;
    }
    print_written(&output, &written, "written", "removed");
    report_changes(&opened, adapter);
    Ok(Outcome::Good)
}

/// Prints what would be done to a folder; true if that is nothing.
fn is_as_planned(output: &Path, plan: &Plan) -> bool {
    print_version_change(output);
    print_written(output, &plan.changes, "is stale", "would be removed");
    if let Some(refusal) = &plan.refusal {
        anstream::eprintln!("{refusal}");
    }
    plan.changes.is_nothing() && plan.refusal.is_none()
}

/// Generates an adapter that is known to be good.
pub fn quietly(folder: &Path) -> anyhow::Result<()> {
    let opened = project::open(&Named::Folder(folder.to_owned()));
    let adapter = opened.adapter.context("a definition that was good is no longer")?;
    let files = emit(&adapter, &overrides::chosen(folder)?.templates)?;
    write::write(&output_of(folder), &files)?;
    Ok(())
}

/// Says which version wrote a folder, if it was another.
fn print_version_change(output: &Path) {
    let by = write::written_by(output).filter(|by| by != write::VERSION);
    if let Some(by) = by {
        anstream::println!("{} was written by countersign {by}, this is {}", output.display(), write::VERSION);
    }
}

/// Notes that generated code is as new as the definition: a crate's `build.rs` compares their times.
fn touch(manifest: &Path) -> anyhow::Result<()> {
    let touched = fs::File::options().write(true).open(manifest).and_then(|file| file.set_modified(SystemTime::now()));
    touched.with_context(|| format!("cannot write `{}`", manifest.display()))
}

/// Where generated code stands.
pub fn output_of(folder: &Path) -> PathBuf {
    folder.strip_prefix(".").unwrap_or(folder).join("src").join("generated")
}

fn print_written(output: &Path, written: &Written, is_new: &str, is_gone: &str) {
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
