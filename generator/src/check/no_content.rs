//! Answers without a body: a status that has no content has no payload, and nothing stands around it.

use crate::raw::NO_CONTENT;
use crate::report::Report;
use crate::resolve::members::response_name;
use crate::resolve::{Endpoint, Resolved, failure_payloads};
use crate::source::Place;

/// Reports payloads that would never be sent.
pub(super) fn check_no_content(of: &Resolved<'_>, report: &mut Report) {
    of.endpoints.iter().for_each(|endpoint| check_endpoint(of, endpoint, report));
    let every = of.raw.every_error.iter().filter_map(|row| Some(("every_error", row.status?)));
    let rows = of.raw.errors.iter().filter_map(|(name, row)| Some((name.text.as_str(), row.status?)));
    rows.chain(every).for_each(|(name, (status, place))| check_failure(of, name, status, place, report));
}

/// A failure is described by its body, and is the end of what was asked.
fn check_failure(of: &Resolved<'_>, name: &str, status: u16, place: Place, report: &mut Report) {
    let help = "take a status of failures, such as 400";
    if NO_CONTENT.contains(&status) {
        let text = format!("a {status} has no content, and the error `{name}` is described by what it answers");
        report.push_new("no-content", place, text, help);
    } else if (300..400).contains(&status) && !says_where(of) {
        let text = format!("a {status} sends the caller elsewhere, and the error `{name}` has no header `Location`");
        report.push_new("wrong-value", place, text, help);
    }
}

/// True if failures have the header that a redirection needs.
fn says_where(of: &Resolved<'_>) -> bool {
    let payloads = failure_payloads(of).into_iter().map(|id| &of.payloads[id]).chain(of.shapes());
    let mut fields = payloads.flat_map(|payload| &payload.fields);
    fields.any(|field| field.raw.is_in_head() && field.raw.name.text.eq_ignore_ascii_case("location"))
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
