//! A definition's own settings: none is one that every adapter has, and a tailoring gives a default of the same kind.

use countersign_engine::settings::SETTINGS;

use crate::diagnostic::Diagnostic;
use crate::report::Report;
use crate::resolve::Resolved;
use crate::yaml::{Map, Node, Value};

/// Compares the defaults of a tailoring with those that it extends.
pub(crate) fn settings_keep_their_kind(document: &Node, base: &Node, report: &mut Report) {
    let (Some(now), Some(before)) = (settings(document), settings(base)) else { return };
    for entry in &now.entries {
        let Some(old) = before.node(&entry.key) else { continue };
        if old.kind() == entry.node.kind() {
            continue;
        }
        let text = format!(
            "the setting `{}` is {} in what is extended, and here is {}",
            entry.key,
            old.kind(),
            entry.node.kind()
        );
        let diagnostic = Diagnostic::new("wrong-kind", entry.node.place, text).also(old.place, "as it is there");
        report.push(diagnostic.help(help(old, &entry.node)));
    }
}

fn settings(document: &Node) -> Option<&Map> {
    document.as_map()?.node("settings")?.as_map()
}

fn help(old: &Node, new: &Node) -> String {
    let text = new.as_text().unwrap_or_default();
    match &old.value {
        Value::Boolean(_) if matches!(text, "true" | "false") => format!("take the quotes away: `{text}`"),
        Value::Boolean(_) => "write `true` or `false`".to_owned(),
        Value::Number(_) if text.parse::<i64>().is_ok() => format!("take the quotes away: `{text}`"),
        Value::Number(_) => "write a whole number".to_owned(),
        _ => "put it in quotes".to_owned(),
    }
}

/// What a definition may say of the settings that every adapter has, since it names something of the definition: a language
/// and a message.
const OF_DEFINITIONS: [&str; 2] = ["default_language", "sms.delivery_failed_message"];

/// Settings that every adapter has stand in the settings file: the definition's own are others.
pub(super) fn check_settings(of: &Resolved<'_>, report: &mut Report) {
    for (name, default) in of.raw.settings.iter() {
        let path = name.text.as_str();
        if OF_DEFINITIONS.contains(&path) {
            if default.as_text().is_none() {
                let text = format!("the setting `{path}` is a text, and here is {}", default.kind());
                report.push_new("wrong-kind", default.place, text, "put it in quotes");
            }
        } else if let Some(taken) = SETTINGS.iter().find(|setting| is_on_the_way(path, setting.path)) {
            let (text, help) = match taken.is_at(path) {
                true => (
                    format!("`{path}` is a setting of the running adapter, and this is its definition"),
                    "move this line into the settings file, which `--settings FILE` names".to_owned(),
                ),
                false => (
                    format!("the running adapter has the setting `{}`, beside which there is no `{path}`", taken.path),
                    "call it something else".to_owned(),
                ),
            };
            report.push_new("unknown-key", name.place, text, help);
        }
    }
}

/// True for the path of a setting, for its first parts, and for what would stand below it.
fn is_on_the_way(path: &str, setting: &str) -> bool {
    let mut parts = path.split('.').zip(setting.split('.'));
    parts.all(|(one, other)| one == other || other.starts_with('<'))
}
