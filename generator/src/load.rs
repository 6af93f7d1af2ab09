//! From a folder to one merged document. A folder is one document: any top-level key may stand in `adapter.yaml`,
//! `payloads.yaml` or `errors.yaml`; messages and examples have folders of their own.

mod library;
mod old_names;
mod unextended;

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{Diagnostic, tidy};
use crate::merge;
use crate::naming::near;
use crate::source::{BUILT_IN, FileId, Origin, Place, Sources};
use crate::yaml::{self, Entry, Node, Value};

pub use library::{BuiltIn, DEMO, Files, Library, START, text_of};
use library::{almost_named, files_of};

/// A definition after `extends`, not yet checked.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The merged document.
    pub document: Node,
    /// What it extends, merged itself.
    pub base: Option<Node>,
    /// What it lays over that, in long form.
    pub patch: Option<Node>,
    /// The texts of both.
    pub sources: Sources,
    /// Its main file, for what is missing as a whole.
    pub main: FileId,
    /// As the header of generated files names it.
    pub source: String,
    /// What `extends` says.
    pub extends: Option<String>,
    /// Warnings of names that the language had before.
    pub old_names: Vec<Diagnostic>,
}

impl Loaded {
    /// True for one that says nothing beside what it extends.
    pub fn adds_nothing(&self) -> bool {
        self.patch.as_ref().and_then(Node::as_map).is_some_and(|map| map.entries.is_empty())
    }

    /// True for one that says what it extends says, though it may say it again.
    pub fn changes_nothing(&self) -> bool {
        let is_same = |base: &Node| base.says_the_same(&self.document);
        self.adds_nothing() || self.base.as_ref().is_some_and(is_same)
    }

    /// What it extends, as a definition of its own; none if it extends nothing.
    pub fn base(&self) -> Option<Loaded> {
        let (document, source) = (self.base.clone()?, self.extends.clone().unwrap_or_default());
        let (sources, main) = (self.sources.clone(), self.main);
        Some(Loaded { document, base: None, patch: None, sources, main, source, extends: None, old_names: Vec::new() })
    }
}

/// Why a definition could not be loaded.
#[derive(Debug, Clone)]
pub struct LoadError {
    /// Everything that is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the places lie in.
    pub sources: Sources,
}

/// How long a chain of `extends` may be.
const MAX_CHAIN: usize = 8;

/// Loads the definition in a folder.
///
/// # Errors
/// The texts are no YAML that a definition may be written in, or a file or a definition is missing.
pub fn definition(folder: &Path, library: &dyn Library) -> Result<Loaded, LoadError> {
    let chain = vec![clean(folder)];
    let mut loader = Loader::new(library, chain);
    let files = match files_of(folder) {
        Ok(files) => files,
        Err(error) => {
            return Err(loader.give_up("missing-file", None, format!("cannot read `{}`: {error}", folder.display())));
        }
    };
    let home = Home { origin: Origin::Own, folder: Some(folder.to_owned()), below: PathBuf::new() };
    let loaded = loader.whole(files, &home, "adapter.yaml".to_owned(), 0);
    loader.finish(loaded)
}

/// Reports that a folder has no `adapter.yaml`, and which file may be meant to be it.
fn no_adapter(home: &Home) -> Diagnostic {
    let is_meant = |name: &String| {
        let lower = name.to_lowercase();
        lower.starts_with("adapter.") && (lower.contains(".yml") || lower.contains(".yaml"))
    };
    let files = home.folder.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut names: Vec<String> =
        files.map(|file| file.file_name().to_string_lossy().into_owned()).filter(is_meant).collect();
    names.sort();
    match names.first() {
        Some(name) => {
            let text = format!("there is no `adapter.yaml`, but an `{name}`");
            Diagnostic::new("missing-file", None, text).help("call it `adapter.yaml`")
        }
        None => {
            let text = format!("there is no `{}`", home.shown("adapter.yaml"));
            Diagnostic::new("missing-file", None, text).help("every definition has an `adapter.yaml`")
        }
    }
}

