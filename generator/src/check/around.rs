//! Which envelope stands around which bodies, and what `+: Body` makes of the payloads in it: their fields stand beside
//! those of the envelope, in one payload.

use std::collections::HashMap;

use super::Cx;
use super::nothing::has_no_content;
use crate::diagnostic::Diagnostic;
use crate::naming::pascal;
use crate::raw::{Around, Definition, Endpoint, Member, Text, TypeName};

/// What an envelope lays around a payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Laid<'a> {
    /// The envelope's lines.
    lines: &'a [Member],
    /// It is asked, not answered.
    request: bool,
}

/// The payloads that have something laid around them, by name.
pub(crate) type AllLaid<'a> = HashMap<String, Laid<'a>>;

/// An envelope's parts, those of the usual one where it has none.
pub(crate) struct Parts<'a> {
    pub request: Option<&'a Around>,
    pub success: Option<&'a Around>,
    pub failure: Option<&'a Around>,
}

/// Looks at every endpoint's envelope.
pub(crate) fn laid<'a>(definition: &'a Definition) -> AllLaid<'a> {
    let mut all = AllLaid::new();
    for (name, endpoint) in definition.endpoints.iter() {
        for (payload, laid) in laid_at(definition, name, endpoint) {
            all.entry(payload).or_insert(laid);
        }
    }
    all
}

fn laid_at<'a>(definition: &'a Definition, name: &Text, endpoint: &'a Endpoint) -> Vec<(String, Laid<'a>)> {
    let parts = parts(definition, endpoint);
    let mut all = Vec::new();
    for (around, said, part, request) in
        [(parts.request, &endpoint.request, "Request", true), (parts.success, &endpoint.response, "Response", false)]
    {
        let Some(Around::Shape(lines, _)) = around.filter(|_| request || !has_no_content(endpoint)) else { continue };
        if lines.iter().any(is_hole_of_fields) {
            let payload = said.as_ref().map_or_else(|| pascal(&name.text) + part, |said| said.text.clone());
            all.push((payload, Laid { lines, request }));
        }
    }
    all
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
pub(crate) fn is_hole_of_fields(member: &Member) -> bool {
    matches!(member, Member::Include(names) if names.iter().any(|name| name.text == "Body"))
}

impl<'a> Cx<'a> {
    /// The lines of a payload with `+` filled in, and what an envelope lays around them.
    pub fn expand(&self, name: &str) -> Vec<&'a Member> {
        let own = || self.own_lines(name);
        let Some(laid) = self.laid.get(name) else { return own() };
        let mut lines = Vec::new();
        for member in laid.lines {
            match member {
                Member::Include(names) if is_hole_of_fields(member) => {
                    for part in names {
                        lines.extend(if part.text == "Body" { own() } else { self.own_lines(&part.text) });
                    }
                }
                _ => lines.extend(self.expand_members(std::slice::from_ref(member), 0)),
            }
        }
        lines
    }

    /// The lines of a payload with `+` filled in, without an envelope.
    fn own_lines(&self, name: &str) -> Vec<&'a Member> {
        let members = self.definition.payloads.get(name);
        members.map(|members| self.expand_members(members, 0)).unwrap_or_default()
    }

    /// True for a payload that is there, if only because an envelope is laid around nothing.
    pub fn has_payload(&self, name: &str) -> bool {
        self.definition.payloads.has(name) || self.laid.contains_key(name)
    }

    /// Payloads that are there only because an envelope is laid around nothing, in the order of the endpoints.
    pub fn empty_bodies(&self) -> Vec<String> {
        let definition = self.definition;
        let mut all: Vec<String> = Vec::new();
        for (name, endpoint) in definition.endpoints.iter() {
            for (payload, _) in laid_at(definition, name, endpoint) {
                if !definition.payloads.has(&payload) && !all.contains(&payload) {
                    all.push(payload);
                }
            }
        }
        all
    }

    /// A payload stands in one envelope, and only there.
    pub(super) fn check_laid(&mut self) {
        let definition = self.definition;
        for (name, endpoint) in definition.endpoints.iter() {
            if let Some(named) = endpoint.envelope.as_ref().filter(|named| !definition.envelopes.has(&named.text)) {
                let near = crate::naming::near(&named.text, definition.envelopes.names());
                let help =
                    near.map_or("declare it under `envelopes:`".to_owned(), |near| format!("did you mean `{near}`?"));
                self.tell("unknown-type", named.place, format!("no envelope `{}`", named.text), help);
            }
            for (payload, laid) in laid_at(definition, name, endpoint) {
                let Some(first) = self.laid.get(&payload) else { continue };
                if !std::ptr::eq(first.lines, laid.lines) || first.request != laid.request {
                    let text = format!("`{payload}` stands in two envelopes, one of them that of `{}`", name.text);
                    let help = format!("give one endpoint a payload of its own: `{{ +: {payload} }}`");
                    self.tell("two-envelopes", name.place, text, help);
                }
            }
        }
        self.check_inner();
    }

    /// What an envelope is laid around is no part of another payload.
    fn check_inner(&mut self) {
        let definition = self.definition;
        let own = definition.payloads.iter().flat_map(|(_, members)| members);
        let around = definition.envelopes.iter().map(|(_, envelope)| envelope).chain([&definition.envelope]);
        let around = around.flat_map(|one| [&one.request, &one.success, &one.failure]).flatten();
        let around = around.filter_map(|one| if let Around::Shape(lines, _) = one { Some(lines) } else { None });
        let fields = own.chain(around.flatten()).filter_map(Member::field);
        let inner: Vec<&Text> = fields.filter_map(|field| field.ty.as_ref()).map(TypeName::name).collect();
        for name in inner.into_iter().filter(|name| self.laid.contains_key(&name.text)).collect::<Vec<_>>() {
            let text = format!("`{}` is a field here, and an envelope is laid around it elsewhere", name.text);
            let help = format!("give the endpoint a payload of its own: `{{ +: {} }}`", name.text);
            self.push(Diagnostic::new("two-envelopes", name.place, text).help(help));
        }
    }
}
