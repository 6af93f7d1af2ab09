//! Names: each kind has its pattern, what becomes a Rust identifier is one, and no two clash in Rust.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::language::primitive::Primitive;
use crate::naming::{field, field_name, is_identifier, is_invisible, is_keyword, pascal, snake, variable};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Field, Resolved, naming_of_variant as variant_payload};
use crate::source::Place;
use crate::vocabulary::Argument;

/// Types that every generated crate has.
const TAKEN: [&str; 49] = [
    "AdapterError",
    "Arc",
    "Box",
    "Call",
    "Clone",
    "Const",
    "Context",
    "Copy",
    "Cx",
    "DataAdapter",
    "Date",
    "Debug",
    "Decimal",
    "Default",
    "DynOwnHooks",
    "ErrorTable",
    "FailureEnvelope",
    "Fault",
    "Form",
    "From",
    "HookFault",
    "Hooks",
    "Into",
    "Json",
    "Key",
    "Map",
    "None",
    "Ok",
    "Option",
    "OwnHooks",
    "Pairs",
    "Payload",
    "Phone",
    "RequestEnvelope",
    "Rest",
    "Result",
    "Says",
    "Secret",
    "Self",
    "Send",
    "Settings",
    "Some",
    "String",
    "SuccessEnvelope",
    "Sync",
    "Time",
    "Vec",
    "Verdict",
    "WireEnum",
];

pub(super) fn check_names(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    definition.adapter.iter().for_each(|name| check_adapter_name(name, report));
    for (name, _) in definition.endpoints.iter() {
        identifier(name, "an endpoint", report);
    }
    check_hook_names(of, report);
    for (name, _) in definition.otps.iter() {
        identifier(name, "a kind of code", report);
    }
    for (name, _) in definition.tables.iter() {
        identifier(name, "a table", report);
    }
    for (name, _) in definition.sessions.iter() {
        identifier(name, "a kind of session", report);
    }
    check_type_names(of, report);
    for (name, _) in definition.payloads.iter() {
        check_fields(of.fields(&name.text), report);
    }
    for (name, union) in definition.unions.iter() {
        for (variant, _) in union.of.iter() {
            check_fields(of.variant_fields(&name.text, &variant.text), report);
        }
    }
    for one in &of.enums {
        one.members.iter().for_each(|member| wire_name(&member.name, report));
        let names = one.members.iter().map(|member| (member.rust.as_ref(), &member.name));
        check_rust_names(names.zip(&one.rust), pascal, report);
    }
    clash(definition.errors.iter().map(|(name, _)| name), pascal, "errors", report);
    let settings = definition.settings.iter().map(|(name, _)| name);
    clash(settings.chain(definition.tables.iter().map(|(name, _)| name)), field, "settings", report);
    for (name, _) in definition.errors.iter() {
        wire_name(name, report);
    }
}

fn check_adapter_name(name: &Text, report: &mut Report) {
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let fits = name.text.split('-').all(is_part) && name.text.starts_with(|first: char| first.is_ascii_lowercase());
    if !fits || name.text.len() > 63 {
        let text = format!("`{}` is no name of an adapter", name.text);
        report.push_new(
            "bad-name",
            name.place,
            text,
            "write lower case words with hyphens: `examplebank-data-adapter`",
        );
    }
}

fn check_hook_names(of: &Resolved<'_>, report: &mut Report) {
    for (name, own) in of.own_behaviours.iter().filter_map(|name| of.raw.behaviours.entry(name)) {
        identifier(name, "a behaviour", report);
        clash(own.needs.iter().chain(&own.expects).chain(&own.takes), variable, "meanings", report);
        clash(own.gives.iter(), variable, "meanings", report);
        clash(own.fails.iter(), pascal, "faults", report);
        let mut shipped = of.words.behaviours.iter().filter(|(other, _)| *other != name.text);
        if shipped.any(|(_, behaviour)| behaviour.rust.is_some() && behaviour.calls.contains(&name.text)) {
            let text = format!("`{}` is a hook that every bank has", name.text);
            report.push_new("name-clash", name.place, text, "give your hook another name");
        }
    }
}

