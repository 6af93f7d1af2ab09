//! The page of the API, for people: the OpenAPI document that generated code brings, and a page that shows it and sends
//! requests. It is served where no endpoint takes the path, with and without the adapter's base, and loads nothing from
//! elsewhere.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Response, header};
use swagger_ui_dist::{ApiDefinition, OpenApiSource};
use tower::ServiceExt as _;

use crate::edge::Beside;

/// What the page is written in.
const INDEX: &str = include_str!("index.html");

/// What starts it.
const START: &str = include_str!("start.js");

/// Nothing comes from elsewhere, nothing is framed, and requests go to this adapter alone. The page sets styles and
/// draws small pictures by itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where the assets of the page stand.
const ASSETS: &str = "/swagger-ui";

/// Answers what belongs to the page; nothing else.
pub(crate) fn beside(document: &'static str, base: &'static str) -> Beside {
    let assets = swagger_ui_dist::generate_routes(ApiDefinition {
        uri_prefix: ASSETS,
        api_definition: OpenApiSource::Uri("openapi.json"),
        title: None,
    });
    Arc::new(move |request: &Request| {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let path = request.uri().path();
        let below = path.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        let (media, text) = match below {
            "/openapi.json" => ("application/json", document),
            "/docs" | "/swagger-ui.html" => ("text/html; charset=utf-8", INDEX),
            "/swagger-ui/start.js" => ("text/javascript; charset=utf-8", START),
            "/swagger-ui/swagger-ui.css" | "/swagger-ui/swagger-ui-bundle.js" => return asset(&assets, below),
            _ => return None,
        };
        let mut response = Response::new(Body::from(text));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        let response = guarded(response);
        Some(Box::pin(async move { response }))
    })
}

/// A file of the page's library.
fn asset(assets: &Router, path: &str) -> Option<crate::hooks::BoxFuture<'static, Response<Body>>> {
    let request = Request::builder().uri(path).body(Body::empty()).ok()?;
    let asked = assets.clone().oneshot(request);
    Some(Box::pin(async move {
        let response: Result<Response<Body>, Infallible> = asked.await;
        match response {
            Ok(response) => guarded(response),
            Err(never) => match never {},
        }
    }))
}

/// With the headers that keep the page to itself.
fn guarded(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
