//! Whom a change of a payload, a union or an enum breaks, which depends on the way that it goes.

use super::judge::{Breaks, How, how, is_less, one};
use super::{Both, Party};
use crate::compare::Change;
use crate::model::{Adapter, Field, Need, Payload, Type};

/// Which way something goes.
#[derive(Debug, Clone, Copy)]
struct Goes {
    asked: bool,
    answered: bool,
}

/// The shape of an envelope.
pub(super) fn of_envelope(both: &Both<'_>, part: &str, rest: &[&str], change: &Change) -> Breaks {
    let goes = Goes { asked: part == "request", answered: part != "request" };
    if rest.is_empty() {
        return one(Party::Callers, "what stands around bodies is another");
    }
    let envelope = |of: &Adapter| match part {
        "request" => of.envelope.request.clone(),
        "success" => of.envelope.success.clone(),
        _ => of.envelope.failure.as_ref().map(|failure| failure.payload.clone()),
    };
    field(both, (envelope(both.old).as_ref(), envelope(both.new).as_ref()), goes, rest, change)
}

/// A payload, one of its fields, or a rule of one.
pub(super) fn of_payload(both: &Both<'_>, name: &str, rest: &[&str], change: &Change) -> Breaks {
    let (old, new) = (payload(both.old, name), payload(both.new, name));
    if rest.is_empty() {
        // Whoever asks with it or answers with it is reported by the fields that have it.
        return match how(change) {
            How::Removed => one(Party::Bank, "a method of the bank's own that names the type does not compile"),
            _ => Vec::new(),
        };
    }
    let any = |test: fn(&Payload) -> bool| [old, new].into_iter().flatten().any(test);
    let goes = Goes { asked: any(|one| one.in_request), answered: any(|one| one.in_response) };
    field(both, (old, new), goes, rest, change)
}

fn payload<'a>(of: &'a Adapter, name: &str) -> Option<&'a Payload> {
    of.payloads.iter().find(|payload| payload.name == name)
}

fn field(
    both: &Both<'_>,
    (old, new): (Option<&Payload>, Option<&Payload>),
    goes: Goes,
    rest: &[&str],
    change: &Change,
) -> Breaks {
    fn find<'a>(payload: Option<&'a Payload>, wire: &str) -> Option<&'a Field> {
        payload.and_then(|payload| payload.fields.iter().find(|field| field.wire == wire))
    }
    match rest {
        ["unknown"] if how(change) == How::Removed => {
            one(Party::Callers, "members that it does not have are not sent back")
        }
        ["unknown"] => Vec::new(),
        [name] => match (find(old, name), find(new, name)) {
            (None, Some(new)) => added(new, goes),
            (Some(_), None) => removed(both, goes),
            (Some(old), Some(new)) => changed(both, old, new, goes),
            // Rules on a meaning come and go with their parts.
            (None, None) => Vec::new(),
        },
        [_, rule, ..] => of_rule(rule, goes, change),
        [] => Vec::new(),
    }
}

fn added(field: &Field, goes: Goes) -> Breaks {
    let must = matches!(field.need, Need::Required | Need::Constant { optional: false, .. });
    if goes.asked && must { one(Party::Callers, "a request without it is refused") } else { Vec::new() }
}

fn removed(both: &Both<'_>, goes: Goes) -> Breaks {
    let mut breaks = one(Party::Bank, "a method of the bank's own that names the field does not compile");
    if goes.answered {
        breaks.push((Party::Callers, "answers do not have it".to_owned()));
    }
    if goes.asked {
        let refuses = both.new.wire.reject_unknown_fields;
        let why = if refuses { "a request that has it is refused" } else { "what a request says there is not read" };
        breaks.push((Party::Callers, why.to_owned()));
    }
    breaks
}

fn changed(both: &Both<'_>, old: &Field, new: &Field, goes: Goes) -> Breaks {
    let mut breaks = Vec::new();
    let mut callers = |why: &str| breaks.push((Party::Callers, why.to_owned()));
    let must = |field: &Field| matches!(field.need, Need::Required);
    if goes.asked && must(new) && !must(old) {
        callers("a request without it is refused");
    }
    if goes.answered && new.may_lack() && !old.may_lack() {
        callers("an answer may lack it");
    }
    if goes.answered && new.constant() != old.constant()
        || goes.asked && new.constant().is_some() && new.constant() != old.constant()
    {
        callers("it is always something else");
    }
    let is_other_type = type_name(both.old, &old.ty) != type_name(both.new, &new.ty);
    if is_other_type {
        callers("it has another type");
    }
    let meaning = |of: &Adapter, field: &Field| field.meaning.map(|id| of.meanings[id].name.clone());
    if meaning(both.old, old) != meaning(both.new, new) {
        callers("it means something else");
    }
    if is_other_type || old.may_lack() != new.may_lack() {
        breaks.push((Party::Bank, "a method of the bank's own has another type there".to_owned()));
    }
    breaks
}

