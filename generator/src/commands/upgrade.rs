//! `upgrade`: brings a crate to this version of the generator: the runtime in `vendor/`, and the generated code. It says what
//! changed and what is left to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countersign::bundle::CHANGELOG;
use countersign::write::{self, VERSION};

use super::runtime::{self, Changed, VENDOR};
use super::{Outcome, Usage, generate};

/// What changed between versions, for people.
const CHANGES: &str = "CHANGELOG.md";

/// Renews what this program wrote into a folder.
pub fn run(folder: &Path) -> anyhow::Result<Outcome> {
    if !folder.join("adapter.yaml").is_file() {
        return Err(Usage(format!("there is no `{}`", folder.join("adapter.yaml").display())).into());
    }
    let before = write::written_by(&generate::output_of(folder)).unwrap_or_else(|| "an earlier version".to_owned());
    let vendor = folder.join(VENDOR);
    let mut news = Vec::new();
    if vendor.is_dir() {
        let edited = edited(&vendor);
        if !edited.is_empty() {
            return Err(Usage(format!(
                "`{}` was edited by hand, and nothing was changed: {}\n  put these files aside, and run it again",
                vendor.display(),
                edited.join(", ")
            ))
            .into());
        }
        news = news_since(&fs::read_to_string(vendor.join(CHANGES)).unwrap_or_default());
        let (written, removed) = renew(folder)?;
        match written + removed {
            0 => anstream::println!("{} is that of countersign {VERSION} already", vendor.display()),
            _ => anstream::println!("{}: {written} files written, {removed} removed", vendor.display()),
        }
    }
    let ended = generate::run(&[folder.to_owned()], false)?;
    if ended != Outcome::Good {
        return Ok(ended);
    }
    anstream::println!("\nfrom {before} to countersign {VERSION}");
    print_changes(&news, vendor.is_dir());
    Ok(Outcome::Good)
}

fn print_changes(news: &[String], is_vendored: bool) {
    let breaking: Vec<&String> = news.iter().filter(|entry| entry.contains("*breaking*")).collect();
    if !breaking.is_empty() {
        anstream::println!("\nbreaking changes; see whether they concern you:");
        breaking.iter().for_each(|entry| anstream::println!("{entry}"));
    }
    if news.len() > breaking.len() {
        anstream::println!("\n{} other changes stand in {VENDOR}/{CHANGES}", news.len() - breaking.len());
    }
    anstream::println!("\nto do:");
    if !is_vendored {
        anstream::println!("  set the version of `countersign-runtime` in Cargo.toml to {VERSION}");
    }
    anstream::println!("  cargo build     Cargo.lock takes up what the runtime needs anew");
    anstream::println!("  cargo test");
    anstream::println!("  cargo run -- --settings settings.yaml --check-settings");
    anstream::println!("  git diff        and commit it all at once; the pipeline needs countersign {VERSION}");
}

/// Files of the runtime that somebody edited. One that was vendored without a list of its files cannot tell.
fn edited(vendor: &Path) -> Vec<String> {
    let list = runtime::listed(&runtime::list_in(vendor));
    let changed = runtime::changed(vendor, &list).filter(|(_, how)| *how == Changed::Edited);
    changed.map(|(path, _)| path.to_owned()).collect()
}

/// Lays down the runtime of this program; how many files are new or other than before, and how many are gone.
fn renew(folder: &Path) -> anyhow::Result<(usize, usize)> {
    let wanted: BTreeMap<PathBuf, String> =
        runtime::vendored().into_iter().map(|(path, text)| (folder.join(path), text)).collect();
    let mut written = 0;
    for (path, text) in &wanted {
        if fs::read_to_string(path).is_ok_and(|old| old == *text) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
        fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        written += 1;
    }
    let mut removed = 0;
    for path in files(&folder.join(VENDOR)) {
        if !wanted.contains_key(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()))?;
            removed += 1;
        }
    }
    Ok((written, removed))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    // What was built there is no part of it.
    let inside = inside.filter(|path| path.file_name().is_none_or(|name| name != "target" && name != "Cargo.lock"));
    inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The entries of the changelog that an older one does not have; the breaking ones alone where there is no older one.
fn news_since(older: &str) -> Vec<String> {
    let known: Vec<String> = entries(older);
    let is_new = |entry: &String| !known.contains(entry) && (!known.is_empty() || entry.contains("*breaking*"));
    entries(CHANGELOG).into_iter().filter(is_new).collect()
}

/// Each entry with its further lines.
fn entries(changelog: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in changelog.lines() {
        if line.starts_with("- ") {
            entries.push(line.to_owned());
        } else if line.starts_with("  ")
            && let Some(entry) = entries.last_mut()
        {
            entry.push('\n');
            entry.push_str(line);
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_entries_that_were_not_there_are_news() {
        let all = entries(CHANGELOG);
        assert!(all.len() > 50 && all.iter().all(|entry| entry.starts_with("- *")), "{:?}", all.first());
        let older = CHANGELOG.replacen(&all[0], "", 1);
        assert_eq!(news_since(&older), all[..1]);
        assert!(news_since(CHANGELOG).is_empty());
        assert!(news_since("").iter().all(|entry| entry.contains("*breaking*")));
    }
}
