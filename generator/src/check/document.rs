//! What a definition must have as a whole.

use crate::naming::{country_as_language, is_language};
use crate::raw::{Callers, Definition, Text};
use crate::report::Report;
use crate::source::Place;

/// Asks for a name, a title, a version and who may call.
pub(crate) fn top_level(definition: &Definition, report: &mut Report) {
    let parts = [("adapter", &definition.adapter), ("title", &definition.title), ("version", &definition.version)];
    for (key, value) in parts {
        if value.is_none() {
            missing(definition, key, &format!("the definition has no `{key}`"), &format!("add `{key}: ...`"), report);
        }
    }
    check_callers(definition, report);
    for (language, _) in definition.messages.iter() {
        check_language("bad-name", &language.text, language.place, report);
    }
    if let Some((language, place)) =
        definition.settings.get("default_language").and_then(|node| Some((node.as_text()?, node.place)))
    {
        check_language("wrong-value", language, place, report);
    }
}

fn check_language(id: &'static str, language: &str, place: Place, report: &mut Report) {
    if is_language(language) {
        return check_country(language, place, report);
    }
    let text = format!("`{language}` is no code of a language");
    let lower = language.to_ascii_lowercase();
    let help = match is_language(&lower) {
        true => format!("write `{lower}`"),
        false => "write the code of two or three small letters, with a region if it matters: `de`, `pt-BR`".to_owned(),
    };
    report.push_new(id, place, text, help);
}

fn check_country(language: &str, place: Place, report: &mut Report) {
    if let Some((country, code, name)) = country_as_language(language) {
        let text = format!("`{country}` is the code of a country, and of no language");
        let help = format!("write `{code}` for {name}: who asks for it is not given what stands under `{language}`");
        report.push_new("country-as-language", place, text, help);
    }
}

/// Tells of a key that every definition has: where it is written and has nothing behind it, or that there is none.
fn missing(definition: &Definition, key: &str, text: &str, help: &str, report: &mut Report) {
    match definition.emptied.iter().find(|emptied| emptied.text == key) {
        Some(emptied) => {
            let text = format!("`{key}` has nothing behind it here, and every definition needs it");
            let help = "write what it is, or take the line out to keep that of the definition that is extended";
            report.push_new("missing-key", emptied.place, text, help)
        }
        None => report.push_new("missing-key", definition.place, text, help),
    };
}

fn check_callers(definition: &Definition, report: &mut Report) {
    match &definition.callers {
        None => {
            let help = "add `callers: bearer` or `callers: { basic: <realm> }`, or `callers: { none: <reason> }` and \
                        say why nobody else can reach the port";
            missing(definition, "callers", "the definition does not say who may call", help, report);
        }
        Some((Callers::Session(_), at)) => {
            let text = "callers of the kind `session` are served at single endpoints";
            report.push_new("not-yet", *at, text, "say `callers: { session: <kind> }` at an endpoint");
        }
        Some((Callers::Later(kind), at)) if kind == "none" => {
            let text = "`callers: none` does not say why anybody may call";
            report.push_new(
                "missing-key",
                *at,
                text,
                "write `callers: { none: <reason> }`: why nobody else can reach the port",
            );
        }
        Some((Callers::Later(kind), at)) if kind == "basic" => {
            let text = "`callers: basic` does not say in which realm callers show their keys";
            report.push_new("missing-key", *at, text, "write `callers: { basic: <realm> }`, such as the API's name");
        }
        Some((Callers::Later(kind), at)) if kind == "bearer" => {
            report.push_new("wrong-value", *at, "`bearer` is one word, and here is a map", "write `callers: bearer`");
        }
        Some((Callers::Later(kind), at)) => {
            let text = format!("callers of the kind `{kind}` are not served yet");
            report.push_new("not-yet", *at, text, "`bearer`, `{ basic: <realm> }` and `{ none: <reason> }` are");
        }
        Some((Callers::Basic(realm), _)) => check_realm(realm, report),
        Some((Callers::None(_) | Callers::Bearer, _)) => {}
    }
}

/// A realm stands in a header of one line.
fn check_realm(realm: &Text, report: &mut Report) {
    if let Some(letter) = realm.text.chars().find(|letter| letter.is_control()) {
        let text = format!("there is a `{}` in the realm, which is sent in a header", letter.escape_debug());
        report.push_new("wrong-value", realm.place, text, "write the realm in one line, without control characters");
    }
}
