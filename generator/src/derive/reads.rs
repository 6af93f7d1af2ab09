//! How each value gets into the place that takes it: what is done with it on the way, and in which shape it is wanted.
//! One function for each kind of place; whatever cannot get there is reported.

use super::forms::{self, Form};
use super::{Draft, DraftStep, OptionalInputs};
use crate::arena::Id;
use crate::language::primitive::{Family, TEXT};
use crate::model::Type;
use crate::plan::{Conversion, Input, Lack, PayloadConversion, Presence, Read, Role, Source, Step, Value, Want};
use crate::report::Report;
use crate::resolve::{Behaviour, Field, Meaning, Resolved};
use crate::vocabulary::{Argument, Natural, Word};

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
        source if source.is_searched() => true,
        Source::Request { .. } => value.optional,
        _ => matches!(value.presence, Presence::Maybe(_)),
    }
}

/// A step with everything that it is given.
pub(super) fn step(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    step: &DraftStep<'_, '_>,
    hooks: &OptionalInputs,
    conversions: &mut Vec<PayloadConversion>,
    report: &mut Report,
) -> Step {
    let behaviour = &of.behaviours[step.of.behaviour];
    let mut inputs = Vec::new();
    for (meaning, role, value) in &step.inputs {
        let want = sure(want_of_input(of, step, behaviour, (*meaning, *role), hooks), draft.values[*value].presence);
        if matches!(draft.values[*value].source, Source::Gone { .. }) {
            continue;
        }
        let conversion = conversion_of_input(of, draft, step, (*meaning, *role, *value), report);
        if conversion == Conversion::IntoEach {
            conversions.extend(
                element_of(of, &draft.values[*value].ty).map(|(id, entity)| PayloadConversion::Into(id, entity)),
            );
        }
        inputs.push(Input { meaning: *meaning, role: *role, read: Read { value: *value, conversion, want } });
    }
    Step {
        behaviour: step.of.behaviour,
        option: step.of.option.map(|option| option.text.clone()),
        choice: step.of.choice,
        inputs,
        raises: step.raises,
        keeps_refused: step.keeps_refused,
        apart: step.apart.clone(),
        if_known: step.if_known,
        shows: step.shows.iter().map(|(meaning, value)| shown(*meaning, *value)).collect(),
        overlays: Vec::new(),
        hook_facts: Vec::new(),
        trace: of.sources.trace(step.of.name.place),
    }
}

/// A value that a text shows, as it is.
fn shown(meaning: Id<Meaning>, value: Id<Value>) -> Input {
    Input { meaning, role: Role::Shown, read: Read { value, conversion: Conversion::Keep, want: Want::Option } }
}

fn want_of_input(
    of: &Resolved<'_>,
    step: &DraftStep<'_, '_>,
    behaviour: &Behaviour,
    (meaning, role): (Id<Meaning>, Role),
    hooks: &OptionalInputs,
) -> Want {
    let is_own_hook = behaviour.spec.rust.is_none();
    let plain = match role {
        Role::Fact | Role::Shown => false,
        _ if is_own_hook => !hooks.contains(&(step.of.behaviour, meaning)),
        Role::Bound => false,
        Role::Needs | Role::Expects | Role::Takes => matches!(of.meaning(meaning).natural, Natural::List(_)),
    };
    if plain { Want::Plain } else { Want::Option }
}

/// What turns an available value into what a step takes; reports one that cannot be taken.
fn conversion_of_input(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    step: &DraftStep<'_, '_>,
    (id, role, value): (Id<Meaning>, Role, Id<Value>),
    report: &mut Report,
) -> Conversion {
    let (meaning, behaviour) = (of.meaning(id), &of.behaviours[step.of.behaviour]);
    let available = &draft.values[value];
    let is_taken = role == Role::Bound || role != Role::Fact && has_slot(behaviour, meaning);
    let in_entity = meaning.is_gathered && (role == Role::Bound || !matches!(available.source, Source::Request { .. }));
    if !is_taken || in_entity {
        return Conversion::Keep;
    }
    let from = Form::of_value(of, available);
    let to = match (role, &behaviour.spec.rust) {
        (Role::Bound, _) if matches!(step.of.choice, crate::model::Choice::Session(_)) => {
            Form::of_type(&Type::Primitive(TEXT))
        }
        (Role::Bound, _) => Form::of_bound(meaning),
        (_, None) => Form::of_hook(meaning),
        (_, Some(_)) => Form::of_meaning(meaning),
    };
    // What a code or a session cannot bind is reported where it says that it does.
    if role == Role::Bound && !is_bindable(meaning) {
        return Conversion::Keep;
    }
    let conversion = forms::conversion(of, &from, &to);
    let conversion = conversion.filter(|one| *one != Conversion::Member || is_own_enum(of, available, &to));
    conversion.unwrap_or_else(|| {
        let text = format!("`{}` cannot get `{}` as it is here", behaviour.name, meaning.name);
        let help = "say it with the type that the meaning has, or by an enum whose members show its values";
        report.push_new("type-clash", step.of.name.place, text, help);
        Conversion::Keep
    })
}

