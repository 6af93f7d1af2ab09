//! Payloads, unions and enums of the model.

use super::internal_error::{InternalError, required};
use crate::arena::Id;
use crate::model::{self, Need, Placement, Type};
use crate::naming;
use crate::raw::{self, Discriminator, Text};
use crate::resolve::rules::{self, Subject};
use crate::resolve::{Enum, Field, Means, Payload, Reached, Resolved, Then, Union};
use crate::vocabulary::Natural;

/// A payload that endpoints may reach.
pub(super) fn payload(
    of: &Resolved<'_>,
    id: Id<model::Payload>,
    payload: &Payload<'_>,
    reached: &Reached,
) -> Result<model::Payload, InternalError> {
    let mut made = shape(of, &payload.name, payload)?;
    made.fields.iter_mut().filter(|field| is_in_path(of, id, field)).for_each(read_from_text);
    let in_request = reached.requests.payloads.contains(&id);
    let in_response = reached.responses.payloads.contains(&id);
    let (echo_unknown, as_list) = (payload.echo_unknown, payload.as_list);
    Ok(model::Payload { echo_unknown, as_list, in_request, in_response, ..made })
}

/// A payload as such, under a name.
pub(super) fn shape(of: &Resolved<'_>, name: &str, payload: &Payload<'_>) -> Result<model::Payload, InternalError> {
    let fields = payload.fields.iter().map(|one| field(of, one)).collect::<Result<_, _>>()?;
    let then = payload.then.iter().map(|one| then(of, one)).collect::<Result<Vec<_>, _>>()?;
    Ok(model::Payload {
        name: name.to_owned(),
        entity: payload.entity.clone(),
        fields,
        then: then.into_iter().flatten().collect(),
        echo_unknown: false,
        as_list: false,
        in_request: false,
        in_response: false,
    })
}

fn field(of: &Resolved<'_>, field: &Field<'_>) -> Result<model::Field, InternalError> {
    let raw = field.raw;
    let conditional = match &field.means {
        Means::Conditional(all) => all
            .iter()
            .map(|one| Ok((one.meaning?, one.sibling.text.clone(), one.value.text.clone())))
            .collect::<Result<_, InternalError>>()?,
        Means::Always(meaning) => meaning.map(|_| Vec::new())?,
        Means::Nothing => Vec::new(),
    };
    let texts = |all: &[Text]| all.iter().map(|one| one.text.clone()).collect();
    Ok(model::Field {
        wire: raw.name.text.clone(),
        rust: field.rust.clone(),
        meaning: field.meaning,
        conditional,
        ty: field.ty.clone()?,
        format: raw.format.as_ref().map(|format| format.text.clone()),
        need: need(raw),
        also: texts(&raw.also),
        accepts: accepts(of, field),
        placement: placement(raw),
        rules: rules::of(raw, &field.rules, subject(of, field), &of.raw.validation)?,
        trace: of.sources.trace(raw.name.place),
    })
}

/// What is read in other forms. Registration numbers are pasted with blanks and hidden signs, whoever reads them; HTML
/// has lines.
fn accepts(of: &Resolved<'_>, field: &Field<'_>) -> Vec<String> {
    let mut all: Vec<String> = field.raw.accepts.iter().map(|kind| kind.text.clone()).collect();
    let is_number = field.meaning.is_some_and(|id| of.meaning(id).name == "user.registration_number");
    let is_html = matches!(&field.ty, Ok(Type::Primitive(primitive)) if *primitive == *"html");
    // What stands in a head comes as text, and one of a list stands alone.
    let is_list = field.raw.is_in_head() && matches!(&field.ty, Ok(Type::List(_)));
    let is_typed = field.raw.is_in_head() && field.ty.as_ref().is_ok_and(is_read_from_text);
    let usual = [("blanks", is_number), ("lines", is_html), ("text", is_typed), ("single", is_list)];
    for (form, is_usual) in usual {
        if is_usual && !all.iter().any(|kind| kind == form) {
            all.push(form.to_owned());
        }
    }
    all
}

/// True for a field that the route of an endpoint has in its path.
fn is_in_path(of: &Resolved<'_>, payload: Id<model::Payload>, field: &model::Field) -> bool {
    let parameter = format!("{{{}}}", field.wire);
    let mut asked = of.endpoints.iter().filter(|endpoint| endpoint.request == Some(payload));
    asked.any(|endpoint| endpoint.raw.route.as_ref().is_some_and(|route| route.text.contains(&parameter)))
}

/// What stands in a path comes as text, as what stands in a head does.
fn read_from_text(field: &mut model::Field) {
    if is_read_from_text(&field.ty) && !field.accepts.iter().any(|form| form == "text") {
        field.accepts.push("text".to_owned());
    }
}

/// True for what JSON has types of its own for.
fn is_read_from_text(ty: &Type) -> bool {
    match ty {
        Type::Primitive(one) => ["boolean", "integer", "decimal"].contains(&one.word()),
        Type::List(inner) => is_read_from_text(inner),
        _ => false,
    }
}

