//! Which path leads to which endpoint. Paths match exactly, with and without the adapter's base.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderValue, Method, Response, header};
use axum::routing::{MethodFilter, MethodRouter};

use super::answer::Extra;
use super::request::{Edge, Route};
use crate::fault::Fault;
use crate::hooks::BoxFuture;

/// What may answer a request that no endpoint takes.
pub(crate) type Beside = Arc<dyn Fn(&Request) -> Option<BoxFuture<'static, Response<Body>>> + Send + Sync>;

/// Two paths that are one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathTakenTwice(pub String, pub String);

/// The adapter's routes, and what stands beside them.
///
/// # Errors
/// Two paths are one, perhaps behind the adapter's base.
pub(crate) fn router(edge: Arc<Edge>, routes: Vec<Route>, beside: Option<Beside>) -> Result<Router, PathTakenTwice> {
    let mut by_path: BTreeMap<&'static str, Vec<Arc<Route>>> = BTreeMap::new();
    for route in routes {
        by_path.entry(route.path).or_default().push(Arc::new(route));
    }
    let mut router = Router::new();
    for (path, served) in served(edge.shared.adapter.base, by_path.keys())? {
        let routes = by_path.get(path).map(Vec::as_slice).unwrap_or_default();
        router = router.route(&served, methods(&edge, routes));
    }
    let routes = router.fallback(move |request: Request| {
        let (edge, other) = (edge.clone(), beside.as_ref().and_then(|beside| beside(&request)));
        async move {
            match other {
                Some(other) => other.await,
                None => edge.refuse_outside(&request, Fault::new("route.unknown"), None),
            }
        }
    });
    // With its state, even of nothing, a handler becomes a service once; without, anew for each request.
    Ok(routes.with_state(()))
}

/// Each path with where it is served: as it is, and behind the base.
fn served<'p>(
    base: &str,
    paths: impl Iterator<Item = &'p &'static str>,
) -> Result<Vec<(&'static str, String)>, PathTakenTwice> {
    let mut by_shape: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::new();
    for path in paths {
        let behind = (!base.is_empty()).then(|| format!("{base}{path}"));
        for served in std::iter::once((*path).to_owned()).chain(behind) {
            if let Some(other) = by_shape.insert(shape(&served), served.clone()) {
                return Err(PathTakenTwice(other, served));
            }
            all.push((*path, served));
        }
    }
    Ok(all)
}

/// The path with what stands in braces unnamed.
fn shape(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// The methods of one path, each with the endpoints that share it; any other is answered 405 with those that there are.
fn methods(edge: &Arc<Edge>, routes: &[Arc<Route>]) -> MethodRouter {
    let allowed = allowed(routes);
    let outside = edge.clone();
    let mut methods = MethodRouter::new().fallback(move |request: Request| {
        let (edge, allowed) = (outside.clone(), allowed.clone());
        async move {
            let extra = Extra { status: None, headers: vec![(header::ALLOW, allowed)] };
            edge.refuse_outside(&request, Fault::new("method.wrong"), Some(extra))
        }
    });
    for (at, first) in routes.iter().enumerate() {
        let Ok(filter) = MethodFilter::try_from(first.method.clone()) else { continue };
        if routes.iter().take(at).any(|before| before.method == first.method) {
            continue;
        }
        let mut sharing: Vec<Arc<Route>> =
            routes.iter().filter(|route| route.method == first.method).cloned().collect();
        // What takes every request is asked last.
        sharing.sort_by_key(|route| route.when.is_none());
        let sharing: Arc<[Arc<Route>]> = sharing.into();
        let edge = edge.clone();
        methods = methods.on(filter, move |request: Request| {
            let (edge, sharing) = (edge.clone(), sharing.clone());
            async move {
                let (mut parts, body) = request.into_parts();
                let path = match RawPathParams::from_request_parts(&mut parts, &()).await {
                    Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                    Err(_) => Vec::new(),
                };
                edge.serve(&sharing, Request::from_parts(parts, body), path).await
            }
        });
    }
    methods
}

fn allowed(routes: &[Arc<Route>]) -> HeaderValue {
    let mut names: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
    names.dedup();
    if routes.iter().any(|route| route.method == Method::GET) {
        names.push("HEAD");
    }
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: &str, paths: &[&'static str]) -> Result<Vec<String>, PathTakenTwice> {
        Ok(served(base, paths.iter())?.into_iter().map(|(_, served)| served).collect())
    }

    #[test]
    fn every_path_is_served_behind_the_base_too() {
        assert_eq!(of("", &["/a/{id}", "/a"]).unwrap(), ["/a/{id}", "/a"]);
        assert_eq!(of("/bank", &["/a"]).unwrap(), ["/a", "/bank/a"]);
    }

    #[test]
    fn two_paths_that_are_one_are_refused() {
        for (base, paths, one, other) in [
            ("/bank", &["/bank/a", "/a"][..], "/bank/a", "/bank/a"),
            ("/bank", &["/a/{id}", "/bank/a/{name}"], "/bank/a/{id}", "/bank/a/{name}"),
            ("", &["/a/{id}", "/a/{name}"], "/a/{id}", "/a/{name}"),
        ] {
            assert_eq!(of(base, paths), Err(PathTakenTwice(one.to_owned(), other.to_owned())), "{paths:?}");
        }
    }
}
