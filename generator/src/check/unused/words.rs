//! Meanings, behaviours and settings of the definition's own, and words of `validation`, that nothing names.

use std::collections::BTreeSet;

use super::report_unused;
use crate::derive::Derived;
use crate::diagnostic::Diagnostic;
use crate::language::{primitive, rules};
use crate::model::Choice;
use crate::naming::typo;
use crate::raw::{Says, Text};
use crate::report::Report;
use crate::resolve::{Resolved, suggest_or};

pub(super) fn check(
    of: &Resolved<'_>,
    (used, before): (&BTreeSet<&str>, &BTreeSet<&str>),
    derived: &[Derived],
    report: &mut Report,
) {
    for (name, _) in of.raw.meanings.iter().filter(|(name, _)| !used.contains(name.text.as_str())) {
        let others = of.meanings.all.iter().map(|meaning| meaning.name.as_str());
        report_unused(of, ("the meaning", name), others, "let a field or a behaviour have it, or take it out", report);
    }
    if !derived.iter().any(|one| one.broken) {
        check_behaviours(of, report);
    }
    check_options(of, before, report);
    check_settings(of, used, report);
    check_validation(of, report);
}

fn check_behaviours(of: &Resolved<'_>, report: &mut Report) {
    let done = |name: &str| {
        let steps = of.endpoints.iter().flat_map(|endpoint| endpoint.does.iter().flatten());
        steps.into_iter().any(|step| step.name.text == name)
    };
    for (name, _) in of.raw.behaviours.iter().filter(|(name, _)| !done(&name.text)) {
        let known = of.words.behaviours.names();
        report_unused(of, ("the behaviour", name), known, "let an endpoint do it, or take it out", report);
    }
}

/// What a step says freely, such as the name of an event, is not almost what the extended definition says.
fn check_options(of: &Resolved<'_>, before: &BTreeSet<&str>, report: &mut Report) {
    let steps = of.endpoints.iter().flat_map(|endpoint| endpoint.does.iter().flatten());
    for step in steps.filter(|step| step.choice == Choice::Literal) {
        let Some(option) = step.option.filter(|option| of.sources.is_own(option.place)) else { continue };
        if before.contains(option.text.as_str()) {
            continue;
        }
        if let Some(meant) = typo(&option.text, before.iter().copied()) {
            let text = format!("`{}: {}` is new, and almost one that is there", step.name.text, option.text);
            report.push_new("misspelt", option.place, text, format!("did you mean `{meant}`?"));
        }
    }
}

/// A bank's hooks may read any setting, so only one that is almost an inherited one is reported.
fn check_settings(of: &Resolved<'_>, used: &BTreeSet<&str>, report: &mut Report) {
    let inherited: Vec<&str> = (of.raw.settings.iter())
        .filter(|(name, _)| !of.sources.is_own(name.place))
        .map(|(name, _)| name.text.as_str())
        .collect();
    for (name, _) in of.raw.settings.iter().filter(|(name, _)| of.sources.is_own(name.place)) {
        let known = inherited.iter().copied().filter(|other| *other != name.text);
        let used = used.contains(format!("settings.{}", name.text).as_str());
        if let Some(meant) = typo(&name.text, known).filter(|_| !used) {
            let text = format!("the setting `{}` is new, and almost one that is there", name.text);
            report.push_new("misspelt", name.place, text, format!("did you mean `{meant}`?"));
        }
    }
}

fn check_validation(of: &Resolved<'_>, report: &mut Report) {
    let validation = &of.raw.validation;
    let of_rules = [("validation.words", &validation.words), ("validation.says", &validation.says)];
    for (section, entries) in of_rules {
        for (word, _) in entries.iter().filter(|(word, _)| rules::find(&word.text).is_none()) {
            let all: Vec<&str> = rules::words().collect();
            let help = suggest_or(&word.text, all.iter().copied(), format!("there are: {}", all.join(", ")));
            report.push_new(
                "unknown-key",
                word.place,
                format!("`{section}` is about rules, and there is no rule `{}`", word.text),
                help,
            );
        }
    }
    let fields = of.raw.payloads.iter().flat_map(|(_, lines)| lines).filter_map(|line| line.field());
    let mut stars = fields.filter(|field| matches!(&field.says, Says::All(key) if key.text.ends_with('*')));
    if stars.next().is_none() {
        for (word, _) in validation.words.iter().filter(|(word, _)| of.sources.is_own(word.place)) {
            let text = format!("nothing uses the word `{}`: no field says a key with `*`", word.text);
            report.push_new("unused", word.place, text, "say `says: <key>.*` at a field, or take it out");
        }
    }
    for (ty, _) in validation.types.iter().filter(|(ty, _)| !is_type(of, ty)) {
        let known = of.raw.payloads.names().chain(of.raw.unions.names()).chain(of.raw.enums.names());
        let help = suggest_or(&ty.text, known, "name a payload, a union, an enum, a primitive type or `list`");
        let text = format!("`validation.types` names `{}`, and there is no such type", ty.text);
        if of.sources.is_own(ty.place) {
            report.push(Diagnostic::new("unknown-type", ty.place, text).help(help));
        }
    }
}

fn is_type(of: &Resolved<'_>, ty: &Text) -> bool {
    let (raw, name) = (of.raw, ty.text.as_str());
    let declared = raw.payloads.has(name) || raw.unions.has(name) || raw.enums.has(name);
    declared || name == "list" || primitive::words().any(|word| word == name)
}
