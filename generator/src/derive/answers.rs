//! The error table: every fault that can occur has exactly one answer, and the refusals of one behaviour go one way.

use std::collections::BTreeSet;

use super::Draft;
use crate::arena::Id;
use crate::diagnostic::Diagnostic;
use crate::model::{Answer, ErrorRow};
use crate::naming::{near, typo};
use crate::raw::{self, Text};
use crate::report::Report;
use crate::resolve::{Endpoint, Meaning, Resolved, matches, suggest, suggest_or};
use crate::source::Place;

/// An error that an endpoint declares, and the faults that it answers there.
struct Declared {
    row: Id<ErrorRow>,
    code: String,
    patterns: Vec<String>,
    place: Place,
}

/// How the refusals that share outcomes are reported: outcomes, faults with an error, faults in a field.
struct RefusalHandling {
    outcomes: Vec<Id<Meaning>>,
    answered: Vec<String>,
    shown: Vec<String>,
}

/// Faults that the edge raises before anything is done.
pub(super) fn edge_faults(of: &Resolved<'_>, endpoint: &Endpoint<'_>) -> Vec<(String, Vec<Id<Meaning>>)> {
    let mut all: Vec<String> = Vec::new();
    if of.knows_callers() {
        all.extend(["caller.unknown", "caller.forbidden"].map(str::to_owned));
        // Answered like somebody who is not known, unless the definition has an error of its own for it.
        let mut faults = of.raw.errors.iter().flat_map(|(_, row)| &row.faults);
        all.extend(faults.any(|fault| fault.text == "caller.limited").then(|| "caller.limited".to_owned()));
    }
    if endpoint.session.is_some() {
        let known = all.iter().any(|fault| fault == "caller.unknown");
        all.extend((!known).then(|| "caller.unknown".to_owned()));
        all.push("store.unavailable".to_owned());
    }
    if let Some(request) = endpoint.request {
        all.extend(["input.invalid", "body.malformed", "body.too_large", "content_type.wrong"].map(str::to_owned));
        let fields = of.reached_from(request).into_iter().flat_map(|id| of.payloads[id].in_order());
        // Any number of rules may raise one fault.
        let raised: BTreeSet<&str> =
            fields.flat_map(|field| field.raises.iter()).map(|(_, fault)| fault.text.as_str()).collect();
        all.extend(raised.into_iter().map(str::to_owned));
        if of.raw.wire.reject_unknown_fields {
            all.push("input.unknown_field".to_owned());
        }
    }
    all.extend(["overloaded", "unexpected"].map(str::to_owned));
    all.into_iter().map(|fault| (fault, Vec::new())).collect()
}

/// Proves the table of an endpoint and makes it.
pub(super) fn answer(of: &Resolved<'_>, draft: &mut Draft<'_, '_>, report: &mut Report) {
    let declared = declared(of, draft.endpoint, report);
    // An error that is not there may have been the answer, and a response that is not there may have shown it.
    let unknown = draft.endpoint.raw.errors.names().any(|code| !of.raw.errors.has(code));
    let doubtful = draft.doubtful || unknown;
    let mut answers: Vec<Answer> = declared.iter().map(|one| Answer { row: one.row, faults: Vec::new() }).collect();
    let (mut handlings, mut missing): (Vec<RefusalHandling>, Vec<String>) = (Vec::new(), Vec::new());
    check_apart(draft, report);
    for (fault, outcomes) in std::mem::take(&mut draft.faults) {
        let outcomes = if draft.endpoint.is_apart(&fault) { Vec::new() } else { outcomes };
        let rows = rows_for(&declared, &fault);
        let fields: Vec<String> = outcomes.iter().filter_map(|outcome| shown_path(draft, *outcome)).collect();
        // What neither a field nor an error answers is reported as that.
        let is_answered = !rows.is_empty() || !fields.is_empty();
        if is_answered && !outcomes.is_empty() {
            record_handling(&mut handlings, &outcomes, &fault, !rows.is_empty());
        }
        match rows.as_slice() {
            [only] => answers
                .iter_mut()
                .filter(|answer| answer.row == only.row)
                .for_each(|answer| answer.faults.push(fault.clone())),
            [] if !fields.is_empty() => draft.shown.push((fault, fields)),
            [] if doubtful || is_reported_elsewhere(of, &fault) => {}
            [] => missing.push(fault),
            [first, second, ..] => {
                let endpoint = draft.endpoint;
                let text =
                    format!("`{}` answers `{fault}` with {} and {}", endpoint.name.text, first.code, second.code);
                let mut diagnostic = Diagnostic::new("two-answers", endpoint.raw.errors_place, text)
                    .help("take the fault from one of them");
                diagnostic.related.extend([first, second].map(|row| (row.place, "declared here".to_owned())));
                report.push(diagnostic);
            }
        }
    }
    unanswered(of, draft.endpoint, &missing, report);
    half_reported(of, draft, &declared, &handlings, report);
    in_order(&mut answers, &declared);
    draft.answers = answers;
}

