//! The ports of a process, from the first that is bound to the last that is closed, and what it does beside answering:
//! keys and certificates are exchanged, and the audit log records the process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use super::export;
use super::renewal::renew;
use super::say;
use super::signals::{Hangups, Signals};
use crate::edge::{self, Answering, Connections, EdgeLimits, Listening, MetricsReader, Places, Secure};
use crate::start::{App, StartError, StartOptions};
use crate::tls::Port;

/// Serves the API, and health and metrics beside it, until a signal says to stop.
///
/// # Errors
/// A port that is taken, a store that does not take what the audit log records the start.
pub(super) async fn serve_ports(app: &App, options: &StartOptions, dev: bool) -> Result<(), StartError> {
    let listener = bind(app.listen)?;
    let operations = match bind(app.ops_listen) {
        Ok(operations) => operations,
        Err(error) if dev => {
            tracing::warn!(because = %error, "another port is taken for health and metrics");
            bind(SocketAddr::new(app.ops_listen.ip(), 0))?
        }
        Err(error) => return Err(error),
    };
    let signals = Signals::new()?;
    let hangups = Hangups::new()?;
    say(&format!("listening on {}://{}", scheme(app.tls.is_some()), address(&listener)?))?;
    say(&format!("health and metrics on {}://{}", scheme(app.options().ops_tls), address(&operations)?))?;
    if app.has_page {
        let (scheme, base) = (scheme(app.tls.is_some()), app.shared().adapter.base);
        say(&format!("the API's page on {scheme}://{}{base}/swagger-ui.html", address(&listener)?))?;
    }
    let audited = !dev;
    if audited {
        app.lifecycle_audit.started(app.shared()).await?;
    }
    let (stop, stopped) = watch::channel(false);
    let (stop_operations, operations_stopped) = watch::channel(false);
    let (operations_port, metrics) = operations_port(app);
    let exporting = export::begin(app)?;
    let operations = tokio::spawn(edge::listen(operations, operations_port, operations_stopped));
    let store = &app.shared().store;
    let serving = async { tokio::join!(app.serve(listener, stopped), end(app, signals, stop)) };
    let watching = async {
        if audited {
            app.lifecycle_audit.watch(app.shared()).await;
        }
        std::future::pending::<()>().await
    };
    tokio::select! {
        _ = serving => {}
        () = renew(app, options, hangups) => {}
        () = watching => {}
        () = export::metrics(app, exporting.as_ref(), &metrics) => {}
    }
    // The store says so at once, if it is gone.
    let lost = tokio::time::timeout(Duration::ZERO, store.lost()).await.ok();
    if audited
        && lost.is_none()
        && let Err(error) = app.lifecycle_audit.stopped(app.shared()).await
    {
        tracing::error!(%error, "the end of the audit log was not recorded or not logged");
    }
    stop_operations.send_replace(true);
    // It has one second to end, and is of no use to anybody by then.
    let _ = operations.await;
    export::end(exporting, &metrics).await;
    tracing::info!("stopped");
    lost.map_or(Ok(()), |lost| Err(StartError::Store(lost)))
}

/// What is served to operators, on connections of its own: nothing that happens on the other port takes them. And the metrics
/// that are served there.
fn operations_port(app: &App) -> (Listening, MetricsReader) {
    let all = app.limits().operations;
    let connections = Connections::new(Places { port: "operations", all, per_source: all, reserved: 0 });
    let metrics = app.metrics(vec![connections.clone()]);
    let router = edge::operations_router(metrics.clone());
    let tls = app.tls.clone().filter(|_| app.options().ops_tls);
    let limits = EdgeLimits { drain: Duration::from_secs(1), ..EdgeLimits::default() };
    let listening = Listening {
        answering: Answering::Router(router),
        limits,
        connections,
        proxies: Arc::default(),
        speaking_for_others: Vec::new(),
        proxies_alone: false,
        secure: tls.map(|tls| Secure { tls, port: Port::Operations }),
        // Who watches the adapter goes on watching it.
        leaving: watch::channel(false).1,
    };
    (listening, metrics)
}

fn scheme(is_secure: bool) -> &'static str {
    if is_secure { "https" } else { "http" }
}

/// Waits for the signal to stop, or for the store to be gone. First the adapter is not ready and every answer ends its
/// connection, for as long as the settings say, so that nobody is sent here any more; then nobody is let in. A second signal
/// ends that time, and so does a store that is gone. What is under way ends: without a store by a refusal, unless it needs
/// none.
async fn end(app: &App, mut signals: Signals, stop: watch::Sender<bool>) {
    let (store, delay) = (&app.shared().store, app.options().shutdown_delay);
    let lost = async {
        // Before the line is written: where nobody wants such lines, what stands in one is not asked for.
        let why = store.lost().await;
        tracing::error!(because = %why, "stopping, since the store is gone");
    };
    let leaving = async {
        signals.wait().await;
        tracing::info!(delay_seconds = delay.as_secs(), "stopping");
        app.leave();
        // A second signal ends it, too.
        let _ = tokio::time::timeout(delay, signals.wait()).await;
    };
    tokio::select! {
        () = leaving => {}
        () = lost => app.leave(),
    }
    stop.send_replace(true);
}

/// How many connections may wait to be accepted, if the system lets as many (`net.core.somaxconn`). Where that is too few for
/// those who come at once, the system answers without remembering them, and whoever says nothing on such a connection keeps
/// one that is not there.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    listener(address).map_err(|why| StartError::System { what: format!("cannot listen on {address}"), why })
}

fn listener(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port is free for a process that starts again, though connections of the one before are about to end.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|why| StartError::System { what: "the port has no address".to_owned(), why })
}