/// `[a-z][a-z0-9_]{0,62}`, and no word of Rust.
fn identifier(name: &Text, what: &str, report: &mut Report) {
    if is_keyword(&name.text) {
        let text = format!("`{}` is a word that Rust keeps for itself", name.text);
        report.push_new("rust-keyword", name.place, text, format!("take another name for {what}"));
    } else if !is_identifier(&name.text) || snake(&name.text) != name.text {
        let text = format!("`{}` is no name of {what}", name.text);
        let better = snake(&name.text);
        let help = if is_identifier(&better) {
            format!("write `{better}`")
        } else {
            "write lower case words with underscores".to_owned()
        };
        report.push_new("bad-name", name.place, text, help);
    }
}

fn check_type_names(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    let payloads = definition.payloads.iter().map(|(name, _)| name);
    let unions = definition.unions.iter().map(|(name, _)| name);
    let enums = definition.enums.iter().map(|(name, _)| name);
    let declared: Vec<&Text> = payloads.chain(unions).chain(enums).collect();
    for name in &declared {
        let fits = name.text.starts_with(|first: char| first.is_ascii_uppercase()) && name.text.len() <= 63;
        if Primitive::parse(&name.text).is_some() || name.text == "Body" {
            let text = format!("`{}` is a type of the language", name.text);
            report.push_new("name-clash", name.place, text, "take another name");
        } else if !fits || !name.text.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            let text = format!("`{}` is no name of a type", name.text);
            report.push_new("bad-name", name.place, text, format!("write `{}`", pascal(&name.text)));
        }
    }
    let mut taken = taken_types(of);
    for (rust, place, why) in made_types(of, &declared) {
        match taken.get(&rust) {
            Some((before, other)) => {
                let text = format!("two types would be called `{rust}` in Rust: {other}");
                let diagnostic = Diagnostic::new("name-clash", place, text).help("give one of them another name");
                report.push(if let Some(before) = before {
                    diagnostic.also(*before, other.clone())
                } else {
                    diagnostic
                });
            }
            None => {
                taken.insert(rust, (Some(place), why));
            }
        }
    }
}

/// Names that generated code has already.
fn taken_types(of: &Resolved<'_>) -> HashMap<String, (Option<Place>, String)> {
    let calls = of.words.behaviours.iter().filter_map(|(_, behaviour)| behaviour.rust.as_ref());
    let structs = calls.flat_map(|call| &call.inputs).filter_map(|argument| match argument {
        Argument::Struct { name, .. } => Some(name.clone()),
        Argument::Word(_) => None,
    });
    let names = TAKEN.into_iter().map(str::to_owned).chain(structs);
    names.map(|name| (name, (None, "the runtime has a type of this name".to_owned()))).collect()
}

/// Every type that this definition makes, with its place and why.
fn made_types(of: &Resolved<'_>, declared: &[&Text]) -> Vec<(String, Place, String)> {
    let definition = of.raw;
    let mut made: Vec<(String, Place, String)> = Vec::new();
    made.extend(declared.iter().map(|name| (pascal(&name.text), name.place, "it is declared here".to_owned())));
    for (name, _) in definition.endpoints.iter() {
        made.push((pascal(&name.text) + "Error", name.place, format!("it is the error of `{}`", name.text)));
    }
    for (name, _) in definition.otps.iter() {
        made.push((pascal(&name.text) + "Otp", name.place, format!("it is the code `{}`", name.text)));
    }
    for (name, _) in definition.sessions.iter() {
        made.push((pascal(&name.text) + "Session", name.place, format!("it is the session `{}`", name.text)));
    }
    for (name, _) in definition.tables.iter() {
        made.push((pascal(&name.text) + "Row", name.place, format!("it is a row of `{}`", name.text)));
    }
    for (name, behaviour) in of.own_behaviours.iter().filter_map(|name| definition.behaviours.entry(name)) {
        let rust = pascal(&name.text);
        let gives = (!behaviour.gives.is_empty()).then(|| (format!("{rust}Gives"), "what it gives"));
        let all = [(rust.clone(), "what it is given"), (format!("{rust}Fault"), "how it fails")];
        made.extend(
            all.into_iter()
                .chain(gives)
                .map(|(rust, what)| (rust, name.place, format!("it is of the behaviour `{}`: {what}", name.text))),
        );
    }
    for (name, union) in definition.unions.iter() {
        let own = union.of.iter().filter(|(_, shape)| matches!(shape, crate::raw::Variant::Fields(_)));
        for (variant, _) in own {
            let why = format!("it is the variant `{}` of `{}`", variant.text, name.text);
            made.push((variant_payload(&name.text, &variant.text), variant.place, why));
        }
    }
    made
}

