//! What must hold of a payload before it is expanded.

use std::collections::BTreeSet;

use super::ast::{Field, Payload, Role};
use crate::report::Report;

/// The JSON forms that `accepts` knows.
const FORMS: [&str; 8] = ["number", "text", "single", "blanks", "separators", "plus", "lines", "controls"];

/// Notes whatever is wrong.
pub fn payload(payload: &Payload, report: &mut Report) {
    names(payload, report);
    envelope(payload, report);
    rest(payload, report);
    whole(payload, report);
    for field in &payload.fields {
        meanings(payload, field, report);
        accepted(field, report);
        places(payload, field, report);
        head(payload, field, report);
        if field.nested && payload.from.is_none() {
            report.mistake(&field.name, "`nested` needs `#[payload(from = ...)]` on the struct");
        }
    }
}

fn names(payload: &Payload, report: &mut Report) {
    let mut seen = BTreeSet::new();
    let members = payload.fields.iter().filter(|field| !matches!(field.role, Role::Rest));
    for (field, name) in
        members.flat_map(|field| std::iter::once(&field.wire).chain(&field.also).map(move |name| (field, name)))
    {
        if !seen.insert(name) {
            report.mistake(&field.name, format!("another field is called `{name}` on the wire"));
        }
    }
}

fn envelope(payload: &Payload, report: &mut Report) {
    let mut body_slots = payload.fields.iter().filter(|field| matches!(field.role, Role::Body));
    let first = body_slots.next();
    for other in body_slots {
        report.mistake(&other.name, "an envelope has one hole");
    }
    match (payload.generics.type_params().next(), first) {
        (Some(parameter), None) => {
            report.mistake(&parameter.ident, "an envelope has a field for its body: `#[payload(body)]`");
        }
        (None, Some(body_slot)) => {
            report.mistake(&body_slot.name, "the body's type is a parameter of the envelope: `struct Name<B>`")
        }
        _ => {}
    }
}

fn rest(payload: &Payload, report: &mut Report) {
    let rest = payload.fields.iter().find(|field| matches!(field.role, Role::Rest));
    match (payload.echoes_unknown, rest) {
        (Some(span), None) => {
            let what = "what is kept needs a place: a last field `#[payload(rest)] rest: Rest`";
            report.error(syn::Error::new(span, what));
        }
        (None, Some(field)) => {
            report.mistake(&field.name, "only `#[payload(unknown = echo)]` keeps what the payload does not know")
        }
        _ => {}
    }
}

/// One field may be all of the body, and then no other is sent back as it came.
fn whole(payload: &Payload, report: &mut Report) {
    let mut wholes = payload.fields.iter().filter(|field| field.whole);
    let first = wholes.next();
    for other in wholes {
        report.mistake(&other.name, "another field is all of the body");
    }
    if let Some(field) = first.filter(|field| !matches!(field.role, Role::Member) || payload.echoes_unknown.is_some()) {
        report.mistake(&field.name, "what is all of a body is a member, and nothing else is in it");
    }
}

fn meanings(payload: &Payload, field: &Field, report: &mut Report) {
    let Some(is) = field.is.as_ref().filter(|is| !is.name.contains('.')) else { return };
    let entity = payload.from.or(payload.into);
    match entity {
        Some(entity) if entity.others.is_none() && !entity.fields.contains(&is.name.as_str()) => {
            let known = entity.fields.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let what = format!("a `{}` has no `{}`; it has {known}", entity.name, is.name);
            report.error(syn::Error::new(is.span, what));
        }
        None if payload.means.is_none() => {
            let what = format!("say the whole meaning, such as `user.{}`, or `means` on the struct", is.name);
            report.error(syn::Error::new(is.span, what));
        }
        _ => {}
    }
}

fn accepted(field: &Field, report: &mut Report) {
    for form in field.accepts.iter().filter(|form| !FORMS.contains(&form.name.as_str())) {
        let known = FORMS.map(|form| format!("`{form}`")).join(", ");
        let what = format!("the form `{}` is not known; there are {known}", form.name);
        report.error(syn::Error::new(form.span, what));
    }
    let exact = field.is.as_ref().is_some_and(|is| matches!(is.name.rsplit('.').next(), Some("username" | "password")));
    for form in field.accepts.iter().filter(|form| exact && ["blanks", "separators"].contains(&form.name.as_str())) {
        let what = "user names and passwords are read letter by letter";
        report.error(syn::Error::new(form.span, what));
    }
}

/// What stands in a head is a field of the request or the answer itself, and no body slot.
fn head(payload: &Payload, field: &Field, report: &mut Report) {
    let Some(head) = &field.head else { return };
    if !["header", "query"].contains(&head.name.as_str()) {
        let what =
            format!("a field stands in its `header`, in its `query` or is its `body`, and not in `{}`", head.name);
        report.error(syn::Error::new(head.span, what));
    }
    if matches!(field.role, Role::Body | Role::Rest) || payload.generics.type_params().next().is_some() {
        report.error(syn::Error::new(head.span, "what stands beside a body is a field of the payload in it"));
    }
}

fn places(payload: &Payload, field: &Field, report: &mut Report) {
    let known = |name: &str| payload.fields.iter().any(|other| other.name == name);
    for at in field.thens.iter().filter_map(|then| then.at.as_ref()).filter(|at| !known(&at.to_string())) {
        report.mistake(at, format!("`{}` has no field `{at}`", payload.name));
    }
    for sibling in field.conditional.iter().map(|other| &other.sibling).filter(|sibling| !known(&sibling.name)) {
        let what = format!("`{}` has no field `{}`", payload.name, sibling.name);
        report.error(syn::Error::new(sibling.span, what));
    }
}
