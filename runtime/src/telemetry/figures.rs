//! Counters for Prometheus. Labels are names of the definition and of the runtime, never values of a request.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::store::{AuditEvent, AuditOutcome};

/// The counters of this process.
#[derive(Clone)]
pub struct Figures(PrometheusHandle);

impl Figures {
    /// The process's counters; the first call begins to count.
    pub fn of_process() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            // A bank that nests the adapter may have a recorder of its own; then that one counts.
            if metrics::set_global_recorder(recorder).is_ok() {
                describe();
            }
            handle
        });
        Figures(handle.clone())
    }

    /// The counters as Prometheus reads them.
    pub fn text(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn describe() {
    metrics::describe_counter!("countersign_requests_total", "Requests that were answered, by endpoint and status.");
    metrics::describe_counter!("countersign_faults_total", "Faults that were answered, by endpoint and name.");
    metrics::describe_counter!("countersign_hook_calls_total", "Calls of hooks, by hook and outcome.");
    metrics::describe_gauge!("countersign_hook_slots_taken", "Slots that calls of hooks have, by pool.");
    metrics::describe_gauge!(
        "countersign_hook_blocked_threads",
        "Threads that calls hold past their deadline, by hook."
    );
    metrics::describe_gauge!("countersign_hook_breaker_open", "1 while a hook's circuit breaker is open or half-open.");
    metrics::describe_counter!(
        "countersign_sms_conversion_low_total",
        "Times that few of the latest codes sent to a country were used."
    );
    metrics::describe_counter!(
        "countersign_hashes_refused_total",
        "Password hashes that were not made because too many were waiting."
    );
    metrics::describe_counter!(
        "countersign_over_budget_total",
        "Times that a request was refused because all requests together took as much memory as they may."
    );
    metrics::describe_gauge!("countersign_budget_bytes", "Memory that all requests together may take, in bytes.");
    metrics::describe_gauge!("countersign_budget_held_bytes", "Memory that all requests together take, in bytes.");
    metrics::describe_gauge!("countersign_connections", "Connections that are open, by port.");
    metrics::describe_counter!(
        "countersign_connections_evicted_total",
        "Connections that were closed to make room for others, by port and reason."
    );
    metrics::describe_counter!(
        "countersign_connections_refused_total",
        "Connections of sources that had their share already, by port."
    );
    metrics::describe_counter!("countersign_tls_handshakes_total", "TLS handshakes, by port and outcome.");
    metrics::describe_gauge!(
        "countersign_tls_certificate_expires_timestamp_seconds",
        "When the certificate of new connections expires, in seconds since 1970."
    );
    metrics::describe_counter!("countersign_events_total", "What the audit was told, by event and outcome.");
}

/// Counts an answer.
pub(crate) fn answered(endpoint: &'static str, status: u16, fault: Option<&'static str>) {
    metrics::counter!("countersign_requests_total", "endpoint" => endpoint, "status" => status.to_string())
        .increment(1);
    if let Some(fault) = fault {
        metrics::counter!("countersign_faults_total", "endpoint" => endpoint, "fault" => fault).increment(1);
    }
}

/// Counts how a hook's call ended.
pub(crate) fn hook_outcome(hook: &'static str, outcome: &'static str) {
    metrics::counter!("countersign_hook_calls_total", "hook" => hook, "outcome" => outcome).increment(1);
}

/// Counts a hash that was not made because too many were waiting.
pub(crate) fn hash_refused() {
    metrics::counter!("countersign_hashes_refused_total").increment(1);
}

/// Counts a request that was refused because all together took as much memory as they may.
pub(crate) fn over_budget() {
    metrics::counter!("countersign_over_budget_total").increment(1);
}

/// Tells how much memory all requests together take, of how much.
pub(crate) fn budget(held: usize, limit: usize) {
    metrics::gauge!("countersign_budget_held_bytes").set(held as f64);
    metrics::gauge!("countersign_budget_bytes").set(limit as f64);
}

/// Tells how many connections are open on a port.
pub(crate) fn connections(port: &'static str, open: usize) {
    metrics::gauge!("countersign_connections", "port" => port).set(open as f64);
}

/// Counts a connection that was closed to make room.
pub(crate) fn connection_evicted(port: &'static str, why: &'static str) {
    metrics::counter!("countersign_connections_evicted_total", "port" => port, "reason" => why).increment(1);
}

/// Counts a connection of a source that had its share.
pub(crate) fn connection_refused(port: &'static str) {
    metrics::counter!("countersign_connections_refused_total", "port" => port).increment(1);
}

/// Counts how a TLS handshake ended.
#[cfg(feature = "tls")]
pub(crate) fn handshake(port: &'static str, outcome: &'static str) {
    metrics::counter!("countersign_tls_handshakes_total", "port" => port, "outcome" => outcome).increment(1);
}

/// Tells when the certificate expires, in seconds since 1970.
pub(crate) fn certificate_expires(at: u64) {
    metrics::gauge!("countersign_tls_certificate_expires_timestamp_seconds").set(at as f64);
}

/// Counts a slot that is taken (1) or free again (-1).
pub(crate) fn hook_slot(pool: &'static str, change: f64) {
    metrics::gauge!("countersign_hook_slots_taken", "pool" => pool).increment(change);
}

/// Tells how many threads a hook's calls hold past their deadline.
pub(crate) fn hook_blocked(hook: &'static str, threads: usize) {
    metrics::gauge!("countersign_hook_blocked_threads", "hook" => hook).set(threads as f64);
}

/// Tells whether a hook's circuit breaker lets calls through.
pub(crate) fn hook_breaker(hook: &'static str, open: bool) {
    metrics::gauge!("countersign_hook_breaker_open", "hook" => hook).set(if open { 1.0 } else { 0.0 });
}

/// Counts that few of the codes that are sent to a country are used.
pub(crate) fn low_conversion(country: &'static str) {
    metrics::counter!("countersign_sms_conversion_low_total", "country" => country).increment(1);
}

/// Counts what the audit was told: codes issued, sent and tried, passwords, limits, consents.
pub(crate) fn audited(records: &[(AuditEvent, AuditOutcome)]) {
    for (event, outcome) in records {
        let (event, outcome) = (name(event), name(outcome));
        metrics::counter!("countersign_events_total", "event" => event, "outcome" => outcome).increment(1);
    }
}

/// The name that the record itself has.
fn name(part: &impl serde::Serialize) -> String {
    match serde_json::to_value(part) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "unknown".to_owned(),
    }
}
