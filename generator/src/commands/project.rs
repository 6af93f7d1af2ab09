//! Finds definitions and brings them through load and check, reporting what is wrong with them on the way.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countersign::check::{Checked, check};
use countersign::diagnostic::{self, Diagnostic};
use countersign::emit::Templates;
use countersign::load::{self, BuiltIn, DEMO, Library, LoadError, Loaded, START};
use countersign::model::Adapter;
use countersign::naming::near;
use countersign::source::Sources;

use super::Usage;

/// What somebody named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A folder that holds an `adapter.yaml`.
    Folder(PathBuf),
    /// A built-in definition.
    BuiltIn(String),
}

/// The settings for a first run that stand beside a definition.
pub fn demo_settings(named: &Named) -> Option<String> {
    match named {
        Named::Folder(folder) => fs::read_to_string(folder.join(DEMO)).ok(),
        Named::BuiltIn(name) => BuiltIn::around(Path::new(".")).demo_settings(name),
    }
}

/// What a bank that extends a definition starts from beside it.
pub fn start(named: &Named) -> Option<String> {
    match named {
        Named::Folder(folder) => fs::read_to_string(folder.join(START)).ok(),
        Named::BuiltIn(name) => BuiltIn::around(Path::new(".")).start(name),
    }
}

/// A definition that was loaded, or what is wrong with its text.
pub struct Opened {
    /// The merged document, if it could be read.
    pub loaded: Option<Loaded>,
    /// The model, if nothing is wrong.
    pub adapter: Option<Adapter>,
    /// What is wrong, and warnings.
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

/// The checkout of countersign around a folder.
pub fn checkout(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let is_checkout =
        |folder: &&Path| folder.join("generator/vocabulary").is_dir() && folder.join("templates").is_dir();
    folder.ancestors().find(is_checkout).map(Path::to_owned)
}

/// How this program was called, for commands to copy: by cargo, who has it on no path, or by its name.
pub fn program() -> &'static str {
    let by_cargo = std::env::var_os("CARGO").is_some() && checkout(Path::new(".")).is_some();
    if by_cargo { "cargo run --" } else { "countersign" }
}

/// The folders that a command is about: those that were given, else the current one, else every example.
pub fn folders(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if let Some(missing) = given.iter().find(|folder| !folder.join("adapter.yaml").is_file()) {
        if let Some(usage) = other_ending(missing) {
            return Err(usage.into());
        }
        return Err(Usage(format!("there is no `{}`", missing.join("adapter.yaml").display())).into());
    }
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    if Path::new("adapter.yaml").is_file() {
        return Ok(vec![PathBuf::from(".")]);
    }
    if let Some(usage) = other_ending(Path::new("")) {
        return Err(usage.into());
    }
    let examples = checkout(Path::new(".")).map(|root| root.join("examples")).filter(|examples| examples.is_dir());
    let Some(examples) = examples else {
        return Err(Usage("there is no `adapter.yaml` here; name the folder of an adapter".to_owned()).into());
    };
    let here = std::env::current_dir()?;
    let mut found = folders_in(&examples)?;
    // A crate may hold several, each in a folder of its own.
    let crates =
        found.iter().filter(|folder| !folder.join("adapter.yaml").is_file() && folder.join("Cargo.toml").is_file());
    let inner: Vec<PathBuf> = crates.map(|folder| folders_in(folder)).collect::<anyhow::Result<Vec<_>>>()?.concat();
    found.extend(inner);
    found.retain(|folder| folder.join("adapter.yaml").is_file());
    found.sort();
    Ok(found.into_iter().map(|folder| folder.strip_prefix(&here).map(Path::to_owned).unwrap_or(folder)).collect())
}

fn folders_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let inside = std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    Ok(inside.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
}

/// Whether a name is that of a built-in definition or of a folder.
pub fn named(name: &Path) -> anyhow::Result<Named> {
    if let Some(named) = find(name) {
        return Ok(named);
    }
    if let Some(usage) = other_ending(name) {
        return Err(usage.into());
    }
    let names = BuiltIn::around(Path::new(".")).names();
    let text = name.display().to_string();
    let meant = near(&text, names.iter().map(String::as_str)).map(|near| format!("; did you mean `{near}`?"));
    let known = format!(" (there are: {})", names.join(", "));
    let help = meant.unwrap_or(known);
    Err(Usage(format!("`{text}` is no folder with an `adapter.yaml` and no built-in definition{help}")).into())
}

