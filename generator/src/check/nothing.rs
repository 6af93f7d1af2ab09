//! Answers without a body: a status that has no content has no payload, and nothing stands around it.

use super::Cx;
use crate::naming::pascal;
use crate::raw::{Endpoint, Text};

/// Statuses whose answers have no content.
pub(super) const NO_CONTENT: [u16; 2] = [204, 205];

/// True if the answer of an endpoint has no body, by its status.
pub(super) fn has_no_content(endpoint: &Endpoint) -> bool {
    endpoint.success.is_some_and(|(status, _)| NO_CONTENT.contains(&status))
}

/// Tells of payloads that would never be sent.
pub(super) fn check(cx: &mut Cx<'_>) {
    for (name, endpoint) in cx.definition.endpoints.iter() {
        check_endpoint(cx, name, endpoint);
    }
    let definition = cx.definition;
    let rows = definition.errors.iter().filter_map(|(name, row)| Some((name, row.status?)));
    for (name, (status, place)) in rows.filter(|(_, (status, _))| NO_CONTENT.contains(status)) {
        let text = format!("a {status} has no content, and the error `{}` is told by what it answers", name.text);
        cx.tell("no-content", place, text, "take a status of failures, such as 400");
    }
}

fn check_endpoint(cx: &mut Cx<'_>, name: &Text, endpoint: &Endpoint) {
    let Some((status, place)) = endpoint.success.filter(|_| has_no_content(endpoint)) else { return };
    let usual = pascal(&name.text) + "Response";
    let payload = endpoint.response.as_ref().map_or(usual, |said| said.text.clone());
    if endpoint.response.is_some() || cx.definition.payloads.has(&payload) {
        let text = format!("a {status} has no content, and `{}` answers `{payload}`", name.text);
        cx.tell("no-content", place, text, format!("take out `{payload}`, or answer with 200"));
    }
}
