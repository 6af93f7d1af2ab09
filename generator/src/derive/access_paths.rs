//! Access paths: where each value is in what a step leaves, once it is known which refusals are raised. All of it is
//! the vocabulary's data; no behaviour is named here.

use super::{Draft, DraftStep};
use crate::arena::Id;
use crate::model::Choice;
use crate::naming;
use crate::plan::{AccessPath, FieldAccess, Lack, Presence, Source};
use crate::resolve::{Home, Meaning, Resolved};
use crate::vocabulary::{Output, Table, path_of};

/// What the response and the error table make of each step.
pub(super) fn finish_steps(of: &Resolved<'_>, draft: &mut Draft<'_, '_>) {
    let silent = of.declarations.operations.iter().any(|operation| operation.silent);
    for at in 0..draft.steps.len() {
        let Some(step) = draft.steps.get(at) else { continue };
        let behaviour = &of.behaviours[step.of.behaviour];
        let answered = |fault: &String| draft.answers.iter().any(|answer| answer.faults.contains(fault));
        let is_apart = |fault: &String| draft.endpoint.is_apart(fault);
        let raises = behaviour.spec.refuses.iter().any(|fault| !is_apart(fault) && answered(fault));
        let apart: Vec<String> =
            behaviour.spec.refuses.iter().filter(|fault| !raises && is_apart(fault)).cloned().collect();
        let call = behaviour.spec.rust.as_ref();
        let shows = draft.fills.iter().filter_map(|fill| fill.meaning).any(|one| behaviour.outcome.contains(&one));
        let keeps_refused =
            call.is_some_and(|call| call.keep_refused.is_some()) && !raises && apart.is_empty() && shows;
        let may_pass = match step.of.choice {
            Choice::Table(table) => of.declarations.tables[table].raw.optional,
            _ => silent && can_be_absent(of, draft, at),
        };
        let if_known = call.is_some_and(|call| call.if_known.is_some()) && may_pass;
        if let Some(step) = draft.steps.get_mut(at) {
            (step.raises, step.keeps_refused, step.if_known) = (raises, keeps_refused, if_known);
            step.apart = apart;
        }
    }
}

/// The operation is known, nothing later uses what this step gives, and every field that shows it may be null.
fn can_be_absent(of: &Resolved<'_>, draft: &Draft<'_, '_>, at: usize) -> bool {
    let from_here = |value| draft.values[value].source.step() == Some(at);
    let name = of.meanings.find("operation.name");
    let knows = draft.steps.get(at).is_some_and(|step| step.inputs.iter().any(|(one, ..)| Some(*one) == name));
    let mut later = draft.steps.iter().skip(at + 1).flat_map(|step| &step.inputs);
    let used = later.any(|(_, _, value)| from_here(*value));
    knows && !used && draft.fills.iter().all(|fill| fill.may_be_null || !fill.value.is_some_and(from_here))
}

/// Finds the access path to everything that steps give, and whether it is there at its end.
pub(super) fn find(of: &Resolved<'_>, draft: &mut Draft<'_, '_>) {
    let ids: Vec<_> = draft.values.ids().collect();
    for id in ids {
        let value = &draft.values[id];
        let Source::Step { step: number, .. } = value.source else { continue };
        let Some(step) = draft.steps.get(number) else { continue };
        let meaning = of.meaning(value.meaning);
        let hook = of.behaviours[step.of.behaviour].spec.rust.is_none();
        let (source, presence) = match output_path(of, step, value.meaning) {
            Some(ResolvedPath { access_path, lack, bound }) => {
                let absent = step.if_known || access_path.iter().any(|access| access.optional);
                let lack = if step.if_known { Lack::Nobody } else { lack };
                let presence = if absent { Presence::Maybe(lack) } else { Presence::Always };
                (Source::Step { step: number, access_path, bound, hook }, presence)
            }
            None if meaning.is_outcome => (Source::Passed { step: number }, Presence::Always),
            None => (Source::Gone { step: number }, Presence::Maybe(Lack::Raised)),
        };
        let value = &mut draft.values[id];
        (value.source, value.presence) = (source, presence);
    }
}

/// An access path, why it may lead nowhere, and whether it leads to what a code binds or keeps.
struct ResolvedPath {
    access_path: AccessPath,
    lack: Lack,
    bound: bool,
}

