//! The placement of fields in headers, queries and paths: values that fit there, in requests and answers that have such
//! a place, and by names that nothing else has.

use std::collections::HashSet;

use crate::arena::Id;
use crate::diagnostic::Diagnostic;
use crate::language::primitive::Family;
use crate::model::{self, Type};
use crate::raw::{EnvelopePart, Member, Placement};
use crate::report::Report;
use crate::resolve::{Endpoint, Field, Payload, Resolved, failure_payloads};

/// Headers that belong to the protocol, or that say who calls.
const TAKEN: [&str; 16] = [
    "accept-language",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];

/// Asks every field that says its placement.
pub(super) fn check_placement(of: &Resolved<'_>, report: &mut Report) {
    let mut tops: HashSet<Id<model::Payload>> = HashSet::new();
    for endpoint in &of.endpoints {
        tops.extend(endpoint.request.into_iter().chain(endpoint.response));
        endpoint.request.into_iter().for_each(|id| in_path(endpoint, &of.payloads[id], report));
        endpoint.request.into_iter().for_each(|id| whole_request(endpoint, &of.payloads[id], report));
        let asked = endpoint.request.map(|id| of.reached_from(id)).unwrap_or_default();
        for id in asked {
            without_texts(&of.payloads[id], "a request", report);
            no_elements(&of.payloads[id], report);
        }
        endpoint.response.into_iter().for_each(|id| of_answer(&of.payloads[id], report));
    }
    for id in failure_payloads(of) {
        tops.insert(id);
        let shown = of.reached_from(id).into_iter();
        shown.for_each(|id| without_texts(&of.payloads[id], "a failure", report));
        of_answer(&of.payloads[id], report);
    }
    for (id, payload) in of.payloads.pairs() {
        payload.fields.iter().for_each(|field| value(field, report));
        payload.fields.iter().for_each(|field| one_line(of, field, report));
        if !tops.contains(&id) {
            inner(of, id, payload, report);
        }
    }
    for shape in of.shapes() {
        shape.fields.iter().for_each(|field| value(field, report));
        shape.fields.iter().for_each(|field| one_line(of, field, report));
    }
    beside_body_slot(of, report);
}

/// A value that a header or a query can hold, under a name that it can have.
fn value(field: &Field<'_>, report: &mut Report) {
    let Some((placement, place)) = field.raw.placement.filter(|_| !field.raw.is_whole_body()) else { return };
    let name = &field.raw.name;
    let is_list = matches!(&field.ty, Ok(Type::List(_)));
    let fits = match &field.ty {
        Ok(Type::List(inner)) => placement != Placement::Path && is_single(inner),
        Ok(ty) => is_single(ty),
        Err(_) => true,
    };
    if !fits {
        let text = format!(
            "`{}` cannot stand there: it is {}",
            name.text,
            if is_list { "a list of things" } else { "no single value" }
        );
        report.push_new(
            "bad-place",
            place,
            text,
            "a header, a query and a path hold single values; put it into the body",
        );
    }
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if placement == Placement::Header && !name.text.bytes().all(token) {
        let text = format!("`{}` is no name of a header", name.text);
        report.push_new("bad-place", name.place, text, "write letters, digits, `-` and `_`, such as `X-Request-ID`");
    }
    if placement == Placement::Header && TAKEN.contains(&name.text.to_ascii_lowercase().as_str()) {
        let text = format!("the header `{}` is read and written by the adapter itself", name.text);
        report.push_new(
            "bad-place",
            name.place,
            text,
            "take the field out; `callers`, `wire` and the language say what it holds",
        );
    }
    if placement == Placement::Query && !field.raw.also.is_empty() && is_list {
        report.push_new(
            "bad-place",
            place,
            format!("the list `{}` has several names in a query", name.text),
            "take out `also`",
        );
    }
}

