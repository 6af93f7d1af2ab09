//! Forwarding: what becomes of what steps give and requests say beside the inputs of behaviours: qualities of a thing
//! that was put together from the request are laid over it, and what nothing else takes is passed to hooks.

use std::collections::BTreeSet;

use super::{Draft, DraftStep};
use crate::arena::Id;
use crate::language::primitive::Family;
use crate::model::Type;
use crate::plan::{Conversion, Input, Overlay, Read, Role, Source, Value, Want};
use crate::resolve::{Meaning, Resolved};
use crate::vocabulary::Argument;

/// Who calls may do so for some partners and countries alone, which is looked for in the request.
const OF_CALLERS: [&str; 3] = ["issuer.id", "partner.id", "country.code"];

/// Values of the request that no step is given and no field shows: hooks get them, or nobody does.
pub(super) fn forward_unused(of: &Resolved<'_>, draft: &mut Draft<'_, '_>) -> Vec<Id<Value>> {
    let rest: Vec<Id<Value>> = unused(of, draft);
    let calls = |step: &DraftStep<'_, '_>| !of.behaviours[step.of.behaviour].spec.calls.is_empty();
    let forwarded: Vec<Id<Value>> =
        rest.iter().copied().filter(|value| is_forwardable(&draft.values[*value].ty)).collect();
    let mut anybody = false;
    for step in draft.steps.iter_mut().filter(|step| calls(step)) {
        anybody = true;
        step.inputs.extend(forwarded.iter().map(|value| (draft.values[*value].meaning, Role::Fact, *value)));
    }
    let shown = |value: &Id<Value>| draft.steps.iter().flat_map(|step| &step.shows).any(|(_, shown)| shown == value);
    rest.into_iter().filter(|value| (!anybody || !forwarded.contains(value)) && !shown(value)).collect()
}

fn unused(of: &Resolved<'_>, draft: &Draft<'_, '_>) -> Vec<Id<Value>> {
    let inputs = draft.steps.iter().flat_map(|step| &step.inputs).map(|(_, _, value)| *value);
    let used: BTreeSet<Id<Value>> = inputs.chain(draft.fills.iter().filter_map(|fill| fill.value)).collect();
    let mut asked: BTreeSet<Id<Meaning>> = BTreeSet::new();
    for value in &draft.values {
        match &value.source {
            Source::Derived { from, .. } | Source::InElements { else_from: from, .. } => asked.extend(from),
            _ => {}
        }
    }
    let request = draft.endpoint.request.map(|id| &of.payloads[id]);
    let rules = request.into_iter().flat_map(|payload| &payload.then);
    asked.extend(rules.flat_map(|then| then.meaning.iter().chain(then.when.iter().flat_map(|(meaning, _)| meaning))));
    let is_rest = |id: &Id<Value>| {
        let value = &draft.values[*id];
        let meaning = of.meaning(value.meaning);
        let exempt = meaning.is_gathered
            || meaning.is_inward
            || meaning.is_always
            || OF_CALLERS.contains(&meaning.name.as_str())
            || asked.contains(&value.meaning);
        matches!(value.source, Source::Request { .. }) && !exempt && !used.contains(id)
    };
    draft.values.ids().filter(is_rest).collect()
}

/// True for what a hook can get as a text: a single value, and no secret.
pub(super) fn is_forwardable(ty: &Type) -> bool {
    match ty {
        Type::Primitive(one) => !matches!(one.row().family, Family::Secret | Family::Json | Family::Never),
        Type::Enum(_) => true,
        Type::Payload(_) | Type::Union(_) | Type::List(_) | Type::Body => false,
    }
}

/// Whether a step takes a quality with the whole thing, or with what a code binds.
fn takes_in_entity(of: &Resolved<'_>, step: &DraftStep<'_, '_>, meaning: &Meaning, role: Role) -> bool {
    let Some(call) = &of.behaviours[step.of.behaviour].spec.rust else { return false };
    let slots = call.inputs.iter().filter_map(|input| match input {
        Argument::Struct { fields, .. } => Some(fields),
        Argument::Word(_) => None,
    });
    let whole = format!("{}.*", meaning.entity);
    let has = |name: &str| slots.clone().any(|fields| fields.has(name));
    let in_code = has("bound") && !has(&meaning.name);
    role == Role::Bound || role != Role::Fact && (has(&whole) || in_code)
}

/// What the things of an endpoint get from each of its steps, by the number of the step.
pub(super) fn overlays(of: &Resolved<'_>, draft: &Draft<'_, '_>, gathered: &[String]) -> Vec<Vec<Overlay>> {
    let mut all: Vec<Vec<Overlay>> = draft.steps.iter().map(|_| Vec::new()).collect();
    let mut there: BTreeSet<String> = gathered.iter().cloned().collect();
    for (number, overlays) in all.iter_mut().enumerate() {
        for (id, value) in wanted_of(of, draft, number) {
            let entity = &of.meaning(id).entity;
            let read = Read { value, conversion: Conversion::Keep, want: Want::Option };
            match overlays.iter_mut().find(|overlay| overlay.entity == *entity) {
                Some(overlay) => overlay.attributes.push((id, read)),
                None => {
                    let is_there = !there.insert(entity.clone());
                    overlays.push(Overlay { entity: entity.clone(), attributes: vec![(id, read)], is_there });
                }
            }
        }
    }
    all
}

/// What a step gives that a later one takes in a thing.
fn wanted_of(of: &Resolved<'_>, draft: &Draft<'_, '_>, number: usize) -> Vec<(Id<Meaning>, Id<Value>)> {
    let mut wanted: Vec<(Id<Meaning>, Id<Value>)> = Vec::new();
    for step in draft.steps.iter().skip(number + 1) {
        for (id, role, value) in &step.inputs {
            let meaning = of.meaning(*id);
            let from_here = draft.values[*value].source.step() == Some(number);
            let is_field = meaning.is_gathered && meaning.may_lack;
            if from_here && is_field && takes_in_entity(of, step, meaning, *role) && !wanted.contains(&(*id, *value)) {
                wanted.push((*id, *value));
            }
        }
    }
    wanted
}

/// The facts that hooks get: before all steps, and after each of them.
pub(super) fn hook_facts(of: &Resolved<'_>, draft: &Draft<'_, '_>) -> (Vec<Input>, Vec<Vec<Input>>) {
    let (mut before, mut after) = (Vec::new(), draft.steps.iter().map(|_| Vec::new()).collect::<Vec<_>>());
    let mut seen = BTreeSet::new();
    let facts = draft.steps.iter().flat_map(|step| &step.inputs).filter(|(_, role, _)| *role == Role::Fact);
    for (meaning, role, value) in facts {
        let available = &draft.values[*value];
        let is_fact_of_entity = available.source.step().is_some_and(|step| is_shipped(of, draft, step));
        if !seen.insert(*value) || is_fact_of_entity || !is_forwardable(&available.ty) {
            continue;
        }
        let input = Input {
            meaning: *meaning,
            role: *role,
            read: Read { value: *value, conversion: Conversion::Keep, want: Want::Option },
        };
        match available.source.step().and_then(|step| after.get_mut(step)) {
            Some(after) => after.push(input),
            None => before.push(input),
        }
    }
    (before, after)
}

/// What a shipped behaviour gives of a definition's own, a hook got before.
fn is_shipped(of: &Resolved<'_>, draft: &Draft<'_, '_>, step: usize) -> bool {
    draft.steps.get(step).is_some_and(|step| of.behaviours[step.of.behaviour].spec.rust.is_some())
}
