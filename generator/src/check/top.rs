//! What a definition must have as a whole.

use crate::raw::{Callers, Definition};
use crate::report::Report;

/// Asks for a name, a title, a version and who may call.
pub(crate) fn top_level(definition: &Definition, report: &mut Report) {
    let place = definition.place;
    let parts = [("adapter", &definition.adapter), ("title", &definition.title), ("version", &definition.version)];
    for (key, value) in parts {
        if value.is_none() {
            report.tell("missing-key", place, format!("the definition has no `{key}`"), format!("add `{key}: ...`"));
        }
    }
    check_callers(definition, report);
    for (language, _) in definition.messages.iter() {
        let fits =
            language.text.split('-').all(|part| part.chars().all(|c| c.is_ascii_alphanumeric()) && part.len() >= 2);
        if !fits {
            let text = format!("`{}` is no language", language.text);
            report.tell("bad-name", language.place, text, "write it as `en` or `pt-BR`");
        }
    }
}

fn check_callers(definition: &Definition, report: &mut Report) {
    match &definition.callers {
        None => {
            let help = "add `callers: bearer` or `callers: { basic: <realm> }`, or `callers: { none: <reason> }` and \
                        say why nobody else can reach the port";
            report.tell("missing-key", definition.place, "the definition does not say who may call", help);
        }
        Some((Callers::Session(_), at)) => {
            let text = "callers of the kind `session` are served at single endpoints";
            report.tell("not-yet", *at, text, "say `callers: { session: <kind> }` at an endpoint");
        }
        Some((Callers::Later(way), at)) => {
            let text = format!("callers of the kind `{way}` are not served yet");
            report.tell("not-yet", *at, text, "`bearer`, `{ basic: <realm> }` and `{ none: <reason> }` are");
        }
        Some((Callers::None(_) | Callers::Bearer | Callers::Basic(_), _)) => {}
    }
}
