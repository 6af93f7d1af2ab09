//! Templates of a bank's own, in `templates/` beside its `adapter.yaml`, each in place of a shipped one. `templates/.pins` holds the
//! hash of what each replaced, so that a change of the original is reported and not lost.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countersign::emit::Templates;
use countersign::naming::near;
use countersign::write::hash;

use super::{Outcome, Usage, project};

/// The folder of templates beside a definition.
const FOLDER: &str = "templates";

/// The file that lists what was replaced, as `sha256sum` writes it.
const PINS: &str = ".pins";

/// What an adapter is generated with, and which of its own templates replace something that has changed since.
pub struct Chosen {
    pub templates: Templates,
    pub outdated: Vec<String>,
}

/// The templates for a folder: shipped ones, with its own in their place.
pub fn chosen(folder: &Path) -> anyhow::Result<Chosen> {
    let templates = project::templates(folder)?;
    let own = own(folder, &templates)?;
    let pins = pins(folder);
    let is_outdated = |path: &&String| pins.get(*path).map(String::as_str) != templates.text(path).map(hash).as_deref();
    let outdated = own.keys().filter(is_outdated).cloned().collect();
    Ok(Chosen { outdated, templates: templates.with(own) })
}

/// Copies a shipped template beside a definition to be edited there; if it is there already, notes the present original as the
/// one that it replaces.
pub fn run(folder: &Path, path: &str) -> anyhow::Result<Outcome> {
    if !folder.join("adapter.yaml").is_file() {
        return Err(Usage(format!("there is no `{}`", folder.join("adapter.yaml").display())).into());
    }
    let templates = project::templates(folder)?;
    let Some(text) = templates.text(path).filter(|_| path.starts_with("rust/")) else {
        return Err(unknown(path, &templates).into());
    };
    let file = folder.join(FOLDER).join(path);
    let is_there = file.is_file();
    if !is_there {
        let parent = file.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
        fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    let mut pins = pins(folder);
    pins.insert(path.to_owned(), hash(text));
    write_pins(folder, &pins)?;
    match is_there {
        true => anstream::println!("{} replaces the present `{path}` from now on", file.display()),
        false => anstream::println!("{} is yours to edit, in place of the shipped `{path}`", file.display()),
    }
    Ok(Outcome::Good)
}

/// Tells which originals changed, and what to do.
pub fn print_outdated(folder: &Path, outdated: &[String]) {
    for path in outdated {
        let (file, here) = (folder.join(FOLDER).join(path), folder.display());
        anstream::eprintln!("`{}` replaces a template that has changed since", file.display());
        anstream::eprintln!(
            "  compare it with `countersign show templates {path}`, then `countersign template {here} {path}`"
        );
    }
}

fn own(folder: &Path, templates: &Templates) -> anyhow::Result<BTreeMap<String, String>> {
    let root = folder.join(FOLDER);
    let mut found = BTreeMap::new();
    for file in files(&root) {
        let below = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if below.starts_with('.') {
            continue;
        }
        if templates.text(&below).is_none() {
            return Err(unknown(&below, templates).into());
        }
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
        found.insert(below, text);
    }
    Ok(found)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let nested = inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    nested.collect()
}

fn unknown(path: &str, templates: &Templates) -> Usage {
    let names = || templates.names().filter(|name| name.starts_with("rust/"));
    let help = match near(path, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
    };
    Usage(format!("there is no template `{path}`; {help}"))
}

fn pins(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join(FOLDER).join(PINS)).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    lines.map(|(hash, path)| (path.to_owned(), hash.to_owned())).collect()
}

fn write_pins(folder: &Path, pins: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let file = folder.join(FOLDER).join(PINS);
    let mut text = String::new();
    for (path, hash) in pins {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{hash}  {path}");
    }
    fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))
}
