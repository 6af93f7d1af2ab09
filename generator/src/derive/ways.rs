//! Where each value is in what a step leaves, once it is known which refusals are raised. All of it is the vocabulary's
//! data; no behaviour is named here.

use super::{Draft, DraftStep};
use crate::arena::Id;
use crate::model::Choice;
use crate::naming;
use crate::plan::{Lack, Presence, Source, To, Way};
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
        let raises = behaviour.said.refuses.iter().any(|fault| !is_apart(fault) && answered(fault));
        let apart: Vec<String> =
            behaviour.said.refuses.iter().filter(|fault| !raises && is_apart(fault)).cloned().collect();
        let call = behaviour.said.rust.as_ref();
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

/// Finds the way to everything that steps give, and whether it is there at its end.
pub(super) fn find(of: &Resolved<'_>, draft: &mut Draft<'_, '_>) {
    let ids: Vec<_> = draft.values.ids().collect();
    for id in ids {
        let value = &draft.values[id];
        let Source::Step { step: number, .. } = value.source else { continue };
        let Some(step) = draft.steps.get(number) else { continue };
        let meaning = of.meaning(value.meaning);
        let hook = of.behaviours[step.of.behaviour].said.rust.is_none();
        let (source, presence) = match way(of, step, value.meaning) {
            Some(Found { way, lack, bound }) => {
                let absent = step.if_known || way.iter().any(|to| to.optional);
                let lack = if step.if_known { Lack::Nobody } else { lack };
                let presence = if absent { Presence::Maybe(lack) } else { Presence::Always };
                (Source::Step { step: number, way, bound, hook }, presence)
            }
            None if meaning.is_outcome => (Source::Passed { step: number }, Presence::Always),
            None => (Source::Gone { step: number }, Presence::Maybe(Lack::Raised)),
        };
        let value = &mut draft.values[id];
        (value.source, value.presence) = (source, presence);
    }
}

/// A way, why it may lead nowhere, and whether it leads to what a code binds or keeps.
struct Found {
    way: Way,
    lack: Lack,
    bound: bool,
}

/// The way to a meaning in what a step leaves; none where the step raises what would show it.
fn way(of: &Resolved<'_>, step: &DraftStep<'_, '_>, id: Id<Meaning>) -> Option<Found> {
    let meaning = of.meaning(id);
    let found = |way, lack| Some(Found { way, lack, bound: false });
    let Some(call) = &of.behaviours[step.of.behaviour].said.rust else { return way_of_own(of, step, id) };
    let fields = fields(call.output.as_ref()?, step.raises);
    if let (Choice::Table(_), Some(row)) = (step.of.choice, fields.get("columns")) {
        let column = To::new(&naming::variable(&meaning.name), false);
        return found(way_of(row).into_iter().chain([column]).collect(), Lack::Nobody);
    }
    if let Some(way) = fields.get(&meaning.name) {
        // What is still optional once refusals are raised was left out when the code was made.
        let of_code = step.raises && matches!(step.of.choice, Choice::Code(_));
        return found(way_of(way), if of_code { Lack::Code } else { Lack::Refused });
    }
    if let Some(whole) = fields.get(&format!("{}.*", meaning.entity)) {
        let whole = way_of(whole);
        let is_fact = meaning.home == Home::Own;
        let lack = match whole.iter().any(|to| to.optional) {
            _ if is_fact => Lack::Fact,
            true => Lack::Refused,
            false => Lack::Attribute,
        };
        // What a definition adds to a shipped thing, hooks put among its facts.
        let attribute = if is_fact {
            To::new(&format!("facts.get({:?}).cloned()", meaning.name), true)
        } else {
            To::new(&meaning.attribute, meaning.may_lack)
        };
        return found(whole.into_iter().chain([attribute]).collect(), lack);
    }
    let Choice::Code(kind) = step.of.choice else { return None };
    let kind = &of.declarations.otps[kind];
    let mut of_code = kind.binds.iter().chain(&kind.keeps);
    let code = of_code.any(|named| named.id == Ok(id)).then(|| fields.get("bound")).flatten()?;
    let code = way_of(code);
    let lack = if code.iter().any(|to| to.optional) { Lack::Refused } else { Lack::Code };
    let field = if meaning.is_gathered {
        vec![To::new(&meaning.entity, false), To::new(&meaning.attribute, true)]
    } else {
        vec![To::new(&naming::variable(&meaning.name), true)]
    };
    Some(Found { way: code.into_iter().chain(field).collect(), lack, bound: true })
}

/// The way to what a hook of the bank's own gives; one that may refuse leaves a verdict, unless its refusals are raised.
fn way_of_own(of: &Resolved<'_>, step: &DraftStep<'_, '_>, id: Id<Meaning>) -> Option<Found> {
    let (behaviour, meaning) = (&of.behaviours[step.of.behaviour], of.meaning(id));
    let found = |way, lack| Some(Found { way, lack, bound: false });
    let is_verdict = !behaviour.said.refuses.is_empty() && !step.raises;
    if behaviour.outcome.contains(&id) {
        return if is_verdict { found(vec![To::new("outcome", false)], Lack::Attribute) } else { None };
    }
    let may_lack = meaning.home == Home::Own && meaning.may_lack;
    let given = To::new(&naming::variable(&meaning.name), may_lack);
    match is_verdict {
        true => found(vec![To::new("value", true), given], Lack::Refused),
        false => found(vec![given], Lack::Attribute),
    }
}

/// Where a whole thing is in what a step leaves.
pub(super) fn of_entity(of: &Resolved<'_>, step: &DraftStep<'_, '_>, entity: &str) -> Option<Way> {
    let output = of.behaviours[step.of.behaviour].said.rust.as_ref()?.output.as_ref()?;
    fields(output, step.raises).get(&format!("{entity}.*")).map(|way| way_of(way))
}

fn fields(output: &Output, passed: bool) -> &Table<String> {
    match &output.passed {
        Some(fields) if passed => fields,
        _ => &output.fields,
    }
}

fn way_of(written: &str) -> Way {
    path_of(written).into_iter().map(|(name, optional)| To::new(name, optional)).collect()
}
