//! From file, environment, `--dev` and definition to typed options, with every error reported at once. Precedence: the
//! environment, the file, the defaults of `--dev`, the definition.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_engine::settings::{SETTINGS, Setting};

use super::effective::{Effective, effective};
use super::options::{AuditOptions, Options};
use super::tree::{Place, SET_TWICE, SettingError, SettingsTree};
use super::values::Reader;
use super::{Settings, injected, lines, rules, tls};
use crate::adapter::Adapter;
use crate::crypto::{KeyName, Keyring};
use crate::store::StoreSpec;
use crate::tls::{Tls, TlsOptions};

/// Where settings are read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The settings file.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Whether this is `--dev`.
    pub dev: bool,
}

/// Settings that can be used; `S` are the definition's own.
pub struct Loaded<S> {
    /// What the runtime is started with.
    pub options: Options,
    /// The secrets.
    pub keys: Keyring,
    /// TLS of the adapter's own ports, if it is on.
    pub(crate) tls: Option<Arc<Tls>>,
    /// The definition's own settings.
    pub own: S,
    /// What `--dev` is started with; none without it.
    pub dev: Option<DevOptions>,
    /// The safety rules that the settings waive, for the log.
    pub opt_outs: Vec<&'static str>,
    /// A hash of all that is set, for the audit.
    pub digest: String,
    /// What holds of every setting, and where it comes from.
    pub effective: Vec<Effective>,
}

/// What an operator's command needs.
pub(crate) struct Commanded {
    /// Where state is kept.
    pub store: StoreSpec,
    /// The keys that it asked for.
    pub keys: Keyring,
    /// How the audit is kept.
    pub audit: AuditOptions,
}

/// What may be set with `--dev`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevOptions {
    /// The file that takes messages in place of the gateway; none for standard output.
    pub outbox: Option<PathBuf>,
    /// Whether messages go to the bank's gateway after all.
    pub sms_real: bool,
    /// Whether the limits on sending are off.
    pub limits_off: bool,
}

/// What a mistake is reported at that is the file's own.
const FILE: &str = "settings";

/// Environment names that do not mirror a path.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("COUNTERSIGN_OPS_LISTEN", "ops.listen"),
    ("COUNTERSIGN_DEV_OUTBOX", "dev.outbox"),
    ("COUNTERSIGN_DEV_SMS", "dev.sms"),
    ("COUNTERSIGN_DEV_LIMITS", "dev.limits"),
];

/// What is wrong where the parser stops.
const NO_YAML: &str = "this is no YAML that settings may be written in";

/// Environment names that are no settings.
const OTHER_NAMES: &[&str] = &["COUNTERSIGN_SETTINGS", "COUNTERSIGN_LOG"];

/// Reads all settings of an adapter.
///
/// # Errors
/// Every mistake, each with its path and place.
pub fn load<S: Settings>(adapter: &Adapter, sources: &Sources) -> Result<Loaded<S>, Vec<SettingError>> {
    load_with(adapter, sources, Own::default(), |_, _| Ok(())).map(|(loaded, ())| loaded)
}

/// The settings of a bank's own: their paths, and the defaults of those that have one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Own<'a> {
    pub paths: &'a [&'a str],
    pub defaults: &'a [(&'a str, &'a str)],
}

