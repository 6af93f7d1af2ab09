//! Speaks HTTP/1.1 on a connection: one request after the other.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::Timed;
use super::enveloped::Enveloped;
use super::listen::{Speaking, stopped};
use super::progress::Progress;
use super::transport::refuse_head;

/// How long what has come may lie in the socket before the process hears of it.
const UNNOTICED: Duration = Duration::from_millis(20);

/// Serves a connection until it ends.
pub(super) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, mut speaking: Speaking) {
    let phase = speaking.phase.clone();
    let (limits, mut stop) = (speaking.limits, speaking.stop.clone());
    let refuse_head = speaking.answering.edge().cloned().map(refuse_head);
    let timed = Timed::new(stream, phase.clone(), limits);
    let io = TokioIo::new(Enveloped::new(timed, phase.clone(), refuse_head));
    speaking.arrival.progress = Some(Progress::Alone(phase.clone()));
    let speaking = Arc::new(speaking);
    let service = service_fn(move |request: Request<Incoming>| answer(speaking.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A caller who has said everything may close their half of the connection, and is answered all the same.
        .half_close(true)
        .header_read_timeout(None)
        .max_headers(limits.headers)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes)
        .serve_connection(io, service);
    tokio::pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        () = phase.closed() => return,
        () = stopped(&mut stop) => {}
    }
    // From here on the stream ends where nothing has come yet; what has come is answered.
    tokio::select! {
        _ = &mut connection => return,
        () = phase.closed() => return,
        () = tokio::time::sleep(UNNOTICED) => phase.ends_when_idle(),
    }
    // How a connection ends is the caller's business.
    let _ = connection.await;
}

async fn answer(speaking: Arc<Speaking>, mut request: Request<Incoming>) -> io::Result<Response<Body>> {
    if !speaking.phase.begin() {
        // It was asked to close while the request was on its way; nobody has looked at that.
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    request.extensions_mut().insert(speaking.arrival.clone());
    let mut response = speaking.respond(request.map(Body::new)).await;
    if speaking.ends() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    speaking.phase.answering();
    Ok(response)
}
