//! Errors that nothing declares or that are never answered, and what faults say that never occur.

use std::collections::HashSet;

use super::report_unused;
use crate::arena::Id;
use crate::derive::{Derived, outside};
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Behaviour, Resolved, matches};

/// How many behaviours are named that end with a fault.
const MOST_NAMED: usize = 4;

pub(super) fn check(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    check_declared(of, report);
    if derived.iter().any(|one| one.broken) {
        return;
    }
    check_answered(of, derived, report);
    check_says(of, derived, report);
    check_faults(of, derived, report);
}

fn check_declared(of: &Resolved<'_>, report: &mut Report) {
    let raw = of.raw;
    let endpoints = raw.endpoints.iter().map(|(_, endpoint)| endpoint).chain([&raw.every_endpoint]);
    let mut used: HashSet<&str> = endpoints.flat_map(|endpoint| endpoint.errors.names()).collect();
    let outside = outside(of).into_iter().map(|answer| of.rows[answer.row].0.text.as_str());
    used.extend(outside);
    for (name, _) in raw.errors.iter().filter(|(name, _)| !used.contains(name.text.as_str())) {
        let help = "declare it in the `errors` of an endpoint, or take it out";
        report_unused(of, ("the error", name), raw.errors.names(), help, report);
    }
}

/// An error that an endpoint declares can be answered there. One that is for nothing is meant for a method in Rust.
fn check_answered(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    for (endpoint, one) in of.endpoints.iter().zip(derived) {
        for (code, more) in endpoint.raw.errors.iter().filter(|(code, _)| of.sources.is_own(code.place)) {
            let Some(id) = of.row_id(&code.text) else { continue };
            let (_, row) = of.rows[id];
            let faults: Vec<&Text> = row.faults.iter().chain(more).collect();
            let answered = one.plan.answers.iter().any(|answer| answer.row == id && !answer.faults.is_empty());
            if faults.is_empty() || answered {
                check_more(of, (&endpoint.name.text, one), (id, code, more), report);
                continue;
            }
            let named: Vec<String> = faults.iter().map(|fault| format!("`{}`", fault.text)).collect();
            let text = format!(
                "`{}` never answers `{}`: nothing in it ends with {}",
                endpoint.name.text,
                code.text,
                named.join(" or ")
            );
            let ends_so = |one: &&Behaviour| {
                let mut ends = one.spec.refuses.iter().chain(&one.spec.fails);
                ends.any(|ending| faults.iter().any(|fault| matches(ending, &fault.text)))
            };
            let known: Vec<String> =
                of.behaviours.iter().filter(ends_so).take(MOST_NAMED).map(|one| format!("`{}`", one.name)).collect();
            let help = match known.is_empty() {
                true => "take it out here".to_owned(),
                false => format!("take it out here, or add what ends so to its `does`: {}", known.join(", ")),
            };
            report.push(Diagnostic::new("unused", code.place, text).help(help));
        }
    }
}

/// A fault that an endpoint adds to an error occurs there.
fn check_more(
    of: &Resolved<'_>,
    (endpoint, one): (&str, &Derived),
    (id, code, more): (Id<model::ErrorRow>, &Text, &[Text]),
    report: &mut Report,
) {
    let answered: HashSet<&str> = one
        .plan
        .answers
        .iter()
        .filter(|answer| answer.row == id)
        .flat_map(|answer| &answer.faults)
        .map(String::as_str)
        .collect();
    for fault in more.iter().filter(|fault| of.sources.is_own(fault.place)) {
        if of.words.faults.has(&fault.text) && !answered.contains(fault.text.as_str()) {
            let text = format!("`{endpoint}` never ends with `{}`, and `{}` answers it there", fault.text, code.text);
            report.push_new("unused", fault.place, text, "take it out, or add what ends so to its `does`");
        }
    }
}

/// A fault that a row names is answered by it somewhere, if the row answers anything. Patterns may be for what is to come.
fn check_faults(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let outside = outside(of);
    for (id, (code, row)) in of.rows.pairs() {
        let answers = derived.iter().flat_map(|one| &one.plan.answers).chain(&outside);
        let answered: HashSet<&str> =
            answers.filter(|answer| answer.row == id).flat_map(|answer| &answer.faults).map(String::as_str).collect();
        let own = row.faults.iter().filter(|fault| of.sources.is_own(fault.place));
        for fault in own.filter(|fault| !answered.is_empty() && !answered.contains(fault.text.as_str())) {
            if !fault.text.contains('*') && of.words.faults.has(&fault.text) {
                let text = format!("no endpoint that declares `{}` ends with `{}`", code.text, fault.text);
                let help = "declare the error where that occurs, or take the fault out";
                report.push(Diagnostic::new("unused", fault.place, text).help(help));
            }
        }
    }
}

/// What a fault says is said somewhere.
fn check_says(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let answered = derived.iter().flat_map(|one| &one.plan.answers).flat_map(|answer| &answer.faults);
    let shown = derived.iter().flat_map(|one| one.plan.shown.iter().map(|(fault, _)| fault));
    let mut occurring: HashSet<&str> = answered.chain(shown).map(String::as_str).collect();
    let outside = outside(of);
    occurring.extend(outside.iter().flat_map(|answer| &answer.faults).map(String::as_str));
    for (fault, _) in of.raw.says.iter().filter(|(fault, _)| of.sources.is_own(fault.place)) {
        let known = of.words.faults.names().any(|name| matches(name, &fault.text));
        if known && !occurring.iter().any(|name| matches(name, &fault.text)) {
            let text = format!("nothing ends with `{}`, so nothing says this", fault.text);
            report.push_new("unused", fault.place, text, "take it out");
        }
    }
}