/// The same with the settings of a bank's own, and the function that reads them.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_with<S: Settings, T>(
    adapter: &Adapter,
    sources: &Sources,
    of_bank: Own<'_>,
    read: impl Fn(&SettingsTree, bool) -> Result<T, Vec<SettingError>>,
) -> Result<(Loaded<S>, T), Vec<SettingError>> {
    let mut errors = Vec::new();
    let mut tree = gather(sources, S::DEFAULTS, &mut errors);
    if errors.iter().any(|error| error.path == FILE) {
        // What stands in an unreadable file is not missing.
        return Err(errors);
    }
    let mut known = known_paths(adapter, &[S::PATHS, of_bank.paths].concat());
    let of_callers = tree.paths().filter(|path| super::callers::name_of(path, &adapter.callers).is_some());
    known.extend(of_callers.map(str::to_owned));
    tree.forget(|path, place| {
        matches!(place, Place::Environment(name) if injected::is_injected(name))
            && !known.iter().any(|known| known == path)
    });
    errors.extend(tree.paths().filter(|path| !known.iter().any(|known| known == path)).map(|path| {
        if known.iter().any(|known| known.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))) {
            return tree.error(path, "it holds settings, and is no setting itself; take it out");
        }
        let near = near(path, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        tree.error(path, format!("there is no such setting{near}"))
    }));
    let mut reader = Reader { tree: &tree, sources, errors: &mut errors };
    let options = reader.options(adapter);
    let keys = reader.keys();
    let dev = reader.dev();
    let opened = options.tls.as_ref().map(|options| tls::open(options, &tree, sources)).transpose();
    let tls = reader.all(opened).flatten().map(Arc::new);
    let own = reader.all(S::read(&tree));
    let bank = reader.all(read(&tree, sources.dev));
    if !sources.dev {
        errors.extend(
            S::TABLES
                .iter()
                .filter(|path| tree.place(path).is_none())
                .map(|path| tree.error(path, "it has no rows, so nothing would be found in it; write a list of them")),
        );
    }
    rules::check(adapter, &options, &tree, sources.dev, &mut errors);
    let opt_outs = rules::opt_outs(&tree);
    match (keys, own, bank) {
        (Some(keys), Some(own), Some(bank)) if errors.is_empty() => {
            let effective = effective(&options, &tree, &known, of_bank.defaults, sources.dev);
            Ok((Loaded { options, keys, tls, own, dev, opt_outs, digest: tree.digest(), effective }, bank))
        }
        _ => Err(without_repetitions(errors)),
    }
}

/// Reads which store is meant, and nothing else: whoever migrates a schema needs none of the adapter's secrets.
///
/// # Errors
/// Every mistake in this setting.
pub(crate) fn load_store(adapter: &Adapter, sources: &Sources) -> Result<StoreSpec, Vec<SettingError>> {
    let mut errors = Vec::new();
    let tree = gather(sources, &[], &mut errors);
    let mut reader = Reader { tree: &tree, sources, errors: &mut errors };
    let store = reader.store(Options::of(adapter).store);
    if errors.is_empty() { Ok(store) } else { Err(errors) }
}

/// Reads where the files of TLS are, and nothing else.
///
/// # Errors
/// Every mistake in these settings.
pub(crate) fn load_tls(sources: &Sources) -> Result<Option<TlsOptions>, Vec<SettingError>> {
    let mut errors = Vec::new();
    let tree = gather(sources, &[], &mut errors);
    let mut reader = Reader { tree: &tree, sources, errors: &mut errors };
    let options = reader.tls();
    if errors.is_empty() { Ok(options) } else { Err(errors) }
}

/// Reads what an operator's command needs, and nothing else.
///
/// # Errors
/// Every mistake in these settings.
pub(crate) fn load_for_command(
    adapter: &Adapter,
    sources: &Sources,
    names: &[KeyName],
) -> Result<Commanded, Vec<SettingError>> {
    let mut errors = Vec::new();
    let tree = gather(sources, &[], &mut errors);
    let mut reader = Reader { tree: &tree, sources, errors: &mut errors };
    let (store, audit) = (reader.store(Options::of(adapter).store), reader.audit());
    let keys = reader.all(super::keys::read_keys(&tree, sources, names));
    match keys {
        Some(keys) if errors.is_empty() => Ok(Commanded { store, keys, audit }),
        _ => Err(errors),
    }
}

/// What two readers found at one path is one mistake.
fn without_repetitions(errors: Vec<SettingError>) -> Vec<SettingError> {
    let mut unique: Vec<SettingError> = Vec::with_capacity(errors.len());
    for error in errors {
        if !unique.contains(&error) {
            unique.push(error);
        }
    }
    unique
}

