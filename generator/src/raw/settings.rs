//! Settings that stand at the top level of a definition: its own stand under `settings`, those of every adapter in the
//! settings file.

use countersign_engine::settings::SETTINGS;

use super::shown;
use crate::diagnostic::Diagnostic;
use crate::language::keys::{self, Section};
use crate::language::synonyms;
use crate::yaml::{Entry, Map, Node};

/// Tells of a key of the top level that is a setting, or the first part of one.
pub fn misplaced(entry: &Entry, top: &Map) -> Option<Diagnostic> {
    let first = entry.key.split('.').next().unwrap_or_default();
    let lines = shown::dotted(&entry.key, &entry.node);
    let names: Vec<&str> = lines.iter().filter_map(|line| line.split(": ").next()).collect();
    let named = format!("`{}`", names.join("`, `"));
    let (are, settings) = if names.len() == 1 { ("is", "a setting") } else { ("are", "settings") };
    let own = top.node("settings").and_then(Node::as_map).into_iter().flat_map(|map| &map.entries);
    let (text, help) = if own.into_iter().any(|one| is_of(&one.key, &entry.key)) {
        let help = format!("write it under `settings:`, its name with dots: `{}`", lines.join("`, `"));
        (format!("{named} {are} {settings}, and stands outside of `settings`"), help)
    } else if is_of_every_adapter(first) {
        let text = format!("{named} {are} {settings} of the running adapter, and this is its definition");
        (text, "move these lines as they are into the settings file, which `--settings FILE` names".to_owned())
    } else {
        return None;
    };
    Some(Diagnostic::new("unknown-key", entry.key_place, text).help(help))
}

/// True for the first part of a setting that every adapter has, unless it is a word of definitions, too: most people who
/// write `hooks` mean behaviours of their own.
fn is_of_every_adapter(first: &str) -> bool {
    let is_word = |section: Section| keys::of(section).contains(&first);
    let means_more = is_word(Section::Definition) || is_word(Section::Wire) || synonyms::find(first).is_some();
    !means_more && SETTINGS.iter().any(|setting| setting.path.split('.').next() == Some(first))
}

/// True for the name of a setting, and for its first parts.
fn is_of(setting: &str, key: &str) -> bool {
    setting == key || setting.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))
}
