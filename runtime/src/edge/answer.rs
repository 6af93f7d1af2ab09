//! From a reply to an HTTP response.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use hyper::body::Body as _;

use crate::budget::BudgetShare;
use crate::endpoint::Reply;

/// What the edge adds to a reply.
#[derive(Default)]
pub(crate) struct Extra {
    /// A status in place of the reply's, where the protocol fixes it.
    pub status: Option<u16>,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Extra {
    /// A refusal of the protocol's own: this status, and the connection ends.
    pub fn closing(status: u16) -> Self {
        Extra { status: Some(status), headers: vec![(header::CONNECTION, HeaderValue::from_static("close"))] }
    }
}

/// For how many headers there is room at first: those of most answers, so that the map need not grow.
const USUAL_HEADERS: usize = 6;

/// An answer with more bytes holds them until they are written.
const LARGE: usize = 4 * 1024;

/// An answer on its way, which counts for as long as a byte of it is to be written.
struct Sending {
    bytes: Vec<u8>,
    _held: BudgetShare,
}

impl AsRef<[u8]> for Sending {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Writes a reply.
pub(super) fn write(reply: Reply, request_id: &str, extra: Option<Extra>, held: BudgetShare) -> Response<Body> {
    let extra = extra.unwrap_or_default();
    let status =
        StatusCode::from_u16(extra.status.unwrap_or(reply.status)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = reply.body.map(|body| sending(body, held));
    // What has no content has no media type either.
    let media_type = body.as_ref().map(|_| HeaderValue::from_static(reply.content_type));
    let mut response = Response::new(body.unwrap_or_else(Body::empty));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(USUAL_HEADERS);
    headers.extend(media_type.map(|media_type| (header::CONTENT_TYPE, media_type)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if reply.busy || matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    for (name, value) in reply.headers.into_iter().chain(extra.headers) {
        headers.insert(name, value);
    }
    response
}

/// An answer to whoever asks for its head alone, which says how long the content would be.
pub(super) fn without_content(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.entry(header::CONTENT_LENGTH).or_insert(length.into());
    }
    Response::from_parts(head, Body::empty())
}

/// A body of these bytes, in place of what the request held.
fn sending(mut bytes: Vec<u8>, mut held: BudgetShare) -> Body {
    if bytes.len() <= LARGE {
        return Body::from(bytes);
    }
    bytes.shrink_to_fit();
    held.hold_exactly(bytes.len());
    Body::from(Bytes::from_owner(Sending { bytes, _held: held }))
}

/// A response as it goes over the wire, for when no library writes it.
pub(super) fn bytes_of<T>(response: &Response<T>, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", response.status(), body.len()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
