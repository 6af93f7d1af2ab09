//! Accepts connections and has HTTP spoken on them, within the limits, until it is asked to stop. Who is let in stands in
//! `connections.rs`, what is spoken in `http1.rs` and `http2.rs`.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::arrival::Arrival;
use super::connections::{Connections, Place};
use super::http1;
use super::limits::EdgeLimits;
use super::phase::Phase;
use super::proxy_protocol;
use super::request::Edge;
use super::routes::Routes;
use super::source::is_in;
use super::transport;
use crate::telemetry;
use crate::tls::{Port, Tls};

/// What is served on a port.
#[derive(Clone)]
pub(crate) struct Listening {
    /// What answers requests.
    pub answering: Answering,
    /// How much callers may ask.
    pub limits: EdgeLimits,
    /// Which connections there are.
    pub connections: Arc<Connections>,
    /// Who speaks for many sources.
    pub proxies: Arc<[IpNet]>,
    /// Those whose connections begin with a header of the PROXY protocol.
    pub speaking_for_others: Vec<IpNet>,
    /// Whether only proxies are let in, and who is on this machine: TLS ends at the proxies.
    pub proxies_alone: bool,
    /// TLS, if connections have it.
    pub secure: Option<Secure>,
    /// True once callers are to go elsewhere: each connection ends with its next answer.
    pub leaving: watch::Receiver<bool>,
}

/// What answers the requests of a port.
#[derive(Clone)]
pub(crate) enum Answering {
    /// The adapter's endpoints, which also refuse what HTTP forbids and heads that cannot be read.
    Endpoints(Arc<Routes>),
    /// Other routes. What HTTP forbids, the library refuses.
    Router(Router),
}

impl Answering {
    /// What refuses what HTTP forbids, if it is not the library alone.
    pub fn edge(&self) -> Option<&Arc<Edge>> {
        match self {
            Answering::Endpoints(routes) => Some(&routes.edge),
            Answering::Router(_) => None,
        }
    }
}

/// TLS of a port.
#[derive(Clone)]
pub(crate) struct Secure {
    pub tls: Arc<Tls>,
    pub port: Port,
}

/// What is known of a connection on which HTTP is spoken.
#[derive(Clone)]
pub(super) struct Speaking {
    pub answering: Answering,
    pub limits: EdgeLimits,
    pub phase: Phase,
    pub connections: Arc<Connections>,
    /// Whose share its requests are counted in.
    pub source: Option<IpAddr>,
    /// What each of its requests knows of it.
    pub arrival: Arrival,
    pub stop: watch::Receiver<bool>,
    /// True once it is to end with its next answer.
    pub leaving: watch::Receiver<bool>,
    /// Notices when other certificates of callers are good than those with which it began.
    pub authorities: Option<watch::Receiver<u64>>,
}

impl Speaking {
    /// Answers a request by the port's routes, unless HTTP forbids it.
    pub async fn respond(&self, request: Request<Body>) -> Response<Body> {
        match &self.answering {
            Answering::Endpoints(routes) => transport::answer(routes, request).await,
            Answering::Router(router) => {
                let Ok(response) = router.clone().oneshot(request).await;
                response
            }
        }
    }

    /// True if it ends with its next answer: the adapter is about to end, or other certificates of callers are good than
    /// those with which it began.
    pub fn ends(&self) -> bool {
        *self.stop.borrow() || *self.leaving.borrow() || self.is_outdated()
    }

    fn is_outdated(&self) -> bool {
        self.authorities.as_ref().is_some_and(|authorities| authorities.has_changed().unwrap_or(false))
    }

    /// Comes back once callers are to go elsewhere.
    #[cfg(feature = "tls")]
    pub async fn until_leaving(&self) {
        if self.leaving.clone().wait_for(|leaving| *leaving).await.is_err() {
            // Nobody is left to say so.
            std::future::pending::<()>().await;
        }
    }

    /// Comes back once other certificates are good.
    #[cfg(feature = "tls")]
    pub async fn until_outdated(&self) {
        if let Some(mut authorities) = self.authorities.clone()
            && authorities.changed().await.is_ok()
        {
            return;
        }
        // Nobody is left to change them, or there are none.
        std::future::pending().await
    }
}

