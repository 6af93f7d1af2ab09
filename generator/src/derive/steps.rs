//! What each behaviour of an endpoint is given, value by value, from the available values; what it gives, and which
//! faults it can end with.

use super::available_values::AvailableValue;
use super::forms::natural_type;
use super::{Draft, DraftStep, shown_values};
use crate::arena::Id;
use crate::diagnostic::Diagnostic;
use crate::model::Choice;
use crate::plan::{Presence, Role, Source, TextUse, Value};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Behaviour, Meaning, Named, Pattern, Resolved, Step, is_own, matches};

/// What a code is found by, unless it is found by itself.
const OTP_ID: &str = "otp.id";

/// Takes the steps of an endpoint one after the other.
pub(super) fn take<'r, 'a>(of: &'r Resolved<'a>, draft: &mut Draft<'r, 'a>, report: &mut Report) {
    let mut given = Vec::new();
    for step in &draft.endpoint.does {
        match step {
            Ok(step) => self::step(of, draft, step, &mut given, report),
            Err(_) => draft.broken = true,
        }
    }
}

fn step<'r, 'a>(
    of: &'r Resolved<'a>,
    draft: &mut Draft<'r, 'a>,
    step: &'r Step<'a>,
    given: &mut Vec<(Id<Meaning>, String)>,
    report: &mut Report,
) {
    let behaviour = &of.behaviours[step.behaviour];
    let inputs = inputs(of, draft, step, behaviour, report);
    if !behaviour.spec.refuses.is_empty() {
        let used = inputs.iter().map(|(meaning, ..)| *meaning);
        match draft.bound.iter_mut().find(|(other, _)| *other == behaviour.name) {
            Some((_, before)) => before.extend(used),
            None => draft.bound.push((behaviour.name.clone(), used.collect())),
        }
    }
    let number = draft.steps.len();
    let kind = shown_values::kind(behaviour);
    let available = kind.map(|_| shown(of, draft, step, behaviour)).unwrap_or_default();
    draft.texts.extend(kind.map(|kind| TextUse { step: number, kind, available }));
    draft.steps.push(DraftStep {
        of: step,
        inputs,
        shows: Vec::new(),
        gives: Vec::new(),
        raises: false,
        keeps_refused: false,
        apart: Vec::new(),
        if_known: false,
    });
    let shows = kind.map(|kind| shown_values::shows(of, draft, step, kind)).unwrap_or_default();
    draft.steps.iter_mut().last().into_iter().for_each(|step| step.shows.clone_from(&shows));
    give(of, draft, step, behaviour, given, report);
    raise(of, draft, step, behaviour);
}

/// What a text may show at a step: all that is available, and what a code that is sent again has kept.
fn shown(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    step: &Step<'_>,
    behaviour: &Behaviour,
) -> Vec<(Id<Meaning>, Id<Value>)> {
    let mut all: Vec<_> = draft.available.iter().map(|one| (one.meaning, one.value)).collect();
    let makes = behaviour.spec.takes.iter().any(|word| word == "kept");
    let Choice::Code(kind) = step.choice else { return all };
    for meaning in of.declarations.otps[kind].keeps.iter().filter(|_| !makes).filter_map(|named| named.id.ok()) {
        if !draft.available.has(meaning) {
            all.push((meaning, draft.values.put(super::available_values::plain(of, meaning, Source::Always))));
        }
    }
    all
}

/// Everything that a behaviour is given, in the order of its signature, each value once.
fn inputs(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    step: &Step<'_>,
    behaviour: &Behaviour,
    report: &mut Report,
) -> Vec<(Id<Meaning>, Role, Id<Value>)> {
    let (signature, available) = (&step.signature, &draft.available);
    let mut all: Vec<(Id<Meaning>, Role)> = Vec::new();
    for choices in &signature.needs {
        if !choices.iter().any(|choice| available.has(*choice)) {
            unbound_need(of, draft, step, choices, report);
        }
        // What is also expected restricts, unless nothing else says whom or what is meant.
        let expected = |choice: &Id<Meaning>| signature.expects.contains(choice);
        let others = choices.iter().any(|choice| !expected(choice) && available.has(*choice));
        let needed = choices.iter().filter(|choice| !others || !expected(choice));
        all.extend(needed.map(|choice| (*choice, Role::Needs)));
    }
    for meaning in &signature.expects {
        let is_bound = signature.binds.iter().any(|bound| bound.id == Ok(*meaning));
        if !available.has(*meaning) && !is_bound && !is_found_otherwise(of, draft, step, *meaning) {
            gap(of, draft, step, *meaning, report);
        }
        all.push((*meaning, Role::Expects));
    }
    let does = match (behaviour.spec.has_session(), behaviour.spec.takes.iter().any(|word| word == "kept")) {
        (true, _) => "opens",
        (false, true) => "makes",
        (false, false) => "checks",
    };
    let bound = signature.binds.iter().map(|bound| (bound, "binds"));
    for (named, verb) in bound.chain(signature.keeps.iter().map(|kept| (kept, "keeps"))) {
        let Ok(meaning) = named.id else { continue };
        if !available.has(meaning) && !is_found_otherwise(of, draft, step, meaning) {
            unbound_value(draft, step, named, &format!("{does} {verb}"), report);
        }
        all.push((meaning, Role::Bound));
    }
    for pattern in &behaviour.takes {
        for one in available.iter().filter(|one| pattern.has(one.meaning, of.meaning(one.meaning))) {
            if !of.meaning(one.meaning).is_inward || *pattern == Pattern::One(one.meaning) {
                all.push((one.meaning, Role::Takes));
            }
        }
    }
    if !behaviour.spec.calls.is_empty() {
        let own = of.meanings.all.pairs().filter(|(_, meaning)| is_own(meaning));
        all.extend(own.map(|(id, _)| (id, Role::Fact)));
    }
    let mut seen = std::collections::HashSet::new();
    let found = |(meaning, role)| available.get(meaning).map(|one: &AvailableValue| (meaning, role, one.value));
    all.into_iter().filter_map(found).filter(|(meaning, ..)| seen.insert(*meaning)).collect()
}

