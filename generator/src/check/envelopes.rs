//! What stands around bodies: a payload stands in one envelope; an envelope has one body slot; failures show what they have.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::model::types::Type;
use crate::raw::{Envelope, EnvelopePart, Field, Member, Text, TypeName};
use crate::report::Report;
use crate::resolve::members::{envelopes_applied_at, failures, is_body_slot_of_fields};
use crate::resolve::{
    Field as ResolvedField, Home, Meaning, Resolved, failure_fields, failure_meanings, failure_payloads, suggest,
};
use crate::source::Place;

/// A payload stands in one envelope, and only there.
pub(super) fn check_applied_envelopes(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    for (name, endpoint) in definition.endpoints.iter() {
        if let Some(named) = endpoint.envelope.as_ref().filter(|named| !definition.envelopes.has(&named.text)) {
            let near = crate::naming::near(&named.text, definition.envelopes.names());
            let help =
                near.map_or("declare it under `envelopes:`".to_owned(), |near| format!("did you mean `{near}`?"));
            report.push_new("unknown-type", named.place, format!("no envelope `{}`", named.text), help);
        }
        for (payload, applied) in envelopes_applied_at(definition, name, endpoint) {
            let Some(first) = of.applied_envelopes.get(&payload) else { continue };
            if !std::ptr::eq(first.lines, applied.lines) || first.request != applied.request {
                let text = format!("`{payload}` stands in two envelopes, one of them that of `{}`", name.text);
                let help = format!("give one endpoint a payload of its own: `{{ +: {payload} }}`");
                report.push_new("two-envelopes", name.place, text, help);
            }
        }
    }
    check_inner(of, report);
}

/// What an envelope is laid around is no part of another payload.
fn check_inner(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    let own = definition.payloads.iter().flat_map(|(_, members)| members);
    let parts = definition.envelopes.iter().map(|(_, envelope)| envelope).chain([&definition.envelope]);
    let parts = parts.flat_map(|one| [&one.request, &one.success, &one.failure]).flatten();
    let parts = parts.filter_map(|one| if let EnvelopePart::Shape(lines, _) = one { Some(lines) } else { None });
    let fields = own.chain(parts.flatten()).filter_map(Member::field);
    let inner: Vec<&Text> = fields.filter_map(|field| field.ty.as_ref()).map(TypeName::name).collect();
    for name in inner.into_iter().filter(|name| of.applied_envelopes.contains_key(&name.text)).collect::<Vec<_>>() {
        let text = format!("`{}` is a field here, and an envelope is laid around it elsewhere", name.text);
        let help = format!("give the endpoint a payload of its own: `{{ +: {} }}`", name.text);
        report.push(Diagnostic::new("two-envelopes", name.place, text).help(help));
    }
}

/// What stands around bodies is simple: one body slot, constants beside it where it is a field, and a failure that is
/// filled from the error.
pub(super) fn check_envelopes(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    check_envelope(of, &definition.envelope, report);
    for (name, envelope) in definition.envelopes.iter() {
        check_envelope(of, envelope, report);
        check_named(of, name, envelope, report);
    }
    if definition.envelope.failure.is_none() {
        report.push_new(
            "bad-envelope",
            definition.place,
            "nothing says what a failure looks like",
            "add `envelope: { failure: ... }`",
        );
    }
    for payload in definition.errors.iter().filter_map(|(_, row)| row.payload.as_ref()) {
        known_payload(of, payload, report);
    }
    check_columns(of, report);
    check_single_violations(of, report);
}

