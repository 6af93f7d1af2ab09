//! The lines of payloads: `+` filled in, and which envelope lays its own lines around which bodies with `+: Body`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::suggestions;
use crate::diagnostic::Diagnostic;
use crate::naming::pascal;
use crate::raw::{Definition, Endpoint, EnvelopePart, Field, Member, Text};
use crate::report::Report;

/// An envelope that is applied to a payload: its lines come around those of the payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppliedEnvelope<'a> {
    /// The envelope's lines.
    pub lines: &'a [Member],
    /// The payload is that of a request.
    pub request: bool,
}

/// The envelopes that are applied to payloads, by the payloads' names.
pub(crate) type AppliedEnvelopes<'a> = HashMap<String, AppliedEnvelope<'a>>;

/// An envelope's parts, those of the usual one where it has none.
pub(crate) struct Parts<'a> {
    pub request: Option<&'a EnvelopePart>,
    pub success: Option<&'a EnvelopePart>,
    pub failure: Option<&'a EnvelopePart>,
}

/// How deep `+` may stand in `+`; more is reported by the check of sizes.
const DEEPEST: usize = 16;

/// Looks at every endpoint's envelope. Payloads that are there only because an envelope is laid around nothing come
/// beside, in the order of the endpoints.
pub(crate) fn applied_envelopes(definition: &Definition) -> (AppliedEnvelopes<'_>, Vec<String>) {
    let (mut all, mut empty) = (AppliedEnvelopes::new(), Vec::new());
    for (name, endpoint) in definition.endpoints.iter() {
        for (payload, applied) in envelopes_applied_at(definition, name, endpoint) {
            if let Entry::Vacant(free) = all.entry(payload) {
                empty.extend((!definition.payloads.has(free.key())).then(|| free.key().clone()));
                free.insert(applied);
            }
        }
    }
    (all, empty)
}

/// The envelopes that are applied to the bodies of an endpoint.
pub(crate) fn envelopes_applied_at<'a>(
    definition: &'a Definition,
    name: &Text,
    endpoint: &'a Endpoint,
) -> Vec<(String, AppliedEnvelope<'a>)> {
    let parts = parts(definition, endpoint);
    let mut all = Vec::new();
    for (part, body, request) in
        [(parts.request, request_name(name, endpoint), true), (parts.success, response_name(name, endpoint), false)]
    {
        let Some(EnvelopePart::Shape(lines, _)) = part.filter(|_| request || !endpoint.has_no_content()) else {
            continue;
        };
        if lines.iter().any(is_body_slot_of_fields) || lines.iter().any(is_in_head) {
            all.push((body, AppliedEnvelope { lines, request }));
        }
    }
    all
}

/// What an endpoint's request is called, whether it is there or not.
pub(crate) fn request_name(name: &Text, endpoint: &Endpoint) -> String {
    endpoint.request.as_ref().map_or_else(|| pascal(&name.text) + "Request", |own| own.text.clone())
}

/// What an endpoint's response is called.
pub(crate) fn response_name(name: &Text, endpoint: &Endpoint) -> String {
    endpoint.response.as_ref().map_or_else(|| pascal(&name.text) + "Response", |own| own.text.clone())
}

/// The parts of an endpoint's envelope.
pub(crate) fn parts<'a>(definition: &'a Definition, endpoint: &Endpoint) -> Parts<'a> {
    let usual = &definition.envelope;
    let named = endpoint.envelope.as_ref().and_then(|name| definition.envelopes.get(&name.text)).unwrap_or(usual);
    Parts {
        request: named.request.as_ref().or(usual.request.as_ref()),
        success: named.success.as_ref().or(usual.success.as_ref()),
        failure: named.failure.as_ref().or(usual.failure.as_ref()),
    }
}

/// `+: Body`
pub(crate) fn is_body_slot_of_fields(member: &Member) -> bool {
    matches!(member, Member::Include(names) if names.iter().any(|name| name.text == "Body"))
}

/// True for an envelope with a field for its body.
pub(crate) fn has_field_for_body(lines: &[Member]) -> bool {
    lines.iter().filter_map(Member::field).any(|field| field.ty.as_ref().is_some_and(|ty| ty.name().text == "Body"))
}

/// A field that stands in a header or in the query.
pub(crate) fn is_in_head(member: &Member) -> bool {
    member.field().is_some_and(Field::is_in_head)
}

/// A line, and a field of another payload that `+` brought.
pub(crate) fn expand<'a>(definition: &'a Definition, members: &'a [Member], report: &mut Report) -> Vec<&'a Member> {
    let mut lines = Vec::new();
    expand_into(definition, members, 0, report, &mut lines);
    lines
}

fn expand_into<'a>(
    definition: &'a Definition,
    members: &'a [Member],
    depth: usize,
    report: &mut Report,
    lines: &mut Vec<&'a Member>,
) {
    for member in members {
        let Member::Include(names) = member else {
            lines.push(member);
            continue;
        };
        for name in names.iter().filter(|name| name.text != "Body") {
            match definition.payloads.get(&name.text) {
                Some(inside) if depth < DEEPEST => expand_into(definition, inside, depth + 1, report, lines),
                Some(_) => {}
                None => {
                    let diagnostic = Diagnostic::new("unknown-type", name.place, format!("no payload `{}`", name.text));
                    report.push(diagnostic.help_if(suggestions::suggest(&name.text, definition.payloads.names())));
                }
            }
        }
    }
}

/// The lines of a payload with `+` filled in, and what an envelope lays around them.
pub(crate) fn lines_of<'a>(
    definition: &'a Definition,
    applied_envelopes: &AppliedEnvelopes<'a>,
    name: &str,
    report: &mut Report,
) -> Vec<&'a Member> {
    let of = |name: &str, report: &mut Report| {
        let members = definition.payloads.get(name);
        members.map(|members| expand(definition, members, report)).unwrap_or_default()
    };
    let Some(applied) = applied_envelopes.get(name) else { return of(name, report) };
    let mut lines = Vec::new();
    // Beside a field for the body, what stands in headers is part of the body's payload all the same.
    if !applied.lines.iter().any(is_body_slot_of_fields) {
        return applied.lines.iter().filter(|line| is_in_head(line)).chain(of(name, report)).collect();
    }
    for member in applied.lines {
        match member {
            Member::Include(names) if is_body_slot_of_fields(member) => {
                for part in names {
                    lines.extend(of(if part.text == "Body" { name } else { &part.text }, report));
                }
            }
            _ => lines.extend(expand(definition, std::slice::from_ref(member), report)),
        }
    }
    lines
}

/// The lines of all envelopes.
pub(crate) fn envelope_lines(definition: &Definition) -> Vec<&[Member]> {
    let all = definition.envelopes.iter().map(|(_, envelope)| envelope).chain([&definition.envelope]);
    let parts = all.flat_map(|one| [&one.request, &one.success, &one.failure]).flatten();
    parts
        .filter_map(|part| if let EnvelopePart::Shape(lines, _) = part { Some(lines.as_slice()) } else { None })
        .collect()
}

/// What failures are reported with: those of all envelopes.
pub(crate) fn failures(definition: &Definition) -> Vec<&EnvelopePart> {
    let named = definition.envelopes.iter().map(|(_, envelope)| envelope);
    [&definition.envelope].into_iter().chain(named).filter_map(|envelope| envelope.failure.as_ref()).collect()
}
