//! What operators see of the adapter: log, metrics and traces. No secret gets into any of them; what happened is
//! decided elsewhere.

mod catalogue;
mod exporter;
mod handles;
mod log;
mod otlp;
mod process;
mod scrub;
mod trace;

pub use catalogue::{Kind, METRICS, Metric};
pub use exporter::MetricsExporter;
#[cfg(feature = "tls")]
pub(crate) use exporter::handshake;
#[cfg(feature = "postgres")]
pub(crate) use exporter::store_synchronous;
pub(crate) use exporter::{
    answered, audited, budget, built, certificate_expires, certificates_exchanged, code_sent, code_settled,
    connection_evicted, connection_refused, connections, hash_pending, hash_refused, hash_took, hash_waited,
    hook_blocked, hook_breaker, hook_outcome, hook_slot, hook_took, low_conversion, over_budget, ready, store_took,
};
#[cfg(feature = "otlp")]
pub(crate) use exporter::{exported, spans_left_out};
pub(crate) use log::flush_log;
pub(crate) use log::line_safe;
pub use log::{LogForm, start_log};
pub use otlp::OtlpOptions;
pub(crate) use otlp::{
    Exporting, RequestSpan, Service, check as check_otlp, hook_called, parent_of, request_served, store_asked,
};
pub(crate) use scrub::{HasTexts, Scrubber, hide, scrub};
pub use trace::Trace;