/// Loads a built-in definition by its name.
///
/// # Errors
/// As [`definition`].
pub fn built_in(name: &str, library: &dyn Library) -> Result<Loaded, LoadError> {
    let mut loader = Loader::new(library, Vec::new());
    let Some(files) = library.files(name) else {
        let names = library.names();
        let help = near(name, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(|| format!("there are: {}", names.join(", ")));
        loader
            .diagnostics
            .push(Diagnostic::new("unknown-definition", None, format!("there is no definition `{name}`")).help(help));
        return loader.finish(None);
    };
    let loaded = loader.shipped(name, files, 0);
    loader.finish(loaded)
}

/// Lays the `values` of a file over those that the examples insert; gives the `code` that it says.
///
/// # Errors
/// The text is no map of these two.
pub fn with_values(loaded: &mut Loaded, name: &str, text: String) -> Result<Option<String>, Vec<Diagnostic>> {
    let file = loaded.sources.add(name, text);
    let node = yaml::read(&loaded.sources, file)?;
    let place = node.place;
    let wrong_kind = |place, what: &str| vec![Diagnostic::new("wrong-kind", place, what.to_owned())];
    let Value::Map(map) = node.value else { return Err(wrong_kind(place, "a map with `values` and `code` is wanted")) };
    let strange = map.entries.iter().find(|entry| !matches!(entry.key.as_str(), "values" | "code"));
    if let Some(strange) = strange {
        return Err(wrong_kind(strange.key_place, "only `values` and `code` may be said here"));
    }
    let code = match map.node("code").map(|node| (node.as_text(), node.place)) {
        Some((None, place)) => return Err(wrong_kind(place, "`code` is a text: put it in quotes")),
        Some((Some(code), _)) => Some(code.to_owned()),
        None => None,
    };
    if let Some(values) = map.node("values") {
        let entry = |key: &str, node| Entry { key: key.to_owned(), key_place: place, node };
        let inner = Node::map(place, vec![entry("values", values.clone())]);
        let (document, diagnostics) = merge::merge(&loaded.document, Node::map(place, vec![entry("examples", inner)]));
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        loaded.document = document;
    }
    Ok(code)
}

/// One definition out of the loader's hands.
struct Merged {
    document: Node,
    base: Option<Node>,
    patch: Option<Node>,
    main: FileId,
    source: String,
    extends: Option<String>,
}

/// Where the files of a definition lie.
struct Home {
    origin: Origin,
    /// None for what is built in.
    folder: Option<PathBuf>,
    /// From the folder of the definition that was asked for on.
    below: PathBuf,
}

impl Home {
    /// How a file of it is shown.
    fn shown(&self, file: &str) -> String {
        self.folder.as_ref().unwrap_or(&self.below).join(file).display().to_string()
    }
}

/// True for what `extends` names by its path.
fn is_path(extends: &str) -> bool {
    extends.contains(['/', '\\']) || extends.starts_with('.')
}

struct Loader<'a> {
    library: &'a dyn Library,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    /// Folders that extend each other so far.
    chain: Vec<PathBuf>,
    /// Where each of them says so.
    extends_places: Vec<Place>,
    old_names: Vec<Diagnostic>,
}

impl<'a> Loader<'a> {
    fn new(library: &'a dyn Library, chain: Vec<PathBuf>) -> Self {
        let sources = Sources::default();
        Loader { library, sources, diagnostics: Vec::new(), chain, extends_places: Vec::new(), old_names: Vec::new() }
    }
}

