//! The metrics of this process, for Prometheus. What each is called stands in the catalogue; here they are counted.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::catalogue::{BUCKETS, Kind, METRICS};
use super::handles::{self, Handles};
use super::process;

/// How often durations are added up where nobody asks for them.
const MAINTENANCE: Duration = Duration::from_secs(5);

/// The metrics of this process.
#[derive(Clone)]
pub struct MetricsExporter(PrometheusHandle);

impl MetricsExporter {
    /// The process's metrics; the first call begins to count.
    pub fn of_process() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        MetricsExporter(HANDLE.get_or_init(begin).clone())
    }

    /// The metrics as Prometheus reads them.
    pub fn text(&self) -> String {
        process::read();
        self.0.run_upkeep();
        self.0.render()
    }
}

fn begin() -> PrometheusHandle {
    process::begin();
    // There are buckets, which is all that it asks for.
    let builder = PrometheusBuilder::new().set_buckets(BUCKETS).unwrap_or_default();
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    // A bank that nests the adapter may have a recorder of its own; then that one counts.
    if metrics::set_global_recorder(recorder).is_ok() {
        describe();
        begin_at_zero();
        maintain(handle.clone());
    }
    handles::begin();
    handle
}

fn describe() {
    for metric in METRICS {
        match metric.kind {
            Kind::Counter => metrics::describe_counter!(metric.name, metric.about),
            Kind::Gauge => metrics::describe_gauge!(metric.name, metric.about),
            Kind::Histogram => metrics::describe_histogram!(metric.name, metric.about),
        }
    }
}

/// Lets counters that alerts watch begin at zero: a query for how much one grew sees nothing of the event with which it
/// first appears.
fn begin_at_zero() {
    for metric in METRICS.iter().filter(|metric| metric.kind == Kind::Counter && metric.labels.is_empty()) {
        counter!(metric.name).increment(0);
    }
    for outcome in ["succeeded", "failed"] {
        counter!("countersign_tls_exchanges_total", "outcome" => outcome).increment(0);
    }
}

/// Without this, durations would be kept one by one for as long as nobody asks for them.
fn maintain(handle: PrometheusHandle) {
    let maintenance = move || {
        loop {
            std::thread::sleep(MAINTENANCE);
            handle.run_upkeep();
        }
    };
    if let Err(error) = std::thread::Builder::new().name("metrics".to_owned()).spawn(maintenance) {
        tracing::warn!(%error, "durations are added up only when somebody asks for the metrics");
    }
}

/// Sets what was built.
pub(crate) fn built(adapter: &'static str, api: &'static str, version: &'static str, definition: &str) {
    let definition = definition.to_owned();
    gauge!("countersign_build_info", "adapter" => adapter, "api" => api, "version" => version, "definition" => definition)
        .set(1.0);
}

/// Sets whether the adapter wants requests.
pub(crate) fn ready(is_ready: bool) {
    gauge!("countersign_ready").set(truth(is_ready));
}

/// Counts an answer.
pub(crate) fn answered(endpoint: &'static str, status: u16, fault: Option<&'static str>, took: Duration) {
    static ANSWERS: Handles<(&str, u16), (Counter, Histogram)> = Handles::none();
    static FAULTS: Handles<(&str, &str), Counter> = Handles::none();
    let make = |(endpoint, status): &(&'static str, u16)| {
        let status = status.to_string();
        let total = counter!("countersign_requests_total", "endpoint" => *endpoint, "status" => status.clone());
        let durations = histogram!("countersign_request_duration_seconds", "endpoint" => *endpoint, "status" => status);
        (total, durations)
    };
    ANSWERS.with((endpoint, status), make, |(total, durations)| {
        total.increment(1);
        durations.record(took);
    });
    if let Some(fault) = fault {
        let make = |(endpoint, fault): &(&'static str, &'static str)| counter!("countersign_faults_total", "endpoint" => *endpoint, "fault" => *fault);
        FAULTS.with((endpoint, fault), make, |total| total.increment(1));
    }
}

/// Counts how a hook's call ended.
pub(crate) fn hook_outcome(hook: &'static str, outcome: &'static str) {
    static CALLS: Handles<(&str, &str), Counter> = Handles::none();
    let make = |(hook, outcome): &(&'static str, &'static str)| counter!("countersign_hook_calls_total", "hook" => *hook, "outcome" => *outcome);
    CALLS.with((hook, outcome), make, |total| total.increment(1));
}

/// Notes how long a hook's call took, to its answer or its deadline.
pub(crate) fn hook_took(hook: &'static str, took: Duration) {
    static DURATIONS: Handles<&str, Histogram> = Handles::none();
    let make = |hook: &&'static str| histogram!("countersign_hook_duration_seconds", "hook" => *hook);
    DURATIONS.with(hook, make, |durations| durations.record(took));
}

/// Notes how long the store took.
pub(crate) fn store_took(operation: &'static str, outcome: &'static str, took: Duration) {
    static DURATIONS: Handles<(&str, &str), Histogram> = Handles::none();
    let make = |(operation, outcome): &(&'static str, &'static str)| histogram!("countersign_store_duration_seconds", "operation" => *operation, "outcome" => *outcome);
    DURATIONS.with((operation, outcome), make, |durations| durations.record(took));
}

/// Sets whether commits of the store wait for a standby.
#[cfg(feature = "postgres")]
pub(crate) fn store_synchronous(is_so: bool) {
    gauge!("countersign_store_synchronous").set(truth(is_so));
}

