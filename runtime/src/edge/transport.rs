//! What HTTP itself forbids, refused before any endpoint sees it: requests without a host or with several, methods
//! that are not for servers like this, and framing that two readers could read in two ways.

use std::net::Ipv6Addr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, Version, header};

use super::answer::Extra;
use super::enveloped::RefuseHead;
use super::request::Edge;
use super::routes::Routes;
use crate::fault::Fault;

/// Lets a request through to its endpoint, or refuses it.
pub(super) async fn answer(routes: &Routes, request: Request<Body>) -> Response<Body> {
    let edge = &routes.edge;
    // Its target is no path, so no route could say what is allowed there.
    if *request.method() == Method::CONNECT {
        let mut extra = Extra::closing(405);
        extra.headers.push((header::ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE")));
        return edge.refuse_outside(&request, Fault::new("method.wrong"), Some(extra));
    }
    if has_other_coding(request.headers()) {
        let fault = Fault::new("body.malformed").with_detail("it has a transfer coding beside chunks");
        return edge.refuse_outside(&request, fault, Some(Extra::closing(501)));
    }
    if let Some(why) = broken(&request) {
        let fault = Fault::new("body.malformed").with_detail(why);
        return edge.refuse_outside(&request, fault, Some(Extra::closing(400)));
    }
    // A length that stood beside the chunks is gone by now, so every such connection ends with its answer.
    let ends = request.headers().contains_key(header::TRANSFER_ENCODING) || *request.method() == Method::TRACE;
    let mut response = routes.answer(request).await;
    if ends {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn broken(request: &Request<Body>) -> Option<&'static str> {
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts > 1 {
        return Some("it has several hosts");
    }
    if headers.get(header::HOST).is_some_and(|host| !is_host(host)) {
        return Some("its host is none");
    }
    let authority = request.uri().authority().filter(|_| request.version() == Version::HTTP_2);
    match authority {
        None if hosts == 0 => return Some("it has no host"),
        Some(authority) if headers.get(header::HOST).is_some_and(|host| host != authority.as_str()) => {
            return Some("it has several hosts");
        }
        _ => {}
    }
    if headers.contains_key(header::CONTENT_LENGTH) && headers.contains_key(header::TRANSFER_ENCODING) {
        return Some("it has a length and chunks");
    }
    if headers.get_all(header::CONTENT_LENGTH).iter().count() > 1 {
        return Some("it has several lengths");
    }
    None
}

/// True where a body is coded in another way than by chunks, once: nobody here can read that.
fn has_other_coding(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::TRANSFER_ENCODING).iter();
    let codings: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    match codings.as_slice() {
        [] => false,
        [only] => !only.trim_ascii().eq_ignore_ascii_case(b"chunked"),
        _ => true,
    }
}

/// True for a name or an address, with or without a port.
fn is_host(host: &HeaderValue) -> bool {
    let Ok(text) = host.to_str() else { return false };
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let name = authority.host();
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
    };
    // What stands behind the name is nothing, a colon, or a colon and a port.
    let port = text.strip_prefix(name).map(|port| port.strip_prefix(':').unwrap_or(port));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_name && port.is_some_and(|port| port.is_empty() || is_port(port))
}

/// Answers heads that the HTTP library could not read.
pub(super) fn refuse_head(edge: Arc<Edge>) -> RefuseHead {
    Arc::new(move |status| {
        let fault = Fault::new("body.malformed").with_detail("its head cannot be read");
        edge.refuse_head(fault, Extra::closing(status))
    })
}