fn check_fields(fields: &[Field<'_>], report: &mut Report) {
    let names = fields.iter().map(|one| (one.raw.rust.as_ref(), &one.raw.name));
    check_rust_names(names.zip(fields.iter().map(|one| &one.rust)), field_name, report);
    for one in fields {
        wire_name(&one.raw.name, report);
        for also in &one.raw.also {
            wire_name(also, report);
        }
    }
}

/// A name on the wire: printable, and something that Rust can call it by.
fn wire_name(name: &Text, report: &mut Report) {
    let printable =
        name.text.chars().all(|letter| letter.is_alphanumeric() || letter.is_ascii_graphic() || letter == ' ');
    let shown = printable || name.text.chars().all(|letter| !letter.is_control() && !is_invisible(letter));
    if !shown || name.text.len() > 63 {
        let text = format!("`{}` is no name that a field or an error may have", name.text.escape_debug());
        report.push_new(
            "bad-name",
            name.place,
            text,
            "use letters, digits and signs that can be seen, at most 63 bytes",
        );
    }
}

/// A name that the definition says for Rust can be said there, and is no other's.
fn check_rust_names<'t>(
    names: impl Iterator<Item = ((Option<&'t Text>, &'t Text), &'t String)>,
    style: fn(&str) -> String,
    report: &mut Report,
) {
    let all: Vec<_> = names.collect();
    for (at, ((own, wire), rust)) in all.iter().enumerate() {
        let Some(own) = own else { continue };
        if style(&own.text) != own.text || is_keyword(&own.text) {
            let text = format!("`{}` is no name that `{}` may have in Rust", own.text, wire.text);
            report.push_new("bad-name", own.place, text, format!("write `{}`", style(&own.text)));
        }
        if let Some(((_, other), _)) = all.iter().take(at).find(|(_, other)| other == rust) {
            let text = format!("`{}` and `{}` would both be `{rust}` in Rust", other.text, wire.text);
            let diagnostic = Diagnostic::new("name-clash", own.place, text).also(other.place, "the other one");
            report.push(diagnostic.help("say another name under `rust:`"));
        }
    }
}

/// Reports names that are the same once they are Rust.
fn clash<'t>(names: impl Iterator<Item = &'t Text>, rust: impl Fn(&str) -> String, what: &str, report: &mut Report) {
    let mut seen: HashMap<String, &Text> = HashMap::new();
    for name in names {
        match seen.get(&rust(&name.text)) {
            Some(before) if before.text != name.text => {
                let text = format!(
                    "the {what} `{}` and `{}` would both be `{}` in Rust",
                    before.text,
                    name.text,
                    rust(&name.text)
                );
                let diagnostic = Diagnostic::new("name-clash", name.place, text).also(before.place, "the other one");
                report.push(diagnostic.help("give one of them another name"));
            }
            Some(_) => {}
            None => {
                seen.insert(rust(&name.text), name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_lists_every_name_that_is_taken() {
        let manual = include_str!("../../../docs/language.md");
        let words: Vec<&str> = manual.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
        for name in TAKEN {
            assert!(words.contains(&name), "{name}");
        }
    }
}