/// A code that is found by values of the request needs no id, and one whose id is there needs none of those.
fn is_found_otherwise(of: &Resolved<'_>, draft: &Draft<'_, '_>, step: &Step<'_>, meaning: Id<Meaning>) -> bool {
    let Choice::Code(kind) = step.choice else { return false };
    let find_by = &of.declarations.otps[kind].find_by;
    let makes = of.behaviours[step.behaviour].spec.takes.iter().any(|word| word == "bound");
    let has = |id: Id<Meaning>| draft.available.has(id);
    if find_by.is_empty() || makes {
        return false;
    }
    match of.meaning(meaning).name == OTP_ID {
        true => find_by.iter().all(|found| found.id.is_ok_and(has)),
        false => find_by.iter().any(|found| found.id == Ok(meaning)) && of.meanings.find(OTP_ID).is_some_and(has),
    }
}

fn unbound_need(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    step: &Step<'_>,
    choices: &[Id<Meaning>],
    report: &mut Report,
) {
    let names: Vec<&str> = choices.iter().map(|choice| of.meaning(*choice).name.as_str()).collect();
    if draft.doubtful {
        names.iter().for_each(|name| report.record_gap(&draft.endpoint.name.text, name));
        return;
    }
    let first = names.first().copied().unwrap_or_default();
    let (name, request) = (step.name, request_of(draft));
    let text = format!("`{}` needs `{}`, and nothing in `{request}` means it", name.text, names.join("` or `"));
    let help = format!("say `is: {first}` on a field, or let an earlier behaviour give it");
    report.push(Diagnostic::new("unbound-need", name.place, text).label("needed here").help(help));
}

fn request_of<'d>(draft: &'d Draft<'_, '_>) -> &'d str {
    if draft.endpoint.request.is_some() { &draft.endpoint.request_name } else { "the request" }
}

/// A value that would be checked or restricted by is not there, and the endpoint does not say so.
fn gap(of: &Resolved<'_>, draft: &Draft<'_, '_>, step: &Step<'_>, meaning: Id<Meaning>, report: &mut Report) {
    let meaning = of.meaning(meaning);
    let idle = meaning.is_of("operation") && of.declarations.operations.is_empty();
    let mut patterns = draft.endpoint.raw.without.iter().chain(&of.raw.every_endpoint.without);
    let without = patterns.find(|pattern| matches(&meaning.name, &pattern.text));
    if let Some(pattern) = without.filter(|_| meaning.name == OTP_ID) {
        needed_id(draft, step, pattern, report);
    }
    if idle || without.is_some() {
        return;
    }
    report.record_gap(&draft.endpoint.name.text, &meaning.name);
    if draft.doubtful {
        return;
    }
    let (name, request, meaning) = (step.name, request_of(draft), &meaning.name);
    let text = format!("`{}` expects `{meaning}`, and nothing in `{request}` means it", name.text);
    let help = format!("say `is: {meaning}` on a field; if the API has no such value, say `without: [{meaning}]`");
    let diagnostic = Diagnostic::new("unexpected-gap", name.place, text).label("this would check less than it can");
    report.push(diagnostic.help(help));
}

/// A code with an id is found by nothing else, so going without would let no code pass.
fn needed_id(draft: &Draft<'_, '_>, step: &Step<'_>, without: &Text, report: &mut Report) {
    let (name, request) = (step.name, request_of(draft));
    let text = format!("`{}` needs `{OTP_ID}`, and nothing in `{request}` means it", name.text);
    let help = format!("say `is: {OTP_ID}` on a field; only a kind with `id: code` is found without one");
    let diagnostic = Diagnostic::new("unbound-need", name.place, text).label("no code could ever pass");
    report.push(diagnostic.also(without.place, "this cannot be gone without").help(help));
}