/// One violation stands in an element of a list, of which there is one for each.
fn check_single_violations(of: &Resolved<'_>, report: &mut Report) {
    let mut open: Vec<Vec<&ResolvedField<'_>>> =
        failure_payloads(of).into_iter().map(|id| of.payloads[id].fields.iter().collect()).collect();
    for failure in failures(of.raw) {
        if let EnvelopePart::Shape(lines, _) = failure {
            open.extend(of.shape(lines).map(|shape| shape.fields.iter().collect::<Vec<_>>()));
        }
    }
    let mut seen = HashSet::new();
    while let Some(fields) = open.pop() {
        for field in fields {
            if let Some(meaning) = field.meaning.map(|id| of.meaning(id)).filter(|meaning| meaning.is_of("violation")) {
                let name = &field.raw.name;
                let text = format!("`{}` is `{}`, of which there may be several", name.text, meaning.name);
                let help = "put it into a payload of which there is a list: `errors: [Mistake]`";
                report.push_new("unfilled-field", name.place, text, help);
            }
            if let Ok(Type::Payload(id)) = &field.ty
                && seen.insert(*id)
            {
                open.push(of.payloads[*id].fields.iter().collect());
            }
        }
    }
}

fn check_envelope(of: &Resolved<'_>, envelope: &Envelope, report: &mut Report) {
    for (part, what) in [(&envelope.request, "request"), (&envelope.success, "success")] {
        match part {
            Some(EnvelopePart::Shape(members, place)) => check_part(members, *place, what, report),
            Some(EnvelopePart::Payload(name)) => {
                let text = format!("the {what} is `{}` and has no hole", name.text);
                report.push_new("bad-envelope", name.place, text, "write its fields here, one of them `Body`");
            }
            None => {}
        }
    }
    match &envelope.failure {
        Some(EnvelopePart::Payload(name)) => known_payload(of, name, report),
        Some(EnvelopePart::Shape(members, place)) if members.iter().any(is_body_slot) => {
            report.push_new(
                "bad-envelope",
                *place,
                "the failure has a hole, and a failure has no body",
                "leave it out",
            );
        }
        _ => {}
    }
}

/// An envelope that endpoints name has its bodies' fields beside its own, and so has the usual one.
fn check_named(of: &Resolved<'_>, name: &Text, envelope: &Envelope, report: &mut Report) {
    let usual = &of.raw.envelope;
    let parts = [(&envelope.request, &usual.request, "request"), (&envelope.success, &usual.success, "success")];
    for (own, usual, what) in parts {
        let in_field = |part: &Option<EnvelopePart>| match part {
            Some(EnvelopePart::Shape(lines, _)) => lines.iter().filter_map(Member::field).any(is_body),
            _ => false,
        };
        if in_field(own) || own.is_some() && in_field(usual) {
            let text = format!("the {what} of `{}` and the usual one do not both have `+: Body`", name.text);
            report.push_new(
                "bad-envelope",
                name.place,
                text,
                "write `+: Body` in both, so that each endpoint has its own",
            );
        }
    }
}

fn known_payload(of: &Resolved<'_>, name: &Text, report: &mut Report) {
    if !of.raw.payloads.has(&name.text) {
        let diagnostic = Diagnostic::new("unknown-type", name.place, format!("no payload `{}`", name.text));
        report.push(diagnostic.help_if(suggest(&name.text, of.raw.payloads.names())));
    }
}

fn check_part(members: &[Member], place: Place, what: &str, report: &mut Report) {
    let body_slots = members.iter().filter(|member| is_body_slot(member)).count();
    if body_slots != 1 {
        let help = "one of its fields is `Body`, or `+: Body` puts the body's fields beside the others";
        report.push_new("bad-envelope", place, format!("the {what} has {body_slots} holes"), help);
    }
    // Beside `+: Body` stands what a payload may have; a body in a field of its own is put around by the runtime.
    let in_field = members.iter().filter_map(Member::field).any(is_body);
    for member in members.iter().filter(|member| in_field && !is_body_slot(member)) {
        let constant = member.field().is_some_and(|field| field.constant.is_some());
        let in_head = member.field().is_some_and(Field::is_in_head);
        if !constant && !in_head {
            let at = member.field().map_or(place, |field| field.name.place);
            let text = format!("the {what} has something else than constants beside a field for its body");
            report.push_new(
                "bad-envelope",
                at,
                text,
                "write `+: Body` in place of that field, or leave the others out",
            );
        }
    }
}

