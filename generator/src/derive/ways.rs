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
    let silent = of.catalogues.operations.iter().any(|operation| operation.silent);
    for at in 0..draft.steps.len() {
        let Some(step) = draft.steps.get(at) else { continue };
        let behaviour = &of.behaviours[step.of.behaviour];
        let answered = |fault: &String| draft.answers.iter().any(|answer| answer.faults.contains(fault));
        let raises = behaviour.said.refuses.iter().any(answered);
        let call = behaviour.said.rust.as_ref();
        let shows = draft.fills.iter().filter_map(|fill| fill.meaning).any(|one| behaviour.outcome.contains(&one));
        let keeps_refused = call.is_some_and(|call| call.keep_refused.is_some()) && !raises && shows;
        let may_pass = match step.of.choice {
            Choice::Table(table) => of.catalogues.tables[table].raw.optional,
            _ => silent && can_be_nobody(of, draft, at),
        };
        let or_nobody = call.is_some_and(|call| call.or_nobody.is_some()) && may_pass;
        if let Some(step) = draft.steps.get_mut(at) {
            (step.raises, step.keeps_refused, step.or_nobody) = (raises, keeps_refused, or_nobody);
        }
    }
}

/// The operation is known, nothing later uses what this step gives, and every field that shows it may be null.
fn can_be_nobody(of: &Resolved<'_>, draft: &Draft<'_, '_>, at: usize) -> bool {
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
        let (source, presence) = match way(of, step, value.meaning) {
            Some((way, lack)) => {
                let absent = step.or_nobody || way.iter().any(|to| to.optional);
                let lack = if step.or_nobody { Lack::Nobody } else { lack };
                let presence = if absent { Presence::Maybe(lack) } else { Presence::Always };
                (Source::Step { step: number, way }, presence)
            }
            None => (Source::Passed { step: number }, Presence::Always),
        };
        let value = &mut draft.values[id];
        (value.source, value.presence) = (source, presence);
    }
}

/// The way to a meaning in what a step leaves, and why it may lead nowhere; none for an outcome that was raised.
fn way(of: &Resolved<'_>, step: &DraftStep<'_, '_>, id: Id<Meaning>) -> Option<(Way, Lack)> {
    let meaning = of.meaning(id);
    let Some(call) = &of.behaviours[step.of.behaviour].said.rust else {
        return Some((vec![To::new(&naming::variable(&meaning.name), false)], Lack::Quality));
    };
    let output = call.output.as_ref()?;
    let fields = fields(output, step.raises);
    if let (Choice::Table(_), Some(row)) = (step.of.choice, fields.get("columns")) {
        let column = To::new(&naming::variable(&meaning.name), false);
        return Some((way_of(row).into_iter().chain([column]).collect(), Lack::Nobody));
    }
    if let Some(way) = fields.get(&meaning.name) {
        return Some((way_of(way), Lack::Refused));
    }
    if let Some(whole) = fields.get(&format!("{}.*", meaning.thing)) {
        let whole = way_of(whole);
        let lack = if whole.iter().any(|to| to.optional) { Lack::Refused } else { Lack::Quality };
        // What a definition adds to a shipped thing, hooks put among its facts.
        let quality = match meaning.home {
            Home::Own => To::new(&format!("facts.get({:?}).cloned()", meaning.name), true),
            _ => To::new(&meaning.quality, meaning.may_lack),
        };
        return Some((whole.into_iter().chain([quality]).collect(), lack));
    }
    let code = way_of(fields.get("bound")?);
    let lack = if code.iter().any(|to| to.optional) { Lack::Refused } else { Lack::Code };
    let field = if meaning.is_gathered {
        vec![To::new(&meaning.thing, false), To::new(&meaning.quality, true)]
    } else {
        vec![To::new(&naming::variable(&meaning.name), true)]
    };
    Some((code.into_iter().chain(field).collect(), lack))
}

/// Where a whole thing is in what a step leaves.
pub(super) fn of_thing(of: &Resolved<'_>, step: &DraftStep<'_, '_>, thing: &str) -> Option<Way> {
    let output = of.behaviours[step.of.behaviour].said.rust.as_ref()?.output.as_ref()?;
    fields(output, step.raises).get(&format!("{thing}.*")).map(|way| way_of(way))
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