fn unbound_value(draft: &Draft<'_, '_>, step: &Step<'_>, named: &Named<'_>, does: &str, report: &mut Report) {
    let (endpoint, meaning) = (&draft.endpoint.name.text, named.text);
    report.record_gap(endpoint, &meaning.text);
    if draft.doubtful {
        return;
    }
    let request = request_of(draft);
    let (what, section) = if does.starts_with("opens") { ("session", "sessions") } else { ("code", "otps") };
    let text = format!("the {what} that `{endpoint}` {does} `{}`, and nothing in `{request}` means it", meaning.text);
    let without = draft.endpoint.raw.without.iter().any(|one| one.text == meaning.text);
    let more = if without { "; `without` has no effect on it: take it out there, too" } else { "" };
    let help = format!("say `is: {}` on a field, or take it out of `{section}`{more}", meaning.text);
    let diagnostic = Diagnostic::new("unbound-value", step.name.place, text).also(meaning.place, "it is bound here");
    report.push(diagnostic.help(help));
}

/// What a behaviour gives replaces what was there.
fn give(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    step: &Step<'_>,
    behaviour: &Behaviour,
    given: &mut Vec<(Id<Meaning>, String)>,
    report: &mut Report,
) {
    let number = draft.steps.len().saturating_sub(1);
    let label = step.option.map_or(step.name.text.clone(), |option| format!("{} {}", step.name.text, option.text));
    // A code gives what it keeps and what it is bound to, which may be the same.
    let earlier = given.clone();
    let singles = behaviour.outcome.iter().map(|outcome| (*outcome, false));
    let gives = step.signature.gives.iter().flat_map(|give| give.meanings.iter().map(|one| (*one, give.whole)));
    for (meaning, whole) in gives.chain(singles) {
        let before = earlier.iter().find(|(other, _)| *other == meaning).map(|(_, by)| by);
        let inputs = draft.steps.last().map(|step| step.inputs.as_slice()).unwrap_or_default();
        let used = inputs.iter().any(|(input, role, _)| *input == meaning && *role != Role::Fact);
        if let (Some(before), false, false) = (before, used, whole) {
            let (endpoint, name) = (draft.endpoint, &of.meaning(meaning).name);
            let text = format!("in `{}` both `{before}` and `{label}` give `{name}`", endpoint.name.text);
            let help = "take one of them out of `does`";
            report.push_new("given-twice", endpoint.raw.does_place, text, help);
        }
        let source = Source::Step { step: number, access_path: Vec::new(), bound: false, hook: false };
        let ty = natural_type(of.meaning(meaning));
        let value = draft.values.put(Value { meaning, ty, source, optional: false, presence: Presence::Always });
        draft.available.put(AvailableValue { meaning, value, place: None, label: label.clone() });
        draft.steps.iter_mut().last().into_iter().for_each(|step| step.gives.push((meaning, value)));
        given.retain(|(other, _)| *other != meaning);
        given.push((meaning, label.clone()));
    }
}

fn raise(of: &Resolved<'_>, draft: &mut Draft<'_, '_>, step: &Step<'_>, behaviour: &Behaviour) {
    let find = |name: &str| of.meanings.find(name);
    let inputs = draft.steps.last().map(|step| step.inputs.as_slice()).unwrap_or_default();
    let knows_the_end = inputs.iter().any(|(meaning, ..)| Some(*meaning) == find("operation.expires"));
    let code = find("otp.code").and_then(|code| draft.available.get(code));
    let code_is_optional = code.is_some_and(|one| draft.values[one.value].optional);
    let faults = &mut draft.faults;
    let mut add = |fault: &str, outcomes: &[Id<Meaning>]| match faults.iter_mut().find(|(other, _)| other == fault) {
        Some((_, before)) => before.extend(outcomes),
        None => faults.push((fault.to_owned(), outcomes.to_vec())),
    };
    for fault in behaviour.spec.refuses.iter().filter(|fault| *fault != "otp.missing" || code_is_optional) {
        add(fault, &behaviour.outcome);
    }
    for fault in &step.signature.fails {
        let can_be = match fault.as_str() {
            "operation.unknown" => !of.declarations.operations.is_empty(),
            "operation.expired" => knows_the_end,
            _ => true,
        };
        if can_be {
            add(fault, &[]);
        }
    }
    if !behaviour.spec.calls.is_empty() {
        ["hook.failed", "hook.timed_out", "hook.panicked"].iter().for_each(|fault| add(fault, &[]));
    }
    if behaviour.spec.store {
        add("store.unavailable", &[]);
    }
}
