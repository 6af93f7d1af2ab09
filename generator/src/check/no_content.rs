//! Answers without a body: a status that has no content has no payload, and nothing stands around it.

use crate::raw::NO_CONTENT;
use crate::report::Report;
use crate::resolve::members::response_name;
use crate::resolve::{Endpoint, Resolved};

/// Reports payloads that would never be sent.
pub(super) fn check_no_content(of: &Resolved<'_>, report: &mut Report) {
    of.endpoints.iter().for_each(|endpoint| check_endpoint(of, endpoint, report));
    let rows = of.raw.errors.iter().filter_map(|(name, row)| Some((name, row.status?)));
    for (name, (status, place)) in rows.filter(|(_, (status, _))| NO_CONTENT.contains(status)) {
        let text = format!("a {status} has no content, and the error `{}` is described by what it answers", name.text);
        report.push_new("no-content", place, text, "take a status of failures, such as 400");
    }
}

fn check_endpoint(of: &Resolved<'_>, endpoint: &Endpoint<'_>, report: &mut Report) {
    let (name, raw) = (endpoint.name, endpoint.raw);
    let Some((status, place)) = raw.success.filter(|_| raw.has_no_content()) else { return };
    let payload = response_name(name, raw);
    let fields = of.fields(&payload);
    let heads_alone = !fields.is_empty() && fields.iter().all(|field| field.raw.is_in_head());
    if !heads_alone && (raw.response.is_some() || of.raw.payloads.has(&payload)) {
        let text = format!("a {status} has no content, and `{}` answers `{payload}`", name.text);
        report.push_new("no-content", place, text, format!("take out `{payload}`, or answer with 200"));
    }
}