/// The access path to a meaning in what a step leaves; none where the step raises what would show it.
fn output_path(of: &Resolved<'_>, step: &DraftStep<'_, '_>, id: Id<Meaning>) -> Option<ResolvedPath> {
    let meaning = of.meaning(id);
    let resolved = |access_path, lack| Some(ResolvedPath { access_path, lack, bound: false });
    let Some(call) = &of.behaviours[step.of.behaviour].spec.rust else { return hook_output_path(of, step, id) };
    let fields = fields(call.output.as_ref()?, step.raises);
    if let (Choice::Table(_), Some(row)) = (step.of.choice, fields.get("columns")) {
        let column = FieldAccess::new(&naming::variable(&meaning.name), false);
        return resolved(parse_access_path(row).into_iter().chain([column]).collect(), Lack::Nobody);
    }
    if let Some(access_path) = fields.get(&meaning.name) {
        // What is still optional once refusals are raised was left out when the code was made.
        let of_code = step.raises && matches!(step.of.choice, Choice::Code(_));
        return resolved(parse_access_path(access_path), if of_code { Lack::Code } else { Lack::Refused });
    }
    if let Some(whole) = fields.get(&format!("{}.*", meaning.entity)) {
        let whole = parse_access_path(whole);
        let is_fact = meaning.home == Home::Own;
        let lack = match whole.iter().any(|access| access.optional) {
            _ if is_fact => Lack::Fact,
            true => Lack::Refused,
            false => Lack::Attribute,
        };
        // What a definition adds to a shipped thing, hooks put among its facts.
        let attribute = if is_fact {
            FieldAccess::new(&format!("facts.get({:?}).cloned()", meaning.name), true)
        } else {
            FieldAccess::new(&meaning.attribute, meaning.may_lack)
        };
        return resolved(whole.into_iter().chain([attribute]).collect(), lack);
    }
    let Choice::Code(kind) = step.of.choice else { return None };
    let kind = &of.declarations.otps[kind];
    let mut of_code = kind.binds.iter().chain(&kind.keeps);
    let code = of_code.any(|named| named.id == Ok(id)).then(|| fields.get("bound")).flatten()?;
    let code = parse_access_path(code);
    let lack = if code.iter().any(|access| access.optional) { Lack::Refused } else { Lack::Code };
    let field = if meaning.is_gathered {
        vec![FieldAccess::new(&meaning.entity, false), FieldAccess::new(&meaning.attribute, true)]
    } else {
        vec![FieldAccess::new(&naming::variable(&meaning.name), true)]
    };
    Some(ResolvedPath { access_path: code.into_iter().chain(field).collect(), lack, bound: true })
}

/// The access path to what a hook of the bank's own gives; one that may refuse leaves a verdict, unless its refusals
/// are raised.
fn hook_output_path(of: &Resolved<'_>, step: &DraftStep<'_, '_>, id: Id<Meaning>) -> Option<ResolvedPath> {
    let (behaviour, meaning) = (&of.behaviours[step.of.behaviour], of.meaning(id));
    let resolved = |access_path, lack| Some(ResolvedPath { access_path, lack, bound: false });
    let is_verdict = !behaviour.spec.refuses.is_empty() && !step.raises;
    if behaviour.outcome.contains(&id) {
        return if is_verdict { resolved(vec![FieldAccess::new("outcome", false)], Lack::Attribute) } else { None };
    }
    let may_lack = meaning.home == Home::Own && meaning.may_lack;
    let given = FieldAccess::new(&naming::variable(&meaning.name), may_lack);
    match is_verdict {
        true => resolved(vec![FieldAccess::new("value", true), given], Lack::Refused),
        false => resolved(vec![given], Lack::Attribute),
    }
}

/// The access path to a whole thing in what a step leaves.
pub(super) fn entity_path(of: &Resolved<'_>, step: &DraftStep<'_, '_>, entity: &str) -> Option<AccessPath> {
    let output = of.behaviours[step.of.behaviour].spec.rust.as_ref()?.output.as_ref()?;
    fields(output, step.raises).get(&format!("{entity}.*")).map(|access_path| parse_access_path(access_path))
}

fn fields(output: &Output, passed: bool) -> &Table<String> {
    match &output.passed {
        Some(fields) if passed => fields,
        _ => &output.fields,
    }
}

fn parse_access_path(written: &str) -> AccessPath {
    path_of(written).into_iter().map(|(name, optional)| FieldAccess::new(name, optional)).collect()
}