/// A folder whose main file has another ending.
fn other_ending(folder: &Path) -> Option<Usage> {
    let file =
        ["adapter.yml", "Adapter.yaml", "adapter.yaml.txt"].into_iter().find(|file| folder.join(file).is_file())?;
    let shown = folder.join(file).display().to_string();
    Some(Usage(format!("nothing reads `{shown}`: call it `adapter.yaml`")))
}

/// The same, if it is either.
pub fn find(name: &Path) -> Option<Named> {
    let text = name.to_str().unwrap_or_default();
    let is_name = BuiltIn::around(Path::new(".")).names().iter().any(|built_in| built_in == text);
    if is_name {
        return Some(Named::BuiltIn(text.to_owned()));
    }
    name.join("adapter.yaml").is_file().then(|| Named::Folder(name.to_owned()))
}

/// Loads and checks a definition.
pub fn open(named: &Named) -> Opened {
    match load(named) {
        Ok(loaded) => checked(loaded),
        Err(error) => Opened { loaded: None, adapter: None, diagnostics: error.diagnostics, sources: error.sources },
    }
}

/// The same, with other values in the examples than those of the definition: those that a file says. Gives the code that
/// it says, too.
pub fn open_with(named: &Named, file: &Path) -> anyhow::Result<(Opened, Option<String>)> {
    let text = load::text_of(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let mut loaded = match load(named) {
        Ok(loaded) => loaded,
        Err(error) => {
            let LoadError { diagnostics, sources } = error;
            return Ok((Opened { loaded: None, adapter: None, diagnostics, sources }, None));
        }
    };
    match load::with_values(&mut loaded, &file.display().to_string(), text) {
        Ok(code) => Ok((checked(loaded), code)),
        Err(diagnostics) => Ok((Opened { sources: loaded.sources, loaded: None, adapter: None, diagnostics }, None)),
    }
}

fn load(named: &Named) -> Result<Loaded, LoadError> {
    let mut loaded = match named {
        Named::Folder(folder) => load::definition(folder, &BuiltIn::around(folder)),
        Named::BuiltIn(name) => load::built_in(name, &BuiltIn::around(Path::new("."))),
    }?;
    name_source(&mut loaded);
    Ok(loaded)
}

fn checked(loaded: Loaded) -> Opened {
    let Checked { adapter, diagnostics } = check(&loaded);
    Opened { sources: loaded.sources.clone(), loaded: Some(loaded), adapter, diagnostics }
}

/// A definition that adds nothing to a built-in one is generated from that one.
fn name_source(loaded: &mut Loaded) {
    let Some(extends) = loaded.extends.clone() else { return };
    if loaded.changes_nothing() && !extends.contains(['/', '\\', '.']) {
        loaded.source = format!("definitions/{extends}");
    }
}

/// Prints what is wrong, for people, and how much that is.
pub fn print_diagnostics(opened: &Opened) {
    let all = &opened.diagnostics;
    if all.is_empty() {
        return;
    }
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    anstream::eprintln!("{}", diagnostic::render(all, &opened.sources, colour));
    anstream::eprintln!("{}", diagnostic::total(all));
    if let Some(how) = diagnostic::where_to_look(all, &opened.sources) {
        anstream::eprintln!("{how}");
    }
}

/// The templates: inside a checkout those of its folder, elsewhere those in this program.
pub fn templates(folder: &Path) -> anyhow::Result<Templates> {
    let Some(root) = checkout(folder) else { return Ok(Templates::shipped()) };
    let mut texts = Vec::new();
    for kind in ["rust", "crate"] {
        let inside = root.join("templates").join(kind);
        for entry in std::fs::read_dir(&inside).with_context(|| format!("cannot read `{}`", inside.display()))? {
            let entry = entry?;
            let name = format!("{kind}/{}", entry.file_name().to_string_lossy());
            let text = std::fs::read_to_string(entry.path());
            texts.push((name, text.with_context(|| format!("cannot read `{}`", entry.path().display()))?));
        }
    }
    Ok(Templates::shipped().with(texts))
}