/// What is set apart is a refusal that something here can end with.
fn check_apart(draft: &Draft<'_, '_>, report: &mut Report) {
    for pattern in &draft.endpoint.raw.apart {
        let refuses =
            |(fault, outcomes): &(String, Vec<Id<Meaning>>)| !outcomes.is_empty() && matches(fault, &pattern.text);
        if !draft.faults.iter().any(refuses) && !draft.doubtful {
            let refusals = draft.faults.iter().filter(|(_, outcomes)| !outcomes.is_empty());
            let names: Vec<&str> = refusals.map(|(fault, _)| fault.as_str()).collect();
            let help = suggest_or(&pattern.text, names, "set apart what a behaviour of the endpoint refuses with");
            let text = format!("nothing in `{}` refuses with `{}`", draft.endpoint.name.text, pattern.text);
            report.push_new("unknown-fault", pattern.place, text, help);
        }
    }
}

fn half_reported(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    declared: &[Declared],
    handlings: &[RefusalHandling],
    report: &mut Report,
) {
    let endpoint = draft.endpoint;
    for RefusalHandling { answered, shown, outcomes } in
        handlings.iter().filter(|handling| !handling.answered.is_empty() && !handling.shown.is_empty())
    {
        let text = format!(
            "`{}` answers {} with an error and shows {} in a field",
            endpoint.name.text,
            answered.join(", "),
            shown.join(", ")
        );
        let field = draft.fills.iter().find(|fill| fill.meaning.is_some_and(|meaning| outcomes.contains(&meaning)));
        let place = field.map_or(endpoint.raw.errors_place, |field| field.place);
        let diagnostic = Diagnostic::new("half-reported", place, text).label("this field shows the others");
        let diagnostic = diagnostic
            .help("let errors answer them all, or none, or set those apart that are errors: `apart: [<fault>]`");
        let answers =
            |row: &&Declared| row.patterns.iter().any(|pattern| answered.iter().any(|fault| matches(fault, pattern)));
        let rows = declared.iter().filter(answers).filter_map(|row| of.raw.errors.entry(&row.code));
        report.push(
            rows.fold(diagnostic, |diagnostic, (name, _)| diagnostic.also(name.place, "this error answers some")),
        );
    }
}

/// The errors that an endpoint declares, its own first.
fn declared(of: &Resolved<'_>, endpoint: &Endpoint<'_>, report: &mut Report) -> Vec<Declared> {
    let definition = of.raw;
    let every = &definition.every_endpoint.errors;
    let own = endpoint.raw.errors.iter();
    let shared = every.iter().filter(|(code, _)| !endpoint.raw.errors.has(&code.text));
    let mut all = Vec::new();
    for (code, more) in own.chain(shared) {
        let Some(id) = of.row_id(&code.text) else {
            let declare = "declare it under `errors:`";
            let near = suggest(&code.text, definition.errors.names());
            let near = near.map(|near| if near.ends_with('?') { format!("{near} Or {declare}") } else { near });
            let help = near.unwrap_or_else(|| declare.to_owned());
            report.push_new("unknown-error", code.place, format!("no error `{}`", code.text), help);
            continue;
        };
        let more = more.iter().chain(every.get(&code.text).into_iter().flatten());
        let (_, row) = of.rows[id];
        let patterns = row.faults.iter().chain(more).map(|fault: &Text| fault.text.clone()).collect();
        all.push(Declared { row: id, code: code.text.clone(), patterns, place: code.place });
    }
    all
}

/// Reports faults that nothing answers: those that the same error would answer as one.
fn unanswered(of: &Resolved<'_>, endpoint: &Endpoint<'_>, faults: &[String], report: &mut Report) {
    let mut by_help: Vec<(String, Vec<&String>)> = Vec::new();
    for fault in faults {
        let help = answers_to(of, fault);
        match by_help.iter_mut().find(|(other, _)| *other == help) {
            Some((_, faults)) => faults.push(fault),
            None => by_help.push((help, vec![fault])),
        }
    }
    for (help, faults) in by_help {
        let named = faults.iter().map(|fault| format!("`{fault}`")).collect::<Vec<_>>().join(", ");
        let answers = if faults.len() == 1 { "answers it" } else { "answers them" };
        let text = format!("`{}` can end with {named}, and no error that it declares {answers}", endpoint.name.text);
        let diagnostic = Diagnostic::new("unanswered-fault", endpoint.raw.errors_place, text).help(help);
        let when = faults.first().and_then(|fault| of.words.faults.get(fault)).filter(|_| faults.len() == 1);
        report.push(match when {
            Some(when) => diagnostic.label(format!("it does when {when}")),
            None => diagnostic,
        });
    }
}