/// A header is one line: what the definition itself writes there has no other signs.
fn one_line(of: &Resolved<'_>, field: &Field<'_>, report: &mut Report) {
    if field.raw.placement.is_none_or(|(placement, _)| placement != Placement::Header) {
        return;
    }
    let said = [&field.raw.constant, &field.raw.default].into_iter().flatten();
    let said = said.filter_map(|node| Some((node.as_text()?, node.place)));
    let key = field.raw.text.iter();
    let texts = key.flat_map(|key| of.raw.messages.iter().filter_map(|(_, texts)| texts.entry(&key.text)));
    // The break at the end of a text is left out.
    let texts = texts.map(|(_, text)| (text.text.strip_suffix('\n').unwrap_or(&text.text), text.place));
    for (text, place) in said.chain(texts) {
        if let Some(sign) = text.chars().find(|sign| sign.is_ascii_control() && *sign != '\t') {
            let name = &field.raw.name.text;
            let what = format!("there is a `{}` in what the header `{name}` says", sign.escape_debug());
            report.push_new("bad-place", place, what, "write it in one line, without control characters");
        }
    }
}

fn is_single(ty: &Type) -> bool {
    match ty {
        Type::Primitive(one) => !matches!(one.row().family, Family::Json | Family::Never),
        Type::Enum(_) => true,
        Type::Payload(_) | Type::Union(_) | Type::List(_) | Type::Body => false,
    }
}

/// What says that it stands in the path is one of the names in its braces, and nothing in the head is.
fn in_path(endpoint: &Endpoint<'_>, payload: &Payload<'_>, report: &mut Report) {
    let Some(route) = &endpoint.raw.route else { return };
    for name in payload.fields.iter().map(|field| &field.raw.name.text) {
        if route.text.matches(&format!("{{{name}}}")).count() > 1 {
            let text =
                format!("the path of `{}` has `{{{name}}}` twice, and a field has one value", endpoint.name.text);
            report.push_new("bad-route", route.place, text, "give one of them another name, and a field of that name");
        }
    }
    for field in &payload.fields {
        let (Some((placement, place)), name) = (field.raw.placement, &field.raw.name.text) else { continue };
        let is_there = route.text.contains(&format!("{{{name}}}"));
        if placement == Placement::Path && !is_there {
            let text = format!(
                "`{name}` is said to stand in the path, and the route of `{}` does not have it",
                endpoint.name.text
            );
            let help = format!("write `{{{name}}}` into the route, or take out `in: path`");
            report.push(Diagnostic::new("bad-place", place, text).also(route.place, "the route").help(help));
        }
        if field.raw.is_in_head() && is_there {
            let text = format!("`{name}` stands in the path of `{}` already", endpoint.name.text);
            report.push_new("bad-place", place, text, "take out `in`, or the name out of the route");
        }
    }
}

/// A text is filled with what an endpoint has in the end; a failure has its texts in its row.
fn without_texts(payload: &Payload<'_>, what: &str, report: &mut Report) {
    for (field, key) in payload.fields.iter().filter_map(|field| Some((field, field.raw.text.as_ref()?))) {
        let text = format!("`{}` of `{}` has a text, and is part of {what}", field.raw.name.text, payload.name);
        report.push_new(
            "wrong-value",
            key.place,
            text,
            "only what an endpoint answers is filled so; an error shows `error.text` or a column",
        );
    }
}

/// Of a request that is one field, the others stand in its head and its path, and no envelope has a field around it.
fn whole_request(endpoint: &Endpoint<'_>, payload: &Payload<'_>, report: &mut Report) {
    let route = endpoint.raw.route.as_ref().map(|route| route.text.as_str()).unwrap_or_default();
    whole_body(payload, |name| route.contains(&format!("{{{name}}}")), report);
    for field in payload.fields.iter().filter(|field| field.raw.is_whole_body()) {
        let (Some((_, place)), name) = (field.raw.placement, &field.raw.name.text) else { continue };
        if let Some(slot) = endpoint.body_slot {
            let text = format!("`{name}` cannot be all of the body: the envelope has `{slot}` around it");
            report.push_new("bad-place", place, text, "take out `in: body`, or give the endpoint another envelope");
        }
        if field.raw.optional || field.raw.default.is_some() {
            let text = format!("`{name}` is all of the body, and there always is one");
            report.push_new("bad-place", place, text, "take out `optional` and `default`, or `in: body`");
        }
    }
}

