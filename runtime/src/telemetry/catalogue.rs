//! Every metric there is, with its kind, its labels and its description: the one list that descriptions, buckets and the
//! tests of the documents, the dashboard and the alerts are made from. Labels are names of the definition, of the runtime,
//! of ports and of countries, never other values of a request.

use Kind::{Counter, Gauge, Histogram};

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only ever more.
    Counter,
    /// What is so now.
    Gauge,
    /// How long something took, in seconds: `_bucket`, `_sum` and `_count`.
    Histogram,
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it counts.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// Its description, for people.
    pub about: &'static str,
}

/// The upper bounds of what requests, hooks and the store take, in seconds.
pub(super) const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

const fn metric(name: &'static str, kind: Kind, labels: &'static [&'static str], about: &'static str) -> Metric {
    Metric { name, kind, labels, about }
}

/// All of them.
pub const METRICS: &[Metric] = &[
    metric("countersign_build_info", Gauge, &["adapter", "api", "version", "definition"], "1, with what was built."),
    metric("countersign_ready", Gauge, &[], "1 while the adapter wants requests, as /health/ready says it."),
    metric("countersign_requests_total", Counter, &["endpoint", "status"], "Requests that were answered."),
    metric(
        "countersign_request_duration_seconds",
        Histogram,
        &["endpoint", "status"],
        "How long requests took, from their head to their answer.",
    ),
    metric("countersign_faults_total", Counter, &["endpoint", "fault"], "Faults that were answered."),
    metric("countersign_hook_calls_total", Counter, &["hook", "outcome"], "Calls of hooks, also those not made."),
    metric("countersign_hook_duration_seconds", Histogram, &["hook"], "How long calls of hooks took."),
    metric("countersign_hook_slots_taken", Gauge, &["pool"], "Slots that calls of hooks have."),
    metric("countersign_hook_blocked_threads", Gauge, &["hook"], "Threads that calls hold past their deadline."),
    metric("countersign_hook_breaker_open", Gauge, &["hook"], "1 while a hook's circuit breaker is open or half-open."),
    metric(
        "countersign_store_duration_seconds",
        Histogram,
        &["operation", "outcome"],
        "How long reads and commits of the store took.",
    ),
    metric(
        "countersign_store_synchronous",
        Gauge,
        &[],
        "1 while commits of the store wait for a standby, 0 while they do not.",
    ),
    metric("countersign_hash_duration_seconds", Histogram, &[], "How long password hashes took."),
    metric("countersign_hash_wait_seconds", Histogram, &[], "How long password hashes waited for others."),
    metric("countersign_hashes_pending", Gauge, &[], "Password hashes that wait or are being made."),
    metric(
        "countersign_hashes_refused_total",
        Counter,
        &[],
        "Password hashes that were not made, since too many waited.",
    ),
    metric(
        "countersign_codes_sent_total",
        Counter,
        &["country", "outcome"],
        "Codes that were handed to the gateway, by the number's country and what became of them.",
    ),
    metric(
        "countersign_codes_settled_total",
        Counter,
        &["country", "outcome"],
        "Codes that were sent and whose time is over: used or not.",
    ),
    metric(
        "countersign_sms_conversion_low_total",
        Counter,
        &["country"],
        "Times that few of the latest codes sent to a country were used.",
    ),
    metric("countersign_budget_bytes", Gauge, &[], "Memory that all requests together may take, in bytes."),
    metric("countersign_budget_held_bytes", Gauge, &[], "Memory that all requests together take, in bytes."),
    metric(
        "countersign_over_budget_total",
        Counter,
        &[],
        "Times that a request was refused, since all together took as much memory as they may.",
    ),
    metric("countersign_connections", Gauge, &["port"], "Connections that are open."),
    metric("countersign_connections_limit", Gauge, &["port"], "Connections that may be open."),
    metric(
        "countersign_connections_evicted_total",
        Counter,
        &["port", "reason"],
        "Connections that were closed to make room for others.",
    ),
    metric(
        "countersign_connections_refused_total",
        Counter,
        &["port"],
        "Connections of sources that had their share already, or that may not connect without TLS.",
    ),
    metric("countersign_tls_handshakes_total", Counter, &["port", "outcome"], "TLS handshakes."),
    metric(
        "countersign_tls_certificate_expires_timestamp_seconds",
        Gauge,
        &[],
        "When the certificate of new connections expires, in seconds since 1970.",
    ),
    metric("countersign_tls_exchanges_total", Counter, &["outcome"], "Times that certificates were exchanged, or not."),
    metric(
        "countersign_events_total",
        Counter,
        &["event", "outcome"],
        "Entries of the audit log, by event and outcome.",
    ),
    metric(
        "countersign_otlp_exports_total",
        Counter,
        &["signal", "outcome"],
        "Times that traces or metrics were sent to the OpenTelemetry collector.",
    ),
    metric(
        "countersign_otlp_spans_left_out_total",
        Counter,
        &[],
        "Spans that were not sent, since there was no room or the collector did not take them.",
    ),
    metric("process_start_time_seconds", Gauge, &[], "When the process began, in seconds since 1970."),
    metric("process_resident_memory_bytes", Gauge, &[], "Memory that the process has, in bytes."),
    metric("process_open_fds", Gauge, &[], "Files and sockets that the process has open."),
    metric("process_max_fds", Gauge, &[], "Files and sockets that the process may have open."),
];