/// True if a call has a place for a meaning by its name; hooks of the bank's own have one for each.
fn has_slot(behaviour: &Behaviour, meaning: &Meaning) -> bool {
    let Some(call) = &behaviour.spec.rust else { return true };
    call.inputs.iter().any(|input| match input {
        Argument::Struct { fields, .. } => fields.has(&meaning.name),
        Argument::Word(word) => *word == Word::Key,
    })
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

impl AnswerField<'_, '_> {
    fn has_default(&self) -> bool {
        self.field.raw.default.is_some()
    }
}

/// How a value gets into a field of the answer; none where nothing does, which is reported where the field must be there.
pub(super) fn answer(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    value: Id<Value>,
    sink: &AnswerField<'_, '_>,
    conversions: &mut Vec<PayloadConversion>,
    report: &mut Report,
) -> Option<Read> {
    let available = &draft.values[value];
    if let (Want::Plain, Presence::Maybe(lack)) = (sink.want, available.presence)
        && !is_empty_when_absent(sink.ty)
        && !sink.has_default()
    {
        if let Some(read) = echo(of, draft, available.meaning, sink).filter(|_| !sink.is_whole) {
            return Some(read);
        }
        absent(draft, lack, sink, report);
    }
    if matches!(available.source, Source::Gone { .. }) {
        return None;
    }
    if sink.is_whole {
        return Some(Read { value, conversion: Conversion::Keep, want: sink.want });
    }
    let conversion = conversion_of_answer(of, available, sink.ty);
    let Some(conversion) = conversion else {
        clash(of, available, sink, report);
        return None;
    };
    if conversion == Conversion::IntoEach {
        conversions.extend(element_of(of, sink.ty).map(|(id, entity)| PayloadConversion::From(id, entity)));
    }
    Some(Read { value, conversion, want: sure(sink.want, available.presence) })
}

/// What was proved to be there is taken without a default.
fn sure(want: Want, presence: Presence) -> Want {
    if (want, presence) == (Want::Plain, Presence::Proved) { Want::Sure } else { want }
}

/// What turns an available value into the one on the wire.
fn conversion_of_answer(of: &Resolved<'_>, value: &Value, ty: &Type) -> Option<Conversion> {
    let to = Form::of_type(ty);
    let conversion = forms::conversion(of, &Form::of_value(of, value), &to);
    if let Source::Always = value.source {
        return Some(conversion.unwrap_or(Conversion::Keep));
    }
    let conversion = conversion?;
    // Only what the bank says may be no member: that is its hook's fault. What a code keeps was one when it was made.
    let may_be_none = matches!(value.source, Source::Step { hook: true, .. }) || is_own_enum(of, value, &to);
    (conversion != Conversion::Member || may_be_none).then_some(conversion)
}

/// True for what a code keeps of a meaning that is this enum: its member as a text.
fn is_own_enum(of: &Resolved<'_>, value: &Value, to: &Form) -> bool {
    let shape = of.meaning(value.meaning).shape.as_ref();
    matches!(value.source, Source::Step { bound: true, .. }) && shape.is_some_and(|shape| Form::of_type(shape) == *to)
}

/// True for a single value that a code can be bound to: no list, nothing with parts, and no secret.
pub(crate) fn is_bindable(meaning: &Meaning) -> bool {
    match (&meaning.shape, &meaning.natural) {
        (Some(Type::List(_) | Type::Payload(_) | Type::Union(_)), _) | (None, Natural::List(_)) => false,
        (Some(Type::Primitive(one)), _) | (None, Natural::Primitive(one)) => {
            !matches!(one.row().family, Family::Secret | Family::Json | Family::Never)
        }
        _ => true,
    }
}

/// The request's own value of a meaning, if it is always there.
fn echo(of: &Resolved<'_>, draft: &Draft<'_, '_>, meaning: Id<Meaning>, sink: &AnswerField<'_, '_>) -> Option<Read> {
    let is_echo = |value: &Value| {
        value.meaning == meaning && value.presence == Presence::Always && matches!(value.source, Source::Request { .. })
    };
    let (value, available) = draft.values.pairs().find(|(_, value)| is_echo(value))?;
    let conversion = conversion_of_answer(of, available, sink.ty)?;
    Some(Read { value, conversion, want: sink.want })
}

fn is_empty_when_absent(ty: &Type) -> bool {
    matches!(ty, Type::List(_))
}

fn absent(draft: &Draft<'_, '_>, lack: Lack, sink: &AnswerField<'_, '_>, report: &mut Report) {
    let (path, endpoint) = (sink.path.join("."), &draft.endpoint.name.text);
    let why = match lack {
        Lack::OptionalField => "the request may leave out where it comes from",
        Lack::Searched => "nothing in the request may carry it",
        Lack::Attribute => "what is looked up may lack it",
        Lack::Refused => "only a check that passes gives it",
        Lack::Nobody => "what is looked up may be nobody",
        Lack::Code => "a code may have been made without it",
        Lack::Fact => "a hook may leave it out",
        Lack::Raised => "it reports refusals, which are errors here",
    };
    let text = format!("`{path}` must be there, and `{endpoint}` may have nothing for it: {why}");
    let help = "make it `optional`, or show a value that is always there";
    report.push_new("unfilled-field", sink.field.raw.name.place, text, help);
}

fn clash(of: &Resolved<'_>, available: &Value, sink: &AnswerField<'_, '_>, report: &mut Report) {
    let meaning = &of.meaning(available.meaning).name;
    let text = format!("`{}` cannot show `{meaning}` as it is here", sink.path.join("."));
    let help = "say it with the type that the meaning has, or by an enum whose members show its values";
    report.push_new("type-clash", sink.field.raw.name.place, text, help);
}

/// The payload that a list has as elements, and the thing that it shows.
fn element_of(of: &Resolved<'_>, ty: &Type) -> Option<(Id<crate::model::Payload>, String)> {
    let Type::List(element) = ty else { return None };
    let Type::Payload(id) = **element else { return None };
    of.payloads[id].entity.clone().map(|entity| (id, entity))
}