/// What to do about a fault that nothing answers.
fn answers_to(of: &Resolved<'_>, fault: &str) -> String {
    let errors = of.raw.errors.iter();
    let others: Vec<&str> = errors
        .filter(|(_, row)| row.faults.iter().any(|pattern| matches(fault, &pattern.text)))
        .map(|(code, _)| code.text.as_str())
        .collect();
    match others.as_slice() {
        [] => format!("add an error that is `for: [{fault}]`, and declare it"),
        some => format!("declare {}", some.join(" or ")),
    }
}

/// The fault that was meant by one that a rule raises, no row answers and nobody else has.
pub(crate) fn meant_by_raised<'r>(of: &'r Resolved<'_>, fault: &str) -> Option<&'r str> {
    let own = of.raw.behaviours.iter().flat_map(|(_, own)| own.refuses.iter().chain(&own.fails));
    let others: Vec<&str> = of.shipped_faults.names().chain(own.map(|fault| fault.text.as_str())).collect();
    let rows = of.raw.errors.iter().flat_map(|(_, row)| &row.faults);
    let here = of.raw.endpoints.iter().map(|(_, endpoint)| endpoint).chain([&of.raw.every_endpoint]);
    let here = here.flat_map(|endpoint| endpoint.errors.iter().flat_map(|(_, faults)| faults));
    let is_answered = rows.chain(here).any(|pattern| matches(fault, &pattern.text));
    if is_answered || others.contains(&fault) { None } else { typo(fault, others) }
}

/// True for a fault that a row almost names, or whose own name is none, or that is a slip: that is reported.
fn is_reported_elsewhere(of: &Resolved<'_>, fault: &str) -> bool {
    if fault.split('.').count() != 2 || meant_by_raised(of, fault).is_some() {
        return true;
    }
    let known = |name: &str| of.words.faults.names().any(|one| matches(one, name));
    let mut patterns = of.raw.errors.iter().flat_map(|(_, row)| &row.faults);
    patterns.any(|pattern| !known(&pattern.text) && near(&pattern.text, [fault]).is_some())
}

/// Faults in the order of the row that answers them.
fn in_order(answers: &mut [Answer], declared: &[Declared]) {
    for answer in answers {
        let row = declared.iter().find(|one| one.row == answer.row);
        let patterns = row.map(|row| row.patterns.as_slice()).unwrap_or_default();
        answer.faults.sort_by_key(|fault| patterns.iter().position(|pattern| matches(fault, pattern)));
    }
}

/// What is answered outside every endpoint.
pub(crate) fn outside(of: &Resolved<'_>) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for fault in ["route.unknown", "method.wrong", "overloaded", "unexpected", "store.unavailable"] {
        if let Some(row) = row_outside(of, fault) {
            match answers.iter_mut().find(|answer| answer.row == row) {
                Some(answer) => answer.faults.push(fault.to_owned()),
                None => answers.push(Answer { row, faults: vec![fault.to_owned()] }),
            }
        }
    }
    answers
}

/// The row that answers a fault outside every endpoint.
pub(crate) fn row_outside(of: &Resolved<'_>, fault: &str) -> Option<Id<ErrorRow>> {
    let every = &of.raw.every_endpoint.errors;
    let fits = |exact: bool, (name, row): &(Text, raw::Row)| {
        let mut patterns = row.faults.iter().chain(every.get(&name.text).into_iter().flatten());
        patterns.any(|pattern| if exact { pattern.text == fault } else { matches(fault, &pattern.text) })
    };
    let find = |shared: bool, exact: bool| {
        let mut rows = of.rows.pairs().filter(|(_, (name, _))| !shared || every.has(&name.text));
        rows.find(|(_, row)| fits(exact, row)).map(|(id, _)| id)
    };
    [(true, true), (true, false), (false, true), (false, false)]
        .into_iter()
        .find_map(|(shared, exact)| find(shared, exact))
}

/// The rows that answer a fault; an exact name wins over `noun.*`.
fn rows_for<'b>(declared: &'b [Declared], fault: &str) -> Vec<&'b Declared> {
    let with = |fits: &dyn Fn(&String) -> bool| -> Vec<&'b Declared> {
        declared.iter().filter(|row| row.patterns.iter().any(fits)).collect()
    };
    let exact = with(&|pattern| pattern == fault);
    if exact.is_empty() { with(&|pattern| matches(fault, pattern)) } else { exact }
}

fn shown_path(draft: &Draft<'_, '_>, outcome: Id<Meaning>) -> Option<String> {
    draft.fills.iter().find(|fill| fill.meaning == Some(outcome)).map(|fill| fill.path.join("."))
}

fn record_handling(handlings: &mut Vec<RefusalHandling>, outcomes: &[Id<Meaning>], fault: &str, answered: bool) {
    if !handlings.iter().any(|handling| handling.outcomes == outcomes) {
        handlings.push(RefusalHandling { outcomes: outcomes.to_vec(), answered: Vec::new(), shown: Vec::new() });
    }
    for handling in handlings.iter_mut().filter(|handling| handling.outcomes == outcomes) {
        if answered { &mut handling.answered } else { &mut handling.shown }.push(fault.to_owned());
    }
}