fn type_name(of: &Adapter, ty: &Type) -> String {
    match ty {
        Type::Primitive(primitive) => primitive.word().to_owned(),
        Type::Payload(id) => of.payloads[*id].name.clone(),
        Type::Union(id) => of.unions[*id].name.clone(),
        Type::Enum(id) => of.enums[*id].name.clone(),
        Type::List(inner) => format!("[{}]", type_name(of, inner)),
        Type::Body => "Body".to_owned(),
    }
}

/// Something that is said of a field or a meaning.
fn of_rule(rule: &str, goes: Goes, change: &Change) -> Breaks {
    if !goes.asked {
        return Vec::new();
    }
    let why = match (rule, how(change)) {
        ("default", _) => "a request without it means something else",
        ("also" | "accepts", How::Removed) => "a name or a form that was read is not",
        ("also" | "accepts", _) => return Vec::new(),
        ("says", _) => "a broken rule is answered with another message key",
        ("raises", _) => "a broken rule is another fault",
        ("at", _) => "a broken rule is reported at another field",
        ("when" | "asked of", _) => "a rule holds for other requests",
        (_, How::Removed) => return Vec::new(),
        (_, How::Added) => "values that were taken are refused",
        ("max", How::Changed) if !is_less(change) => return Vec::new(),
        ("scale", How::Changed) if !is_less(change) => return Vec::new(),
        ("min" | "above" | "min_age", How::Changed) if is_less(change) => return Vec::new(),
        (_, How::Changed) => "values that were taken may be refused",
    };
    one(Party::Callers, why)
}

/// A union: its tag and its variants.
pub(super) fn of_union(both: &Both<'_>, name: &str, rest: &[&str], change: &Change) -> Breaks {
    let goes = goes_of(both, name);
    match (rest, how(change)) {
        (["tag"], How::Changed) => one(Party::Callers, "variants are identified by another member"),
        (["unknown"], How::Changed) if change.new.as_ref().is_some_and(|new| new.value != "echo") => {
            one(Party::Callers, "variants that are not known are refused")
        }
        (["of", _], How::Removed) if goes.asked => one(Party::Callers, "a request with the variant is refused"),
        (["of", _], How::Added) if goes.answered => {
            one(Party::Callers, "answers may have a variant that was not there")
        }
        (["of", variant, rest @ ..], _) if !rest.is_empty() => {
            let carried = |of: &'_ Adapter| -> Option<Payload> {
                let union = of.unions.iter().find(|union| union.name == name)?;
                let variant = union.variants.iter().find(|one| one.wire == *variant)?;
                Some(of.payloads[variant.payload].clone())
            };
            let (old, new) = (carried(both.old), carried(both.new));
            field(both, (old.as_ref(), new.as_ref()), goes, rest, change)
        }
        _ => Vec::new(),
    }
}

/// An enum: its names.
pub(super) fn of_enum(both: &Both<'_>, name: &str, rest: &[&str], change: &Change) -> Breaks {
    let goes = goes_of(both, name);
    match (rest, how(change)) {
        ([_], How::Removed) if goes.asked => one(Party::Callers, "a request with the value is refused"),
        ([_], How::Added) if goes.answered => one(Party::Callers, "answers may have a value that was not there"),
        ([_], How::Changed) => one(Party::Callers, "the value means something else"),
        _ => Vec::new(),
    }
}

/// Which way a named type goes: by the payloads that have it.
fn goes_of(both: &Both<'_>, name: &str) -> Goes {
    let mut goes = Goes { asked: false, answered: false };
    for of in [both.old, both.new] {
        let has = |payload: &&Payload| payload.fields.iter().any(|field| named(of, &field.ty).as_deref() == Some(name));
        for payload in of.payloads.iter().filter(has) {
            goes.asked |= payload.in_request;
            goes.answered |= payload.in_response;
        }
    }
    goes
}

fn named(of: &Adapter, ty: &Type) -> Option<String> {
    match ty {
        Type::Union(id) => Some(of.unions[*id].name.clone()),
        Type::Enum(id) => Some(of.enums[*id].name.clone()),
        Type::List(inner) => named(of, inner),
        Type::Primitive(_) | Type::Payload(_) | Type::Body => None,
    }
}