fn placement(field: &raw::Field) -> Placement {
    match field.placement {
        Some((raw::Placement::Query, _)) => Placement::Query,
        Some((raw::Placement::Header, _)) => Placement::Header,
        Some((raw::Placement::Body, _)) => Placement::WholeBody,
        Some((raw::Placement::Path, _)) | None => Placement::Body,
    }
}

/// What a field is to its rules.
fn subject(of: &Resolved<'_>, field: &Field<'_>) -> Subject {
    let is_text = |ty: &Type| match ty {
        Type::Primitive(primitive) => primitive.is_text() || matches!(primitive.word(), "map" | "pairs"),
        _ => false,
    };
    Subject {
        required: rules::is_required(field.raw),
        is_text: match &field.ty {
            Ok(Type::List(inner)) => is_text(inner),
            Ok(ty) => is_text(ty),
            Err(_) => false,
        },
        in_message: field.meaning.is_some_and(|id| of.meaning(id).is_in_message),
    }
}

fn need(field: &raw::Field) -> Need {
    match (&field.constant, &field.default) {
        (Some(always), _) => Need::Constant { always: always.to_json(), optional: field.optional },
        (None, Some(default)) => Need::Default(default.to_json()),
        (None, None) if field.optional => Need::Optional,
        (None, None) => Need::Required,
    }
}

fn then(of: &Resolved<'_>, then: &Then<'_>) -> Result<Option<model::Then>, InternalError> {
    let (raw, meaning) = (then.raw, then.meaning?);
    let operations = &of.declarations.operations;
    let is = of.meaning(meaning);
    let is_text = matches!(&is.natural, Natural::Primitive(primitive) if primitive.is_text());
    let on = Subject { required: !raw.optional, is_text, in_message: is.is_in_message };
    let made = rules::of(raw, &then.rules, on, &of.raw.validation)?;
    let when = match &then.when {
        Some((meaning, value)) => Some(((*meaning)?, value.text.clone())),
        None => None,
    };
    Ok((!made.is_empty()).then(|| model::Then {
        after: then.after,
        meaning,
        at: raw.at.as_ref().map(|at| at.text.clone()),
        if_needed: operations.iter().any(|operation| operation.needs.iter().any(|need| need.id == Ok(meaning))),
        when,
        rules: made,
        trace: of.sources.trace(raw.name.place),
    }))
}

/// A union.
pub(super) fn union(id: Id<model::Union>, union: &Union<'_>, reached: &Reached) -> Result<model::Union, InternalError> {
    let named: Vec<(&str, Option<&str>)> =
        union.variants.iter().map(|variant| (variant.name.text.as_str(), None)).collect();
    let variants = union.variants.iter().zip(naming::distinct(&named, naming::pascal));
    Ok(model::Union {
        name: union.name.text.clone(),
        tag: required(union.raw.tag.as_ref(), "the tag of a union")?.text.clone(),
        echo_unknown: union.raw.echo_unknown,
        entity: union.entity.clone(),
        variants: variants
            .map(|(variant, rust)| {
                Ok(model::Variant { wire: variant.name.text.clone(), rust, payload: variant.payload? })
            })
            .collect::<Result<_, InternalError>>()?,
        is_reached: reached.requests.unions.contains(&id) || reached.responses.unions.contains(&id),
    })
}

/// An enum.
pub(super) fn enumeration(id: Id<model::Enum>, one: &Enum<'_>, reached: &Reached) -> model::Enum {
    let member = |(member, rust): (&raw::EnumMember, &String)| model::Member {
        wire: member.name.text.clone(),
        rust: rust.clone(),
        number: member.number,
        shows: member.shows.as_ref().map(|shows| shows.text.clone()),
        also: member.also.iter().map(|also| also.text.clone()).collect(),
    };
    model::Enum {
        name: one.name.text.clone(),
        shows: one.shows.clone(),
        members: one.members.iter().zip(&one.rust).map(member).collect(),
        is_reached: reached.requests.enums.contains(&id) || reached.responses.enums.contains(&id),
    }
}

/// How an endpoint is distinguished from others at its route.
pub(super) fn when(
    of: &Resolved<'_>,
    when: &Discriminator,
    request: Option<Id<model::Payload>>,
) -> Result<model::Discriminator, InternalError> {
    let (field, value) = match when {
        Discriminator::Has(fields) => {
            return Ok(model::Discriminator::Has(fields.iter().map(|field| field.text.clone()).collect()));
        }
        Discriminator::Is(field, value) => (field, value),
    };
    let mut fields = request.map_or(&[][..], |request| &of.payloads[request].fields).iter();
    let found = fields.find(|one| one.raw.name.text == field.text);
    let ty = found.map(|field| field.ty.clone()).transpose()?;
    let of = if let Some(Type::Enum(id)) = ty { Some(id) } else { None };
    Ok(model::Discriminator::Is { field: field.text.clone(), of, value: value.text.clone() })
}