/// Beside a field that is all of the body nothing stands in it.
fn whole_body(payload: &Payload<'_>, is_in_path: impl Fn(&str) -> bool, report: &mut Report) {
    let mut wholes = payload.fields.iter().filter(|field| field.raw.is_whole_body());
    let Some(whole) = wholes.next() else { return };
    let stands_elsewhere =
        |field: &&Field<'_>| field.raw.is_in_head() || is_in_path(&field.raw.name.text) && !field.raw.is_whole_body();
    let name = &whole.raw.name.text;
    let others = payload.fields.iter().filter(|field| field.raw.name.place != whole.raw.name.place);
    for other in others.filter(|field| !stands_elsewhere(field)) {
        let text = format!("`{name}` is all of the body, and `{}` would stand in it, too", other.raw.name.text);
        let help = "say `in: header` on the other, or take out `in: body`";
        report.push(
            Diagnostic::new("bad-place", other.raw.name.place, text).also(whole.raw.place, "it is all").help(help),
        );
    }
}

/// What is asked with has no list whose elements are different things.
fn no_elements(payload: &Payload<'_>, report: &mut Report) {
    let Some(first) = payload.fields.first().filter(|_| payload.as_list) else { return };
    let text = format!("`{}` is a list of different things, and is part of a request", payload.name);
    report.push_new("wrong-value", first.raw.name.place, text, "only answers have one; read a list of a union");
}

/// Answers have headers and no query.
fn of_answer(payload: &Payload<'_>, report: &mut Report) {
    whole_body(payload, |_| false, report);
    for field in &payload.fields {
        if let Some((placement @ (Placement::Query | Placement::Path), place)) = field.raw.placement {
            let what = if placement == Placement::Query { "query" } else { "path" };
            let text = format!("`{}` is part of an answer, which has no {what}", field.raw.name.text);
            report.push_new("bad-place", place, text, "say `in: header`, or take out `in`");
        }
    }
}

/// What is part of a body has no head.
fn inner(of: &Resolved<'_>, id: Id<model::Payload>, payload: &Payload<'_>, report: &mut Report) {
    let named = payload.fields.iter().find_map(|field| Some((field, field.raw.placement?.1)));
    let Some((field, place)) = named.filter(|_| is_part(of, id)) else { return };
    let text =
        format!("`{}` is part of a body, and `{}` of it cannot stand elsewhere", payload.name, field.raw.name.text);
    let help = "put the field into the request or the answer itself, or into the envelope";
    report.push_new("bad-place", place, text, help);
}

fn is_part(of: &Resolved<'_>, id: Id<model::Payload>) -> bool {
    let holds = |ty: &Type| match ty {
        Type::Payload(inner) => *inner == id,
        Type::List(inner) => matches!(&**inner, Type::Payload(inner) if *inner == id),
        _ => false,
    };
    let fields = of.payloads.iter().flat_map(|payload| &payload.fields).filter_map(|field| field.ty.as_ref().ok());
    let in_unions = of.unions.iter().flat_map(|union| &union.variants).any(|variant| variant.payload == Ok(id));
    in_unions || fields.into_iter().any(holds)
}

/// The usual envelope may have headers beside a field for its body; those of an endpoint have `+: Body`.
fn beside_body_slot(of: &Resolved<'_>, report: &mut Report) {
    for (part, what) in [(&of.raw.envelope.success, "success"), (&of.raw.envelope.failure, "failure")] {
        let Some(EnvelopePart::Shape(lines, _)) = part else { continue };
        for field in lines.iter().filter_map(Member::field) {
            if let Some((Placement::Query | Placement::Path | Placement::Body, place)) = field.placement {
                let text = format!("`{}` is part of a {what}, which has headers alone", field.name.text);
                report.push_new("bad-place", place, text, "say `in: header`, or take out `in`");
            }
        }
    }
}
