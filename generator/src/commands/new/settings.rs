//! All settings as comments, for the `settings.yaml` of a new crate: from the one table of settings, with what the definition says
//! of its kinds of codes and sessions.

use countersign::model::{Adapter, Callers};
use countersign_engine::settings::{Kind, Section, Setting, of};
use serde::Serialize;

/// How long a line of a comment is.
const WIDTH: usize = 120;

/// The settings of a section.
#[derive(Debug, Serialize)]
pub struct Part {
    title: &'static str,
    settings: Vec<Shown>,
}

/// A setting: what it is, in lines, and the line that sets it.
#[derive(Debug, Serialize)]
struct Shown {
    about: Vec<String>,
    line: String,
}

/// All sections that an adapter has a use for.
pub fn parts(adapter: &Adapter) -> Vec<Part> {
    let sections = Section::ALL.into_iter().filter(|section| *section != Section::Development);
    let parts = sections.map(|section| Part { title: section.title(), settings: shown(section, adapter) });
    parts.filter(|part| !part.settings.is_empty()).collect()
}

fn shown(section: Section, adapter: &Adapter) -> Vec<Shown> {
    let settings = of(section).filter(|setting| is_of_use(setting, adapter));
    let settings = settings.flat_map(|setting| lines(setting, adapter).into_iter().map(move |line| (setting, line)));
    let mut shown: Vec<Shown> = Vec::new();
    let mut before = "";
    for (setting, line) in settings {
        // Of several kinds of codes the first one is explained.
        let about = if before == setting.path { Vec::new() } else { about(setting) };
        before = setting.path;
        shown.push(Shown { about, line });
    }
    shown
}

/// What stands uncommented at the top is not said twice.
fn is_of_use(setting: &Setting, adapter: &Adapter) -> bool {
    match setting.path {
        "keys.codes" | "keys.counters" | "keys.pepper" | "keys.audit" | "tables.<name>" => false,
        "callers.<name>.token" | "callers.<name>.key" | "callers.<name>.access_id" => false,
        "callers.<name>.endpoints" | "callers.<name>.countries" | "callers.<name>.partners" => {
            !matches!(adapter.callers, Callers::None(_))
        }
        "sms.countries" | "sms.budget_per_hour" => false,
        "default_language" => !adapter.settings.iter().any(|own| own.path == setting.path),
        path => !path.starts_with("sms.") || !adapter.needs_no_gateway,
    }
}

fn lines(setting: &Setting, adapter: &Adapter) -> Vec<String> {
    let with = |path: String, value: String| format!("{path}: {value}");
    match setting.path.split_once('>') {
        Some((_, part)) if setting.path.starts_with("otps.") => {
            let kinds = adapter.otps.iter().map(|kind| {
                let value = match part {
                    ".digits" => kind.digits.to_string(),
                    ".life" => kind.life.clone(),
                    ".attempts" => kind.attempts.to_string(),
                    _ => kind.per_phone.clone().unwrap_or_else(|| setting.example().to_owned()),
                };
                with(format!("otps.{}{part}", kind.name), value)
            });
            kinds.collect()
        }
        Some((_, part)) if setting.path.starts_with("sessions.") => {
            let kinds = adapter.sessions.iter().map(|kind| {
                let value = if part == ".idle" { kind.idle.clone() } else { setting.example().to_owned() };
                with(format!("sessions.{}{part}", kind.name), value)
            });
            kinds.collect()
        }
        _ if setting.path == "store" => vec![with("store".to_owned(), format!("embedded:./data/{}.db", adapter.name))],
        _ => vec![with(setting.path.replace("<name>", "front_end"), setting.example().to_owned())],
    }
}

/// The first sentence of what it is, and what may be set, without marks of Markdown.
fn about(setting: &Setting) -> Vec<String> {
    let values = match setting.kind {
        Kind::Boolean => String::new(),
        kind => format!("; {}", kind.values()),
    };
    let text = format!("{}{values}.", without_links(setting.summary()));
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}

/// `[text](address)` as its text; what stands in brackets of its own for a link alone goes.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((words, after)) =
            link.split_once("](").and_then(|(words, after)| Some((words, after.split_once(')')?.1)))
        else {
            break;
        };
        match (before.strip_suffix(" ("), after.strip_prefix(')')) {
            (Some(before), Some(after)) => {
                plain.push_str(before);
                rest = after;
            }
            _ => {
                plain.push_str(before);
                plain.push_str(words);
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::without_links;

    #[test]
    fn links_are_left_out_of_comments() {
        assert_eq!(without_links("A certificate, in PEM ([below](#tls))"), "A certificate, in PEM");
        assert_eq!(without_links("which every [audit](audit.md) record has"), "which every audit record has");
        assert_eq!(without_links("a list [of] two"), "a list [of] two");
    }
}
