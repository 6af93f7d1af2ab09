//! How each value gets into the place that takes it: what is done with it on the way, and in which shape it is wanted.
//! One function for each kind of place; whatever cannot get there is told.

use super::steps::option_of;
use super::{Draft, DraftStep, OptionalInputs};
use crate::arena::Id;
use crate::language::primitive::{JSON, Primitive, TEXT};
use crate::model::Type;
use crate::plan::{Input, PayloadTurn, Presence, Read, Role, Source, Step, Turn, Value, Want};
use crate::report::Report;
use crate::resolve::{Behaviour, Field, Meaning, Resolved};
use crate::vocabulary::Natural;

/// How a meaning looks where nothing else is said of it; things have no type on the wire.
pub(super) fn natural_type(meaning: &Meaning) -> Type {
    match &meaning.natural {
        Natural::Primitive(primitive) => Type::Primitive(*primitive),
        Natural::Key | Natural::OneOf(_) => Type::Primitive(TEXT),
        Natural::Thing(_) => Type::Primitive(JSON),
        Natural::List(inner) => Type::List(Box::new(Type::Primitive(Primitive::parse(inner).unwrap_or(JSON)))),
    }
}

/// The meanings that a hook of the bank's own is given, in the order of its signature.
pub(crate) fn hook_inputs(behaviour: &Behaviour) -> Vec<Id<Meaning>> {
    let takes = behaviour.takes.iter().filter_map(|pattern| match pattern {
        crate::resolve::Pattern::One(meaning) => Some(*meaning),
        _ => None,
    });
    behaviour.needs.iter().flatten().copied().chain(behaviour.expects.iter().copied()).chain(takes).collect()
}

/// Whether an endpoint may leave a value out that a hook is given.
pub(super) fn may_be_left_out(value: &Value) -> bool {
    match &value.source {
        source if source.is_found() => true,
        Source::Request { .. } => value.optional,
        _ => false,
    }
}

/// A step with everything that it is given.
pub(super) fn step(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    step: &DraftStep<'_, '_>,
    hooks: &OptionalInputs,
    turns: &mut Vec<PayloadTurn>,
    _report: &mut Report,
) -> Step {
    let behaviour = &of.behaviours[step.of.behaviour];
    let mut inputs = Vec::new();
    for (meaning, role, value) in &step.inputs {
        let want = want_of_input(of, step, behaviour, (*meaning, *role), hooks);
        let turn = turn_of_input(of, &draft.values[*value]);
        if turn == Turn::IntoEach {
            turns.extend(element_of(of, &draft.values[*value].ty).map(|(id, thing)| PayloadTurn::Into(id, thing)));
        }
        inputs.push(Input { meaning: *meaning, role: *role, read: Read { value: *value, turn, want } });
    }
    let (option, choice) = option_of(step.of);
    Step {
        behaviour: step.of.behaviour,
        option,
        choice,
        inputs,
        raises: step.raises,
        keeps_refused: step.keeps_refused,
        or_nobody: step.or_nobody,
        overlays: Vec::new(),
        tells: Vec::new(),
        trace: of.sources.trace(step.of.name.place),
    }
}

fn want_of_input(
    of: &Resolved<'_>,
    step: &DraftStep<'_, '_>,
    behaviour: &Behaviour,
    (meaning, role): (Id<Meaning>, Role),
    hooks: &OptionalInputs,
) -> Want {
    let is_own_hook = behaviour.said.rust.is_none();
    let plain = match role {
        Role::Fact => false,
        _ if is_own_hook => !hooks.contains(&(step.of.behaviour, meaning)),
        Role::Bound => false,
        Role::Needs | Role::Expects | Role::Takes => matches!(of.meaning(meaning).natural, Natural::List(_)),
    };
    if plain { Want::Plain } else { Want::Option }
}

/// What makes the runtime's value of the one at hand.
fn turn_of_input(of: &Resolved<'_>, value: &Value) -> Turn {
    if !matches!(value.source, Source::Request { .. }) {
        return Turn::Keep;
    }
    let meaning = of.meaning(value.meaning);
    let natural = Some(&meaning.natural);
    match &value.ty {
        Type::Enum(id) if of.enums[*id].shows.is_some() => Turn::Into,
        Type::List(inner) if matches!(**inner, Type::Payload(_) | Type::Union(_)) => Turn::IntoEach,
        Type::Primitive(wire) => match natural {
            Some(Natural::Primitive(natural)) if natural.is_secret() != wire.is_secret() => Turn::Into,
            Some(Natural::Primitive(natural)) if is_textual(*natural) && !is_textual(*wire) => Turn::Text,
            None if !is_textual(*wire) => Turn::Text,
            _ => Turn::Keep,
        },
        // Carried, not understood: what it is called on the wire.
        Type::Enum(_) => Turn::Text,
        _ => Turn::Keep,
    }
}

fn is_textual(primitive: Primitive) -> bool {
    primitive.is_text() || primitive.is_secret()
}

/// A field of the answer.
pub(super) struct AnswerField<'s, 'a> {
    pub field: &'s Field<'a>,
    pub ty: &'s Type,
    pub want: Want,
    pub path: &'s [String],
    /// It is filled with the whole thing that its payload shows.
    pub is_whole: bool,
}

/// How a value gets into a field of the answer.
pub(super) fn answer(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    value: Id<Value>,
    sink: &AnswerField<'_, '_>,
    turns: &mut Vec<PayloadTurn>,
    _report: &mut Report,
) -> Option<Read> {
    let (held, mut want) = (&draft.values[value], sink.want);
    let turn = match &held.source {
        Source::Step { .. } | Source::Passed { .. } => turn_of_answer(of, held, sink.ty),
        _ => Turn::Keep,
    };
    if turn == Turn::IntoEach {
        turns.extend(element_of(of, sink.ty).map(|(id, thing)| PayloadTurn::From(id, thing)));
    }
    let has_default = !matches!(sink.ty, Type::Primitive(primitive) if !primitive.row().has_default);
    if matches!(held.source, Source::Step { .. }) && want == Want::Plain && !has_default {
        want = Want::Sure;
    }
    let _ = (sink.field, sink.path, sink.is_whole, Presence::Always);
    Some(Read { value, turn, want })
}

/// What makes the value on the wire of the runtime's.
fn turn_of_answer(of: &Resolved<'_>, value: &Value, ty: &Type) -> Turn {
    let meaning = of.meaning(value.meaning);
    match (ty, &meaning.natural) {
        (Type::Enum(id), _) if of.enums[*id].shows.is_some() => Turn::Into,
        (Type::Primitive(wire), Natural::OneOf(_)) if *wire == "boolean" => Turn::Passed,
        (Type::Primitive(_), Natural::Key) => Turn::Into,
        (Type::List(inner), _) if matches!(**inner, Type::Payload(_) | Type::Union(_)) => Turn::IntoEach,
        _ => Turn::Keep,
    }
}

/// The payload that a list has as elements, and the thing that it shows.
fn element_of(of: &Resolved<'_>, ty: &Type) -> Option<(Id<crate::model::Payload>, String)> {
    let Type::List(element) = ty else { return None };
    let Type::Payload(id) = **element else { return None };
    of.payloads[id].thing.clone().map(|thing| (id, thing))
}