impl Loader<'_> {
    fn finish(self, merged: Option<Merged>) -> Result<Loaded, LoadError> {
        match merged {
            Some(Merged { document, base, patch, main, source, extends }) if self.diagnostics.is_empty() => {
                Ok(Loaded {
                    document,
                    base,
                    patch,
                    sources: self.sources,
                    main,
                    source,
                    extends,
                    old_names: self.old_names,
                })
            }
            _ => Err(LoadError { diagnostics: tidy(self.diagnostics), sources: self.sources }),
        }
    }

    fn give_up(mut self, id: &'static str, place: Option<Place>, text: String) -> LoadError {
        self.diagnostics.push(Diagnostic::new(id, place, text));
        LoadError { diagnostics: self.diagnostics, sources: self.sources }
    }

    fn shipped(&mut self, name: &str, files: Files, depth: usize) -> Option<Merged> {
        let source = format!("{BUILT_IN}{name}");
        let home = Home { origin: Origin::BuiltIn, folder: None, below: PathBuf::from(&source) };
        self.whole(files, &home, source, depth)
    }

    /// A document and all that it extends.
    fn whole(&mut self, files: Files, home: &Home, source: String, depth: usize) -> Option<Merged> {
        let (main, mut document) = self.document(files, home)?;
        if let (Some(folder), true) = (&home.folder, depth == 0) {
            self.unmatched_calls(folder);
        }
        let Some((extends, place)) = take_extends(&mut document) else {
            self.diagnostics.extend(merge::empty_entries(&document));
            if home.origin != Origin::BuiltIn {
                self.diagnostics.extend(unextended::missing(&document, self.library));
            }
            return Some(Merged { document, base: None, patch: None, main, source, extends: None });
        };
        let base = self.extended(&extends, place, home, depth)?;
        let patch = Some(document.clone());
        let (mut merged, diagnostics) = merge::merge(&base.document, document);
        self.diagnostics.extend(diagnostics);
        merge::drop_orphans(&mut merged, &base.document);
        Some(Merged { document: merged, base: Some(base.document), patch, main, source, extends: Some(extends) })
    }

    fn extended(&mut self, extends: &str, place: Place, home: &Home, depth: usize) -> Option<Merged> {
        if depth >= MAX_CHAIN {
            self.circle(place, 0);
            return None;
        }
        if let (true, Some(folder)) = (is_path(extends), &home.folder) {
            let other = clean(&folder.join(extends));
            if let Some(first) = self.chain.iter().position(|folder| *folder == other) {
                self.circle(place, first);
                return None;
            }
            self.chain.push(other.clone());
            self.extends_places.push(place);
            let below = clean(&home.below.join(extends));
            let home = Home { origin: Origin::Extended, folder: Some(other.clone()), below };
            return match files_of(&other) {
                Ok(files) => self.whole(files, &home, extends.to_owned(), depth + 1),
                Err(error) => {
                    self.unknown(extends, place, Some(error.to_string()));
                    None
                }
            };
        }
        match self.library.files(extends) {
            Some(files) => self.shipped(extends, files, depth + 1),
            None => {
                self.unknown(extends, place, None);
                None
            }
        }
    }

    /// Reports files that nothing reads because of their names.
    fn unmatched_calls(&mut self, folder: &Path) {
        for (path, meant) in almost_named(folder) {
            let text = text_of(&path).unwrap_or_default();
            let below = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            let end = text.lines().next().unwrap_or_default().len();
            let file = self.sources.add_from(Origin::Own, path.display().to_string(), below.clone(), text);
            let diagnostic =
                Diagnostic::new("file-not-read", Place { end, ..start(file) }, format!("nothing reads `{below}`"));
            self.diagnostics.push(diagnostic.help(format!("call it `{meant}`")));
        }
    }

    /// Tells of a circle at the line that closes it. `first`: which folder of the chain it begins with.
    fn circle(&mut self, place: Place, first: usize) {
        let others: Vec<Place> = self.extends_places.iter().skip(first).copied().collect();
        let diagnostic = match others.is_empty() {
            true => Diagnostic::new("extends-itself", place, "this definition extends itself")
                .help("name another one, or take the line out"),
            false => {
                Diagnostic::new("extends-itself", place, "definitions extend each other in a circle").help(format!(
                    "name in one of them a definition that is not in the circle: {}, or another one by its path",
                    self.library.names().join(", ")
                ))
            }
        };
        let diagnostic =
            others.into_iter().fold(diagnostic, |diagnostic, other| diagnostic.also(other, "it is extended by this"));
        self.diagnostics.push(diagnostic);
    }

    fn unknown(&mut self, extends: &str, place: Place, why: Option<String>) {
        let names = self.library.names();
        let meant = near(extends, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let known = format!("a built-in one is named by its folder ({}), any other by its path", names.join(", "));
        let text = format!("there is no definition `{extends}`");
        self.diagnostics.push(Diagnostic::new("unknown-definition", place, text).help(why.or(meant).unwrap_or(known)));
    }

    /// The files of one folder as one document, in long form.
    fn document(&mut self, files: Files, home: &Home) -> Option<(FileId, Node)> {
        let mut main = None;
        let mut entries: Vec<Entry> = Vec::new();
        let mut folders: Vec<(&str, Vec<Entry>)> = vec![("messages", Vec::new()), ("examples", Vec::new())];
        for (below, bytes) in files {
            let Some((file, node)) = self.file(home, &below, bytes) else { continue };
            if below == "adapter.yaml" {
                main = Some(file);
            }
            match below.split_once('/') {
                None => self.top_level(&mut entries, node),
                Some((folder, name)) => {
                    let key = name.trim_end_matches(".yaml").to_owned();
                    let into = folders.iter_mut().find(|(one, _)| *one == folder);
                    into.into_iter().for_each(|(_, into)| {
                        into.push(Entry { key: key.clone(), key_place: start(file), node: node.clone() })
                    });
                }
            }
        }
        let Some(main) = main else {
            if self.diagnostics.is_empty() {
                self.diagnostics.push(no_adapter(home));
            }
            return None;
        };
        for (section, inside) in folders.into_iter().filter(|(_, inside)| !inside.is_empty()) {
            self.add_folder(&mut entries, section, inside, start(main));
        }
        let mut document = Node::map(start(main), entries);
        self.old_names.extend(old_names::renew(&mut document));
        merge::lengthen(&mut document);
        Some((main, document))
    }

    fn file(&mut self, home: &Home, below: &str, bytes: Vec<u8>) -> Option<(FileId, Node)> {
        let name = home.shown(below);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                self.diagnostics.push(
                    Diagnostic::new("not-utf8", None, format!("`{name}` is no UTF-8 text")).help("save it as UTF-8"),
                );
                return None;
            }
        };
        // Some editors write a byte order mark; it is no part of the text.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let below = home.below.join(below).display().to_string();
        let file = self.sources.add_from(home.origin, name, below, text);
        match yaml::read(&self.sources, file) {
            Ok(node) => Some((file, node)),
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                None
            }
        }
    }

    fn top_level(&mut self, entries: &mut Vec<Entry>, node: Node) {
        let Node { place, value } = node;
        match value {
            Value::Map(map) => map.entries.into_iter().for_each(|entry| self.add(entries, entry)),
            Value::Null => {}
            _ => self.diagnostics.push(
                Diagnostic::new("wrong-kind", place, "a definition is a map").help("begin with `adapter: <name>`"),
            ),
        }
    }

    fn add(&mut self, entries: &mut Vec<Entry>, entry: Entry) {
        match entries.iter().find(|before| before.key == entry.key) {
            Some(before) => self.diagnostics.push(
                Diagnostic::new("duplicate-key", entry.key_place, format!("`{}` stands in two files", entry.key))
                    .also(before.key_place, "it stands here first")
                    .help("a folder is one document; put both under one key"),
            ),
            None => entries.push(entry),
        }
    }

    /// Files of `messages/` and `examples/` beside what stands under that key.
    fn add_folder(&mut self, entries: &mut Vec<Entry>, section: &str, inside: Vec<Entry>, place: Place) {
        if !entries.iter().any(|entry| entry.key == section) {
            entries.push(Entry { key: section.to_owned(), key_place: place, node: Node::map(place, Vec::new()) });
        }
        let Some(entry) = entries.iter_mut().find(|entry| entry.key == section) else { return };
        let Value::Map(map) = &mut entry.node.value else { return };
        let mut all = std::mem::take(&mut map.entries);
        inside.into_iter().for_each(|file| self.add(&mut all, file));
        if let Some(Value::Map(map)) =
            entries.iter_mut().find(|entry| entry.key == section).map(|entry| &mut entry.node.value)
        {
            map.entries = all;
        }
    }
}

/// A path without `a/..` in it.
fn clean(path: &Path) -> PathBuf {
    let mut kept = PathBuf::new();
    for part in path.components() {
        let named = matches!(kept.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::CurDir => {}
            Component::ParentDir if named => {
                kept.pop();
            }
            _ => kept.push(part),
        }
    }
    kept
}

fn start(file: FileId) -> Place {
    Place { file, start: 0, end: 0 }
}

fn take_extends(document: &mut Node) -> Option<(String, Place)> {
    let Value::Map(map) = &mut document.value else { return None };
    let at = map.entries.iter().position(|entry| entry.key == "extends" && entry.node.as_text().is_some())?;
    let entry = map.entries.remove(at);
    entry.node.as_text().map(|text| (text.to_owned(), entry.node.place))
}