/// Serves connections until `stop` says so, then lets what is under way end in time.
pub(crate) async fn listen(listener: TcpListener, listening: Listening, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            accepted = accept(&listener, &listening) => accepted,
        };
        match accepted {
            Ok(Some((stream, place))) => {
                tokio::spawn(serve(stream, place, listening.clone(), stop.clone()));
            }
            Ok(None) => {}
            // Out of file descriptors, or the other side is gone again: neither ends the server.
            Err(error) => {
                tracing::warn!(because = %error.kind(), "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(listening.limits.drain, listening.connections.all_closed()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// The next connection and its place; nothing if its source has its share of them, or may not connect without TLS.
async fn accept(listener: &TcpListener, listening: &Listening) -> io::Result<Option<(TcpStream, Place)>> {
    let (stream, peer) = listener.accept().await?;
    let address = peer.ip().to_canonical();
    if listening.proxies_alone && !address.is_loopback() && !is_in(&listening.proxies, &address) {
        telemetry::connection_refused(listening.connections.port());
        tracing::info!(source = %address, "a connection without TLS was closed, which is no proxy's");
        return Ok(None);
    }
    let source = counted(peer.ip(), &listening.proxies);
    Ok(listening.connections.admit(source).await.map(|place| (stream, place)))
}

/// The source whose share a connection is counted in; none for a proxy.
fn counted(peer: IpAddr, proxies: &[IpNet]) -> Option<IpAddr> {
    (!is_in(proxies, &peer.to_canonical())).then_some(peer)
}

/// Comes back once it is asked to stop.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody is left to say so.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn serve(mut stream: TcpStream, place: Place, listening: Listening, stop: watch::Receiver<bool>) {
    let phase = place.phase().clone();
    let arrival = tokio::select! {
        arrival = arrival(&mut stream, &listening) => arrival,
        () = phase.closed() => return,
    };
    let Some(arrival) = arrival else { return };
    // Answers are written in one piece; waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let source = stream.peer_addr().ok().and_then(|peer| counted(peer.ip(), &listening.proxies));
    let Listening { answering, limits, connections, secure, leaving, .. } = listening.clone();
    let authorities = None;
    let speaking = Speaking { answering, limits, phase, connections, source, arrival, stop, leaving, authorities };
    match secure {
        None => http1::serve(stream, speaking).await,
        // Apart, so that a connection without TLS has no room for it.
        Some(secure) => Box::pin(speak_by_tls(stream, &listening, secure, speaking)).await,
    }
}

#[cfg(feature = "tls")]
async fn speak_by_tls(stream: TcpStream, listening: &Listening, secure: Secure, mut speaking: Speaking) {
    // Before the handshake: what changes while it goes on must not be missed.
    let authorities = secure.tls.authorities();
    let peer = speaking.arrival.peer;
    let shaken = super::handshake::shake(stream, (listening, peer), &secure, &speaking.phase).await;
    let Some(secured) = shaken else { return };
    speaking.authorities = Some(authorities);
    speaking.arrival.certificate = secured.certificate;
    match secured.is_http2 {
        true => super::http2::serve(secured.stream, speaking).await,
        false => http1::serve(secured.stream, speaking).await,
    }
}

#[cfg(not(feature = "tls"))]
async fn speak_by_tls(_stream: TcpStream, _listening: &Listening, secure: Secure, _speaking: Speaking) {
    match *secure.tls {}
}

/// Where a request comes from. None if a proxy does not say whom it speaks for, as it should: then nobody
/// knows where the connection comes from.
async fn arrival(stream: &mut TcpStream, listening: &Listening) -> Option<Arrival> {
    let Ok(address) = stream.peer_addr() else { return Some(Arrival::default()) };
    let address = address.ip().to_canonical();
    let mut speaker = address;
    if is_in(&listening.speaking_for_others, &address) {
        match tokio::time::timeout(listening.limits.head, proxy_protocol::read(stream)).await {
            Ok(Ok(whom)) => speaker = whom.unwrap_or(address),
            Ok(Err(error)) => {
                tracing::warn!(proxy = %address, because = %error, "a proxy's connection was closed");
                return None;
            }
            Err(_) => {
                tracing::warn!(proxy = %address, because = "it said nothing in time", "a proxy's connection was closed");
                return None;
            }
        }
    }
    Some(Arrival { peer: Some(speaker), ..Arrival::default() })
}
