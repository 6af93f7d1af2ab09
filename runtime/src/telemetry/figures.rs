//! Counters for Prometheus. Labels are names of the definition and of the runtime, never values of a request.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

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
    metrics::describe_counter!("countersign_code_events_total", "What became of one-time codes, by kind and event.");
}

/// Counts an answer.
pub(crate) fn answered(endpoint: &'static str, status: u16, fault: Option<&'static str>) {
    metrics::counter!("countersign_requests_total", "endpoint" => endpoint, "status" => status.to_string()).increment(1);
    if let Some(fault) = fault {
        metrics::counter!("countersign_faults_total", "endpoint" => endpoint, "fault" => fault).increment(1);
    }
}

/// Counts how a hook's call ended.
pub(crate) fn hook_outcome(hook: &'static str, outcome: &'static str) {
    metrics::counter!("countersign_hook_calls_total", "hook" => hook, "outcome" => outcome).increment(1);
}

/// Counts what became of a one-time code, such as `issued`, `sent`, `verified` or a fault's name.
pub(crate) fn code_event(kind: &'static str, event: &'static str) {
    metrics::counter!("countersign_code_events_total", "kind" => kind, "event" => event).increment(1);
}
