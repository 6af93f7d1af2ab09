//! Speaks HTTP/2 on a connection: several requests at once, each worked on by a task of its own, so that one that its
//! caller cuts off counts until its work has ended.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer::Extra;
use super::listen::{Speaking, stopped};
use super::progress::Progress;
use super::streams::{MOST, Overdue, Refused, Stream, Streams};
use crate::fault::Fault;

/// How long nothing may come before the other side is asked whether it is there, and how long it may take to say so.
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

/// Requests that were cut off before they began, of which the library remembers so many.
const PENDING_RESETS: usize = 20;

/// What is kept of an answer that its caller does not take, in bytes.
const UNSENT: usize = 64 * 1024;

/// How often one looks whether something was asked.
const AGAIN: Duration = Duration::from_millis(10);

/// How long a connection may take to end that nobody uses.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves a connection until it ends.
pub(super) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, speaking: Speaking) {
    let (phase, limits, mut stop) = (speaking.phase.clone(), speaking.limits, speaking.stop.clone());
    let streams = Streams::new(phase.clone());
    let speaking = Arc::new(speaking);
    let (shared, ending) = (streams.clone(), speaking.clone());
    let service = service_fn(move |request: Request<Incoming>| answer(speaking.clone(), shared.clone(), request));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .max_local_error_reset_streams(PENDING_RESETS)
        .max_send_buf_size(UNSENT)
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let overdue = tokio::select! {
        _ = &mut connection => return,
        () = phase.closed() => return,
        overdue = streams.overdue(&limits) => Some(overdue),
        () = stopped(&mut stop) => None,
        () = ending.until_outdated() => None,
        () = leaves(&ending, &streams) => None,
    };
    match overdue {
        Some(Overdue::Stalled | Overdue::CutOff) => return,
        Some(Overdue::Idle) | None => connection.as_mut().graceful_shutdown(),
    }
    // How a connection ends is the caller's business, unless it never does.
    let patience = if overdue.is_some() { FAREWELL } else { limits.body + limits.handling + limits.write_stall };
    let _ = tokio::time::timeout(patience, connection).await;
}

/// Comes back once callers are to go elsewhere and something was asked: a connection that ended before would leave its caller
/// without an answer.
async fn leaves(speaking: &Speaking, streams: &Streams) {
    speaking.until_leaving().await;
    while !streams.had_request() {
        tokio::time::sleep(AGAIN).await;
    }
}

async fn answer(
    speaking: Arc<Speaking>,
    streams: Arc<Streams>,
    mut request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let mut arrival = speaking.arrival.clone();
    let stream = match streams.begin(|| speaking.connections.under_way(speaking.source)) {
        Ok(stream) => {
            arrival.progress = Some(Progress::Beside(stream.clone()));
            Some(stream)
        }
        // Nobody has looked at it.
        Err(Refused::Closed) => return Err(io::ErrorKind::ConnectionAborted.into()),
        Err(Refused::NoRoom) => {
            arrival.is_too_many = true;
            None
        }
    };
    request.extensions_mut().insert(arrival);
    let mut noted = Noted { streams, is_answered: false };
    let work = tokio::spawn(async move {
        let response = respond(&speaking, request.map(Body::new)).await;
        if let Some(stream) = &stream {
            stream.answering();
        }
        response.map(|body| Body::new(Taken { body, stream }))
    });
    let response = work.await.map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))?;
    noted.is_answered = true;
    Ok(without_connection(response))
}

/// The answer of the port's routes, or a refusal of what has more headers than there may be, as over HTTP/1.1.
async fn respond(speaking: &Speaking, request: Request<Body>) -> Response<Body> {
    if request.headers().len() <= speaking.limits.headers {
        return speaking.respond(request).await;
    }
    let Some(edge) = speaking.answering.edge() else { return too_many_headers() };
    let fault = Fault::new("body.malformed").with_detail("it has too many headers");
    let status = Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.as_u16());
    edge.refuse_outside(&request, fault, Some(Extra { status, ..Extra::default() }))
}

fn too_many_headers() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What one answer says of its connection is not said where others share that.
fn without_connection(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().remove(header::CONNECTION);
    response
}

/// Whether a request was cut off before it was answered.
struct Noted {
    streams: Arc<Streams>,
    is_answered: bool,
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.streams.counted(!self.is_answered);
    }
}

/// An answer whose request is under way until its last byte was taken.
struct Taken {
    body: Body,
    stream: Option<Arc<Stream>>,
}

/// A part of it.
struct Part {
    bytes: Bytes,
    _stream: Option<Arc<Stream>>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl hyper::body::Body for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let stream = self.stream.clone();
        let frame = Pin::new(&mut self.body).poll_frame(context);
        frame.map_ok(|frame| frame.map_data(|bytes| Bytes::from_owner(Part { bytes, _stream: stream })))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