/// Counts an export to the collector.
#[cfg(feature = "otlp")]
pub(crate) fn exported(signal: &'static str, succeeded: bool) {
    let outcome = if succeeded { "succeeded" } else { "failed" };
    counter!("countersign_otlp_exports_total", "signal" => signal, "outcome" => outcome).increment(1);
}

/// Counts spans that had no room or that the collector did not take.
#[cfg(feature = "otlp")]
pub(crate) fn spans_left_out(spans: u64) {
    counter!("countersign_otlp_spans_left_out_total").increment(spans);
}

/// Notes how long a hash waited, and how many wait or are being made.
pub(crate) fn hash_waited(waited: Duration) {
    histogram!("countersign_hash_wait_seconds").record(waited);
}

/// Notes how long a hash took.
pub(crate) fn hash_took(took: Duration) {
    histogram!("countersign_hash_duration_seconds").record(took);
}

/// Counts a hash that waits or is being made (1), or is done with (-1).
pub(crate) fn hash_pending(change: f64) {
    gauge!("countersign_hashes_pending").increment(change);
}

/// Counts a hash that was not made because too many were waiting.
pub(crate) fn hash_refused() {
    counter!("countersign_hashes_refused_total").increment(1);
}

/// Counts a code for the gateway.
pub(crate) fn code_sent(country: &'static str, outcome: &'static str) {
    static SENT: Handles<(&str, &str), Counter> = Handles::none();
    let make = |(country, outcome): &(&'static str, &'static str)| {
        counter!("countersign_sms_conversion_low_total", "country" => *country).increment(0);
        counter!("countersign_codes_sent_total", "country" => *country, "outcome" => *outcome)
    };
    SENT.with((country, outcome), make, |total| total.increment(1));
}

/// Counts a code that was sent and whose time is over.
pub(crate) fn code_settled(country: &'static str, was_used: bool) {
    let outcome = if was_used { "used" } else { "unused" };
    counter!("countersign_codes_settled_total", "country" => country, "outcome" => outcome).increment(1);
}

/// Counts that few of the codes that are sent to a country are used.
pub(crate) fn low_conversion(country: &'static str) {
    counter!("countersign_sms_conversion_low_total", "country" => country).increment(1);
}

/// Counts a request that was refused because all together took as much memory as they may.
pub(crate) fn over_budget() {
    counter!("countersign_over_budget_total").increment(1);
}

/// Sets how much memory all requests together take, of how much.
pub(crate) fn budget(held: usize, limit: usize) {
    gauge!("countersign_budget_held_bytes").set(held as f64);
    gauge!("countersign_budget_bytes").set(limit as f64);
}

/// Sets how many connections are open on a port, of how many.
pub(crate) fn connections(port: &'static str, open: usize, limit: usize) {
    gauge!("countersign_connections", "port" => port).set(open as f64);
    gauge!("countersign_connections_limit", "port" => port).set(limit as f64);
}

/// Counts a connection that was closed to make room.
pub(crate) fn connection_evicted(port: &'static str, why: &'static str) {
    counter!("countersign_connections_evicted_total", "port" => port, "reason" => why).increment(1);
}

/// Counts a connection of a source that had its share, or that may not connect without TLS.
pub(crate) fn connection_refused(port: &'static str) {
    counter!("countersign_connections_refused_total", "port" => port).increment(1);
}

/// Counts how a TLS handshake ended.
#[cfg(feature = "tls")]
pub(crate) fn handshake(port: &'static str, outcome: &'static str) {
    counter!("countersign_tls_handshakes_total", "port" => port, "outcome" => outcome).increment(1);
}

/// Sets when the certificate expires, in seconds since 1970.
pub(crate) fn certificate_expires(at: u64) {
    gauge!("countersign_tls_certificate_expires_timestamp_seconds").set(at as f64);
}

/// Counts that certificates were exchanged, or that new ones could not be used.
pub(crate) fn certificates_exchanged(outcome: &'static str) {
    counter!("countersign_tls_exchanges_total", "outcome" => outcome).increment(1);
}

/// Counts a slot that is taken (1) or free again (-1).
pub(crate) fn hook_slot(pool: &'static str, change: f64) {
    static SLOTS: Handles<&str, Gauge> = Handles::none();
    let make = |pool: &&'static str| gauge!("countersign_hook_slots_taken", "pool" => *pool);
    SLOTS.with(pool, make, |taken| taken.increment(change));
}

/// Sets how many threads a hook's calls hold past their deadline.
pub(crate) fn hook_blocked(hook: &'static str, threads: usize) {
    gauge!("countersign_hook_blocked_threads", "hook" => hook).set(threads as f64);
}

/// Sets whether a hook's circuit breaker lets calls through.
pub(crate) fn hook_breaker(hook: &'static str, open: bool) {
    gauge!("countersign_hook_breaker_open", "hook" => hook).set(truth(open));
}

/// Counts entries of the audit log, each by its event and its outcome: codes issued, sent and attempted, passwords, limits, consents.
pub(crate) fn audited(records: &[(&'static str, &'static str)]) {
    static EVENTS: Handles<(&str, &str), Counter> = Handles::none();
    let make = |(event, outcome): &(&'static str, &'static str)| counter!("countersign_events_total", "event" => *event, "outcome" => *outcome);
    for record in records {
        EVENTS.with(*record, make, |total| total.increment(1));
    }
}

fn truth(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}
