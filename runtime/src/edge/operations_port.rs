//! The port for operators: health (liveness and readiness) and metrics.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::sync::watch;

use super::connections::Connections;
use crate::budget::Budget;
use crate::context::Shared;
use crate::telemetry::{self, MetricsExporter};
use crate::tls::Tls;

/// How long the store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the adapter wants requests.
#[derive(Clone)]
pub(crate) struct Readiness {
    leaving: watch::Receiver<bool>,
    shared: Arc<Shared>,
}

impl Readiness {
    /// Ready as soon as the store is, and the bank's hooks are, if the settings ask for that; not any more once `leaving` is
    /// true.
    pub fn new(shared: Arc<Shared>, leaving: watch::Receiver<bool>) -> Self {
        Readiness { leaving, shared }
    }

    async fn is_ready(&self) -> bool {
        let Shared { store, guard, options, hooks, .. } = &*self.shared;
        if *self.leaving.borrow()
            || (options.hooks.readiness && !guard.is_available())
            || (options.store_needs_standby && store.is_replicated() != Some(true))
        {
            return false;
        }
        let store = tokio::time::timeout(PATIENCE, store.ready());
        let (store, bank) = tokio::join!(store, guard.bank_is_ready(hooks.clone()));
        matches!(store, Ok(Ok(()))) && bank
    }
}

/// What is read when the metrics are asked for.
#[derive(Clone)]
pub(crate) struct Gauges {
    pub budget: Arc<Budget>,
    pub ports: Vec<Arc<Connections>>,
    pub tls: Option<Arc<Tls>>,
}

impl Gauges {
    fn read(&self) {
        telemetry::budget(self.budget.used(), self.budget.limit());
        for port in &self.ports {
            telemetry::connections(port.port(), port.open(), port.limit());
        }
        if let Some(tls) = &self.tls {
            telemetry::certificate_expires(tls.expires());
        }
    }
}

/// All metrics, read when they are asked for.
#[derive(Clone)]
pub(crate) struct MetricsReader {
    pub readiness: Readiness,
    pub exporter: MetricsExporter,
    pub gauges: Gauges,
}

impl MetricsReader {
    /// As Prometheus reads them.
    pub async fn text(&self) -> String {
        self.gauges.read();
        telemetry::ready(self.readiness.is_ready().await);
        self.exporter.text()
    }
}

/// The routes of the operations port.
pub(crate) fn operations_router(metrics: MetricsReader) -> Router {
    Router::new()
        .route("/health/live", get(|| async { status(true) }))
        .route("/health/ready", get(ready))
        .with_state(metrics.readiness.clone())
        .route(
            "/metrics",
            get(move || async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text().await) }),
        )
}

async fn ready(State(readiness): State<Readiness>) -> impl IntoResponse {
    status(readiness.is_ready().await)
}

fn status(up: bool) -> impl IntoResponse {
    let (status, body) = if up {
        (StatusCode::OK, r#"{"status":"UP"}"#)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"DOWN"}"#)
    };
    (status, [(header::CONTENT_TYPE, "application/json")], body)
}
