//! What holds of every setting, and where it comes from, as `--check-settings` prints it. Secrets are not in it: settings name
//! them, and what looks like one all the same is left out.

use std::collections::BTreeMap;
use std::fmt;

use countersign_engine::settings::{Default as Unset, SETTINGS, find, size, time};

use super::options::Options;
use super::tree::SettingsTree;

/// What holds of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// Its path.
    pub path: String,
    /// The value, as the settings file would have it; `-` where there is none.
    pub value: String,
    /// Where it comes from: a file, an environment variable, `--dev`, the definition, or nowhere.
    pub origin: String,
}

impl fmt::Display for Effective {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Effective { path, value, origin } = self;
        write!(out, "{path:<36} {value:<32} {origin}")
    }
}

/// All settings of an adapter: those of the table in its order, then its own.
pub(super) fn effective(
    options: &Options,
    tree: &SettingsTree,
    known: &[String],
    defaults: &[(&str, &str)],
    dev: bool,
) -> Vec<Effective> {
    let paths: std::collections::BTreeSet<&str> = known.iter().map(String::as_str).chain(tree.paths()).collect();
    let row = |path: &str| SETTINGS.iter().position(|setting| setting.is_at(path)).unwrap_or(SETTINGS.len());
    let mut paths: Vec<&str> = paths.into_iter().filter(|path| dev || !path.starts_with("dev.")).collect();
    paths.sort_by_cached_key(|path| (row(path), *path));
    let computed = computed(options);
    let one = |path: &str| {
        let (value, origin) = match (tree.shown(path), computed.get(path)) {
            (Some((value, place)), _) => (value, place.to_string()),
            (None, Some(value)) => (value.clone(), "default".to_owned()),
            (None, None) => unset(path, defaults),
        };
        Effective { path: path.to_owned(), value: without_secrets(path, value), origin }
    };
    paths.into_iter().map(one).collect()
}

fn unset(path: &str, defaults: &[(&str, &str)]) -> (String, String) {
    if let Some((_, value)) = defaults.iter().find(|(own, _)| *own == path) {
        return ((*value).to_owned(), "default".to_owned());
    }
    match find(path).map(|setting| setting.default) {
        Some(Unset::Is(value)) => (value.to_owned(), "default".to_owned()),
        Some(Unset::Says(words, _)) => ("-".to_owned(), words.replace('`', "")),
        None => ("-".to_owned(), "not set".to_owned()),
    }
}

/// What holds without being set and depends on the definition, on `--dev` or on other settings.
fn computed(options: &Options) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut add = |path: &str, value: String| drop(all.insert(path.to_owned(), value));
    add("docs", options.docs.to_string());
    add("shutdown_delay", time(options.shutdown_delay.as_secs()));
    add("default_language", options.default_language.clone());
    add("body_limit", size(options.body_limit as u64));
    add("connections.per_source", options.capacity.per_source.to_string());
    add("connections.reserved", options.capacity.reserved.to_string());
    add("audit.node", options.audit.node.clone());
    if let crate::store::StoreSpec::Embedded(path) = &options.store {
        add("store", format!("embedded:{}", path.display()));
    }
    if options.store == crate::store::StoreSpec::Memory {
        add("store", "memory".to_owned());
    }
    let limits = options.limits.per_prefix.iter();
    let limits: Vec<String> = limits.map(|limit| format!("{} in {}", limit.most, time(limit.seconds))).collect();
    add("limits.per_prefix", format!("[{}]", limits.join(", ")));
    for (kind, of) in &options.otps {
        add(&format!("otps.{kind}.digits"), of.digits.to_string());
        add(&format!("otps.{kind}.life"), time(of.life_seconds));
        add(&format!("otps.{kind}.attempts"), of.attempts.to_string());
        if let Some(limit) = of.per_phone {
            add(&format!("otps.{kind}.per_phone"), format!("{} in {}", limit.most, time(limit.seconds)));
        }
    }
    for (kind, of) in &options.sessions {
        add(&format!("sessions.{kind}.idle"), time(of.idle_seconds));
    }
    all
}

/// Words in a path behind which a secret may stand.
const SECRETS: [&str; 5] = ["password", "secret", "token", "key", "credential"];

fn without_secrets(path: &str, value: String) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let names_one = value.starts_with("env:") || value.starts_with("file:") || value.starts_with('[') || value == "-";
    let may_be_one = SECRETS.iter().any(|word| last.contains(word)) && find(path).is_none();
    if may_be_one && !names_one {
        return "[redacted]".to_owned();
    }
    // `postgres://user:password@host`
    match value.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        Some((scheme, (user, rest))) if user.contains(':') => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:[redacted]@{rest}")
        }
        _ => value,
    }
}