/// Lays the places over each other, the weakest first.
fn gather(sources: &Sources, definition: &[(&str, &str)], errors: &mut Vec<SettingError>) -> SettingsTree {
    let mut tree = SettingsTree::default();
    tree.in_environment(&sources.environment);
    for (path, text) in definition {
        tree.set((*path).to_owned(), (*text).to_owned(), Place::Definition);
    }
    if sources.dev {
        for (path, text) in crate::dev::DEMO_SETTINGS {
            tree.set((*path).to_owned(), (*text).to_owned(), Place::Dev);
        }
    }
    if let Some(file) = &sources.file {
        read_file(file, &mut tree, errors);
    }
    for (name, text) in &sources.environment {
        let Some(rest) = name.strip_prefix("COUNTERSIGN_") else { continue };
        if OTHER_NAMES.contains(&name.as_str()) {
            continue;
        }
        let short = SHORT_NAMES.iter().find(|(short, _)| short == name).map(|(_, path)| (*path).to_owned());
        let path = short.unwrap_or_else(|| rest.to_lowercase().replace("__", "."));
        tree.set(path, text.clone(), Place::Environment(name.clone()));
    }
    tree
}

fn read_file(path: &Path, tree: &mut SettingsTree, errors: &mut Vec<SettingError>) {
    let place = Place::File(path.to_owned());
    let mut refuse = |what: String| {
        errors.push(SettingError { path: FILE.to_owned(), place: Some(place.clone()), what });
    };
    let text = match super::file::read(path) {
        Ok(text) => text,
        Err(what) => return refuse(what),
    };
    // Some editors write a byte order mark; it is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // The parser's own words may quote a value; a place and a key are enough.
    let unreadable = lines::find_unreadable(text);
    if !unreadable.is_empty() {
        return unreadable.iter().for_each(|at| refuse(format!("line {}, column {}: {}", at.line, at.column, at.what)));
    }
    match serde_yaml::from_str::<serde_yaml::Value>(text) {
        Ok(serde_yaml::Value::Null) => {}
        Ok(yaml @ serde_yaml::Value::Mapping(_)) => {
            let before = errors.len();
            tree.set_all("", &yaml, &place, errors);
            for error in errors.iter_mut().skip(before).filter(|error| error.what == SET_TWICE) {
                let lines = lines::lines_of(text, &error.path);
                let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
                error.what = format!("{SET_TWICE}, in lines {}", lines.join(" and "));
            }
        }
        Ok(_) => refuse("the file must hold a mapping".to_owned()),
        Err(error) => match error.location() {
            Some(at) => refuse(format!("line {}, column {}: {NO_YAML}", at.line(), at.column())),
            None => refuse(NO_YAML.to_owned()),
        },
    }
}

fn known_paths(adapter: &Adapter, own: &[&str]) -> Vec<String> {
    let codes = adapter.otps.iter().map(|kind| ("otps.<kind>", format!("otps.{}", kind.name)));
    let sessions = adapter.sessions.iter().map(|kind| ("sessions.<kind>", format!("sessions.{}", kind.name)));
    let of_kinds: Vec<(&str, String)> = codes.chain(sessions).collect();
    let mut known: Vec<String> = own.iter().map(|path| (*path).to_owned()).collect();
    for Setting { path, .. } in SETTINGS {
        if !path.contains('<') {
            known.push((*path).to_owned());
        }
        known.extend(
            of_kinds.iter().filter(|(form, _)| path.starts_with(form)).map(|(form, kind)| path.replacen(form, kind, 1)),
        );
    }
    known
}

/// The known path that is most like this one, if one is.
pub(super) fn near<'a>(path: &str, known: &'a [impl AsRef<str>]) -> Option<&'a str> {
    let likeness = |known: &'a str| (strsim::jaro_winkler(path, known), known);
    let best = known.iter().map(|known| likeness(known.as_ref())).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.85).then_some(best.1)
}
