//! What a value looks like in Rust where it comes from and where it is taken, and the conversions of the one into the
//! other. The table is whole: what has no conversion cannot get there, and that is a mistake of the definition rather
//! than of rustc.

use crate::arena::Id;
use crate::language::primitive::{Family, JSON, Primitive, TEXT};
use crate::model::{self, Type};
use crate::plan::{Conversion, Lack, Presence, Source, Value};
use crate::resolve::{Meaning, Resolved};
use crate::vocabulary::Natural;

/// What a value looks like in Rust.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// A primitive type; all that anybody may see as text are one.
    Plain(Primitive),
    /// The key of a message, as the runtime holds it.
    Key,
    /// A closed set of the runtime.
    Set(String),
    /// A thing of the runtime.
    Entity(String),
    /// What definitions declare.
    Enum(Id<model::Enum>),
    Payload(Id<model::Payload>),
    Union(Id<model::Union>),
    List(Box<Form>),
    /// The body slot of an envelope.
    Body,
}

impl Form {
    /// The form of a wire type.
    pub fn of_type(ty: &Type) -> Form {
        match ty {
            Type::Primitive(one) => Form::plain(*one),
            Type::Enum(id) => Form::Enum(*id),
            Type::Payload(id) => Form::Payload(*id),
            Type::Union(id) => Form::Union(*id),
            Type::List(inner) => Form::List(Box::new(Form::of_type(inner))),
            Type::Body => Form::Body,
        }
    }

    /// The form that the runtime has of a meaning.
    pub fn of_meaning(meaning: &Meaning) -> Form {
        if let Some(shape) = &meaning.shape {
            return Form::of_type(shape);
        }
        match (&meaning.natural, &meaning.set) {
            (Natural::Primitive(one), _) => Form::plain(*one),
            (Natural::Key, _) => Form::Key,
            (Natural::OneOf(_), Some(set)) => Form::Set(set.clone()),
            (Natural::OneOf(_), None) => Form::plain(TEXT),
            (Natural::Entity(entity), _) => Form::Entity(entity.clone()),
            (Natural::List(inner), _) => Form::List(Box::new(match Primitive::parse(inner) {
                Some(one) => Form::plain(one),
                None => Form::Entity(inner.clone()),
            })),
        }
    }

    /// The form in which hooks of the bank's own have a meaning.
    pub fn of_hook(meaning: &Meaning) -> Form {
        match Form::of_meaning(meaning) {
            Form::Key => Form::plain(TEXT),
            other => other,
        }
    }

    /// The form in which codes bind and keep a meaning.
    pub fn of_bound(meaning: &Meaning) -> Form {
        match Form::of_meaning(meaning) {
            Form::Plain(one) if one.row().in_codes() => Form::Plain(one),
            _ => Form::plain(TEXT),
        }
    }

    fn plain(one: Primitive) -> Form {
        match one.row().family {
            Family::Text => Form::Plain(TEXT),
            Family::Secret => Form::Plain(crate::language::primitive::SECRET),
            _ => Form::Plain(one),
        }
    }

    /// The form of an available value.
    pub fn of_value(of: &Resolved<'_>, value: &Value) -> Form {
        let meaning = of.meaning(value.meaning);
        match (&value.source, value.presence) {
            (Source::Request { .. }, _) => Form::of_type(&value.ty),
            (Source::Session | Source::Caller, _) => Form::plain(TEXT),
            (Source::InElements { .. } | Source::Conditional { .. }, _)
                if !meaning.is_gathered && !is_read_from_text(meaning) =>
            {
                Form::plain(TEXT)
            }
            (Source::Step { bound: true, .. }, _) if !meaning.is_gathered => Form::of_bound(meaning),
            (Source::Step { .. }, Presence::Maybe(Lack::Fact)) => Form::plain(TEXT),
            (Source::Step { hook: true, .. }, _) => Form::of_hook(meaning),
            _ => Form::of_meaning(meaning),
        }
    }
}

/// True for what is looked for in a request as a text, and read again as what it is.
pub(crate) fn is_read_from_text(meaning: &Meaning) -> bool {
    meaning.shape.is_none() && matches!(&meaning.natural, Natural::Primitive(one) if one.row().in_codes())
}

/// What makes the one form of the other; none if nothing does.
pub(super) fn conversion(of: &Resolved<'_>, from: &Form, to: &Form) -> Option<Conversion> {
    if from == to {
        return Some(Conversion::Keep);
    }
    let text = |form: &Form| matches!(form, Form::Plain(one) if one.is_text());
    match (from, to) {
        (from, Form::Plain(to)) if text(from) && to.is_secret() => Some(Conversion::Into),
        (Form::Plain(one), to) if text(to) && one.row().has_display() => Some(Conversion::Text),
        // The day of a moment, and a phone as a number.
        (Form::Plain(from), Form::Plain(to)) if *from == "time" && *to == "date" => Some(Conversion::Into),
        (Form::Plain(from), Form::Plain(to)) if *from == "phone" && *to == "integer" => Some(Conversion::Into),
        (Form::Plain(from), to) if *from == "phone" && text(to) => Some(Conversion::Exposed),
        (Form::Key, to) if text(to) => Some(Conversion::Into),
        (Form::Enum(id), Form::Set(set)) if shows(of, *id, set) => {
            of.enums[*id].members.iter().all(|member| member.shows.is_some()).then_some(Conversion::Into)
        }
        (Form::Set(set), Form::Enum(id)) if shows(of, *id, set) => Some(Conversion::Into),
        (Form::Set(set), Form::Plain(to)) if *to == "boolean" && set == "Outcome" => Some(Conversion::Passed),
        (Form::Enum(_), to) if text(to) => Some(Conversion::Text),
        (from, Form::Enum(id)) if text(from) && of.enums[*id].shows.is_none() => Some(Conversion::Member),
        (Form::List(from), Form::List(to)) => conversion_of_elements(of, from, to),
        // A form is read and written as a payload of the definition's own.
        (Form::Payload(_), Form::Entity(_)) | (Form::Entity(_), Form::Payload(_)) => Some(Conversion::Keep),
        _ => None,
    }
}

fn conversion_of_elements(of: &Resolved<'_>, from: &Form, to: &Form) -> Option<Conversion> {
    match (from, to) {
        (Form::Payload(id), Form::Entity(entity)) | (Form::Entity(entity), Form::Payload(id)) => {
            (of.payloads[*id].entity.as_ref() == Some(entity)).then_some(Conversion::IntoEach)
        }
        (Form::Union(_), Form::Entity(_)) | (Form::Entity(_), Form::Union(_)) => Some(Conversion::IntoEach),
        (Form::Enum(id), Form::Set(set)) | (Form::Set(set), Form::Enum(id)) if shows(of, *id, set) => {
            Some(Conversion::IntoEach)
        }
        _ => None,
    }
}

fn shows(of: &Resolved<'_>, id: Id<model::Enum>, set: &str) -> bool {
    of.enums[id].shows.as_deref() == Some(set)
}

/// How a meaning looks where nothing else is said of it; things have no type on the wire.
pub(super) fn natural_type(meaning: &Meaning) -> Type {
    if let Some(shape) = &meaning.shape {
        return shape.clone();
    }
    match &meaning.natural {
        Natural::Primitive(primitive) => Type::Primitive(*primitive),
        Natural::Key | Natural::OneOf(_) => Type::Primitive(TEXT),
        Natural::Entity(_) => Type::Primitive(JSON),
        Natural::List(inner) => Type::List(Box::new(Type::Primitive(Primitive::parse(inner).unwrap_or(JSON)))),
    }
}
