//! Accepts connections and speaks HTTP/1.1 on them, within the limits, until it is told to stop. Who is let in stands in
//! `connections.rs`.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Extensions;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::connection::Timed;
use super::connections::{Connections, Place};
use super::enveloped::{Enveloped, RefuseHead};
use super::limits::EdgeLimits;
use super::phase::Phase;
use super::source::{Peer, is_proxy};

/// What is served on a port.
#[derive(Clone)]
pub(crate) struct Listening {
    /// What answers requests.
    pub router: Router,
    /// What answers heads that cannot be read; the HTTP library, if it is none.
    pub refuse_head: Option<RefuseHead>,
    /// How much callers may ask.
    pub limits: EdgeLimits,
    /// Which connections there are.
    pub connections: Arc<Connections>,
    /// Who speaks for many sources.
    pub proxies: Arc<[IpNet]>,
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
    if tokio::time::timeout(listening.limits.drain, listening.connections.ended()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// The next connection and its place; nothing if its source has its share of them.
async fn accept(listener: &TcpListener, listening: &Listening) -> io::Result<Option<(TcpStream, Place)>> {
    let (stream, peer) = listener.accept().await?;
    let source = counted(peer.ip(), &listening.proxies);
    Ok(listening.connections.admit(source).await.map(|place| (stream, place)))
}

/// The source whose share a connection is counted in; none for a proxy.
fn counted(peer: IpAddr, proxies: &[IpNet]) -> Option<IpAddr> {
    (!is_proxy(&peer.to_canonical(), proxies)).then_some(peer)
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody is left to say so.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn serve(stream: TcpStream, place: Place, listening: Listening, mut stop: watch::Receiver<bool>) {
    let Listening { router, refuse_head, limits, .. } = listening;
    // Answers are written in one piece; waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let phase = place.phase().clone();
    let peer = peer(&stream, &phase);
    let timed = Timed::new(stream, phase.clone(), limits);
    let io = TokioIo::new(Enveloped::new(timed, phase.clone(), refuse_head));
    let answering = phase.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().extend(peer.clone());
        answer(router.clone(), answering.clone(), request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(limits.headers)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes)
        .serve_connection(io, service);
    tokio::pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        () = phase.closed() => return,
        () = stopped(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    // How a connection ends is the caller's business.
    let _ = connection.await;
}

/// What tells the request where it comes from, and the connection how the request fares.
fn peer(stream: &TcpStream, phase: &Phase) -> Extensions {
    let mut peer = Extensions::new();
    if let Ok(address) = stream.peer_addr() {
        peer.insert(Peer(address.ip()));
    }
    peer.insert(phase.clone());
    peer
}

async fn answer(router: Router, phase: Phase, request: Request<Incoming>) -> io::Result<Response<Body>> {
    if !phase.begin() {
        // It was told to end, while the request was on its way; nobody has looked at that.
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let Ok(response) = router.oneshot(request.map(Body::new)).await;
    phase.answering();
    Ok(response)
}
