//! An adapter that was started: its routers, and what may be done with it while it answers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::context::Shared;
use crate::crypto::{KeyName, Keyring};
use crate::edge::{
    self, Answering, Connections, EdgeLimits, Gauges, Listening, MetricsReader, Readiness, Routes, Secure,
};
use crate::lifecycle_audit::LifecycleAudit;
use crate::settings::Options;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, StoreError};
use crate::telemetry::MetricsExporter;
use crate::tls::{Port, Tls};

/// An adapter that answers requests.
pub struct App {
    pub(super) routes: Arc<Routes>,
    pub(super) exporter: MetricsExporter,
    pub(crate) version: &'static str,
    pub(crate) lifecycle_audit: LifecycleAudit,
    pub(crate) connections: Arc<Connections>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) listen: SocketAddr,
    pub(crate) ops_listen: SocketAddr,
    pub(crate) has_page: bool,
    /// True once the process is about to end.
    pub(super) leaving: watch::Sender<bool>,
}

impl App {
    /// The adapter's routes, to be nested into a router of the bank's own, or called by tests. Limits on bodies and
    /// on handling hold here too; those on connections and heads hold in [`App::serve`].
    pub fn router(&self) -> Router {
        self.routes.clone().into_router()
    }

    /// Health and metrics, to be served where only operators come.
    pub fn operations_router(&self) -> Router {
        edge::operations_router(self.metrics(Vec::new()))
    }

    /// What the settings say.
    pub fn options(&self) -> &Options {
        &self.routes.edge.shared.options
    }

    /// What all requests share, for tests of behaviours.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.routes.edge.shared
    }

    /// Makes what is new with other keys from now on, and tells the log and the audit. Codes stay good whose key the new
    /// ring still has.
    ///
    /// # Errors
    /// The audit log cannot record it yet, and will once it can; the keys are exchanged all the same.
    pub async fn exchange_keys(&self, ring: Keyring) -> Result<(), StoreError> {
        let shared = self.shared();
        let ids = KeyName::ALL.map(|name| ring.current(name).map(|key| format!("{} {}", name.as_str(), key.id())));
        let ids = ids.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if let Ok(key) = ring.current(KeyName::Audit) {
            self.lifecycle_audit.sealer.exchange(key);
        }
        shared.keys.exchange(ring);
        tracing::info!(keys = ids, "the keys were exchanged");
        self.record_exchange(ids).await
    }

    /// Records in log and audit log that new connections are served with another certificate, or that other certificates of
    /// callers are good.
    ///
    /// # Errors
    /// The audit log cannot record it yet, and will once it can.
    pub(crate) async fn record_certificates(&self, fingerprint: &str) -> Result<(), StoreError> {
        tracing::info!(sha256 = fingerprint, "the certificates were exchanged");
        self.record_exchange(format!("tls sha256:{fingerprint}")).await
    }

    async fn record_exchange(&self, what: String) -> Result<(), StoreError> {
        let shared = self.shared();
        let now = shared.clock.now();
        let entry = AuditEntry::new(now.millis(), AuditEvent::KeysRotated, AuditOutcome::Success).with_reason(what);
        // The record may be stored later.
        let detail = Some(serde_json::json!({ "at": now.to_string() }));
        shared.pending_audit.keep(AuditEntry { detail, ..entry });
        shared.commit(Batch::at(now.millis())).await.map(drop)
    }

    pub(crate) fn limits(&self) -> EdgeLimits {
        self.routes.edge.limits
    }

    /// From now on the adapter is not ready, and every answer ends its connection, so that callers go to another node. It goes
    /// on serving until it is told to stop.
    pub fn leave(&self) {
        self.leaving.send_replace(true);
    }

    /// The metrics, those of the connections of these ports too.
    pub(crate) fn metrics(&self, ports: Vec<Arc<Connections>>) -> MetricsReader {
        let ports = [vec![self.connections.clone()], ports].concat();
        MetricsReader {
            readiness: Readiness::new(self.routes.edge.shared.clone(), self.leaving.subscribe()),
            exporter: self.exporter.clone(),
            gauges: Gauges { budget: self.routes.edge.shared.budget.clone(), ports, tls: self.tls.clone() },
        }
    }

    /// Serves the API on a free port of this machine alone, on threads of its own, until the process ends: for a bank's tests.
    ///
    /// # Errors
    /// The system gives no port or no thread.
    pub fn serve_beside(self) -> io::Result<SocketAddr> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let serving = async move {
            // It is never told to stop.
            let (_running, stop) = watch::channel(false);
            match TcpListener::from_std(listener) {
                Ok(listener) => self.serve(listener, stop).await,
                Err(error) => tracing::error!(%error, "the port cannot be served"),
            }
        };
        std::thread::Builder::new().name("adapter".to_owned()).spawn(move || runtime.block_on(serving))?;
        Ok(address)
    }

    /// Serves connections until `stop` turns true or is gone, then lets what is under way end in time.
    pub async fn serve(&self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let (limits, connections, options) = (self.routes.edge.limits, self.connections.clone(), self.options());
        let proxies: Arc<[_]> = options.proxies.clone().into();
        let speaking_for_others = if options.proxy_protocol { options.proxies.clone() } else { Vec::new() };
        let secure = self.tls.clone().map(|tls| Secure { tls, port: Port::Api });
        let proxies_alone = secure.is_none() && !options.listen.ip().is_loopback() && !options.private_network;
        let leaving = self.leaving.subscribe();
        let listening = Listening {
            answering: Answering::Endpoints(self.routes.clone()),
            limits,
            connections,
            proxies,
            speaking_for_others,
            proxies_alone,
            secure,
            leaving,
        };
        edge::listen(listener, listening, stop).await;
    }
}
