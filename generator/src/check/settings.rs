//! A tailoring gives a setting another default, of the same kind.

use crate::diagnostic::Diagnostic;
use crate::report::Report;
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
