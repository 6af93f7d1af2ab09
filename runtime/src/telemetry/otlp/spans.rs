//! What a request, a call of a hook and the store did, as spans. Attributes are names of the definition, of the settings and of
//! the runtime, and the request's id; no other value of a request is ever one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

use super::super::Trace;
use super::convert::{number, text};
use super::{RequestSpan, sender};
use crate::request_scope::RequestScope;

/// The place in a trace below which work is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TraceParent {
    trace: u128,
    span: u64,
}

/// The place of a request below which its calls of hooks and of the store are told, if they are.
pub(crate) fn parent_of(trace: &Trace) -> Option<TraceParent> {
    is_told(trace).then_some(TraceParent { trace: trace.trace, span: trace.span })
}

/// Tells of a request that was answered.
pub(crate) fn request_served(of: RequestSpan<'_>) {
    let RequestSpan { trace, endpoint, id, caller, status, fault, took } = of;
    if !is_told(trace) {
        return;
    }
    let mut attributes = vec![
        text("countersign.endpoint", endpoint),
        text("countersign.request_id", id),
        number("http.response.status_code", i64::from(status)),
    ];
    attributes.extend(fault.map(|fault| text("countersign.fault", fault)));
    attributes.extend(caller.map(|caller| text("countersign.caller", caller)));
    sender::tell(Span {
        span_id: trace.span.to_be_bytes().to_vec(),
        parent_span_id: trace.parent.map(|parent| parent.to_be_bytes().to_vec()).unwrap_or_default(),
        trace_state: trace.state_header().unwrap_or_default().to_owned(),
        attributes,
        ..span(trace.trace, endpoint, SpanKind::Server, took, status >= 500)
    });
}

/// Tells of a call of a hook within a request.
pub(crate) fn hook_called(hook: &'static str, outcome: &'static str, took: Duration) {
    let attributes = [text("countersign.hook", hook), text("countersign.outcome", outcome)];
    within(hook.to_owned(), attributes, took, outcome != "answered");
}

/// Tells of what the store was asked within a request.
pub(crate) fn store_asked(operation: &'static str, outcome: &'static str, took: Duration) {
    let attributes = [text("countersign.store.operation", operation), text("countersign.outcome", outcome)];
    within(format!("store {operation}"), attributes, took, outcome == "failed");
}

fn within(name: String, attributes: [KeyValue; 2], took: Duration, failed: bool) {
    let Some(parent) = RequestScope::ask(|parent: &TraceParent| *parent) else { return };
    sender::tell(Span {
        parent_span_id: parent.span.to_be_bytes().to_vec(),
        attributes: attributes.to_vec(),
        ..span(parent.trace, &name, SpanKind::Client, took, failed)
    });
}

/// Whoever calls says whether a trace is recorded; one that begins here is.
fn is_told(trace: &Trace) -> bool {
    sender::is_exporting() && trace.is_sampled()
}

/// A span that ends now.
fn span(trace: u128, name: &str, kind: SpanKind, took: Duration, failed: bool) -> Span {
    let ended = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let status = failed.then(|| Status { code: StatusCode::Error.into(), ..Status::default() });
    Span {
        trace_id: trace.to_be_bytes().to_vec(),
        span_id: (rand::random::<u64>() | 1).to_be_bytes().to_vec(),
        name: name.to_owned(),
        kind: kind.into(),
        start_time_unix_nano: nanos(ended.saturating_sub(took)),
        end_time_unix_nano: nanos(ended),
        status,
        ..Span::default()
    }
}

/// Good until the year 2554.
pub(super) fn nanos(since_1970: Duration) -> u64 {
    u64::try_from(since_1970.as_nanos()).unwrap_or(u64::MAX)
}
