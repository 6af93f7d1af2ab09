//! The export of traces and metrics beside what a process does, where the settings name a collector. What is exported, and how,
//! is decided by `telemetry`.

use crate::edge::MetricsReader;
use crate::start::{App, StartError};
use crate::telemetry::{Exporting, Service};

/// Begins, if there is a collector.
///
/// # Errors
/// The system gives no thread.
pub(super) fn begin(app: &App) -> Result<Option<Exporting>, StartError> {
    let Some(options) = &app.options().otlp else { return Ok(None) };
    let service = Service { name: app.shared().adapter.name, version: app.version, node: &app.options().audit.node };
    let begun = Exporting::begin(options, service);
    begun.map(Some).map_err(|why| StartError::System { what: "cannot export telemetry".to_owned(), why })
}

/// Hands the metrics over from time to time; never ends.
pub(super) async fn metrics(app: &App, exporting: Option<&Exporting>, metrics: &MetricsReader) {
    let (Some(exporting), Some(options)) = (exporting, &app.options().otlp) else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(options.interval).await;
        exporting.metrics(metrics.text().await);
    }
}

/// Hands the last ones over, and waits a moment for what is left to be sent.
pub(super) async fn end(exporting: Option<Exporting>, metrics: &MetricsReader) {
    let Some(exporting) = exporting else { return };
    exporting.metrics(metrics.text().await);
    // It panics never; if it did, the process ends all the same.
    let _ = tokio::task::spawn_blocking(|| exporting.end()).await;
}