/// Every column that a failure shows stands in every row, and every row has a status.
fn check_columns(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    let every = definition.every_error.as_ref();
    let shown = failure_meanings(of);
    let shown: Vec<(&Meaning, Place)> = shown.iter().map(|(id, place)| (of.meaning(*id), *place)).collect();
    let own = ["code", "status", "key", "text"];
    let columns: Vec<&str> = shown
        .iter()
        .filter(|(meaning, _)| meaning.is_of("error"))
        .map(|(meaning, _)| meaning.attribute.as_str())
        .filter(|column| !own.contains(column))
        .collect();
    for (code, row) in definition.errors.iter() {
        if row.status.is_none() && every.is_none_or(|every| every.status.is_none()) {
            report.push_new(
                "missing-column",
                code.place,
                format!("`{}` has no `status`", code.text),
                "add `status: 400`, or another one",
            );
        }
        for column in &columns {
            let has = |row: &crate::raw::Row| row.columns.has(column);
            if !has(row) && !every.is_some_and(has) {
                let text = format!("`{}` has no `{column}`, and failures show it", code.text);
                report.push_new(
                    "missing-column",
                    code.place,
                    text,
                    format!("add `{column}:` to it, or to `every_error`"),
                );
            }
        }
        for (column, _) in row.columns.iter().filter(|(column, _)| !columns.contains(&column.text.as_str())) {
            let keys = ["status", "for", "says", "code"];
            let near = crate::naming::near(&column.text, keys.into_iter().chain(columns.iter().copied()));
            let help = near.map_or(format!("show it as `error.{}`, or leave it out", column.text), |near| {
                format!("did you mean `{near}`?")
            });
            report.push_new("unknown-key", column.place, format!("no failure shows a column `{}`", column.text), help);
        }
    }
    check_numbers(of, report);
    for (meaning, place) in shown {
        let of_error = meaning.home != Home::Own
            && ["error", "violations", "violation"].iter().any(|entity| meaning.is_of(entity));
        let is_id = meaning.name == "request.id";
        if !of_error && !meaning.is_echoed && !meaning.is_carried && !is_id {
            let text = format!("a failure cannot show `{}`", meaning.name);
            let carried = of.words.carried.join("`, `");
            let help = format!(
                "it has `error.*`, `violations.*`, in lists `violation.*`, `message.*`, `request.id` and what faults carry: `{carried}`"
            );
            report.push_new("unfilled-field", place, text, help);
        }
    }
}

/// A column that failures show as a number holds one in every row; it is shown as nothing else but that, or a text.
fn check_numbers(of: &Resolved<'_>, report: &mut Report) {
    let usual = ["code", "status", "key", "text"];
    for (id, place, ty) in failure_fields(of) {
        let meaning = of.meaning(id);
        let Some(Type::Primitive(primitive)) = ty.filter(|_| meaning.is_of("error")) else { continue };
        let column = meaning.attribute.as_str();
        if usual.contains(&column) || primitive.word() == "text" {
            continue;
        }
        if primitive.word() != "integer" {
            let text = format!("`error.{column}` is a text, and `{}` cannot carry it", primitive.word());
            report.push_new("type-clash", place, text, "leave the type out, or write `as integer`");
            continue;
        }
        let every = of.raw.every_error.iter().flat_map(|row| row.columns.iter());
        let rows = of.raw.errors.iter().flat_map(|(_, row)| row.columns.iter());
        for (name, value) in every.chain(rows).filter(|(name, _)| name.text == column) {
            if value.text.parse::<i64>().is_err() {
                let text = format!("the column `{}` is shown as an integer, and `{}` is none", name.text, value.text);
                report.push_new("wrong-value", value.place, text, "write a number, such as `\"60200\"`");
            }
        }
    }
}

/// A field for the body, or `+: Body`.
fn is_body_slot(member: &Member) -> bool {
    is_body_slot_of_fields(member) || member.field().is_some_and(is_body)
}

fn is_body(field: &Field) -> bool {
    field.ty.as_ref().is_some_and(|ty| ty.name().text == "Body")
}
