//! Which path leads to which endpoint. Paths match exactly, with and without the adapter's base.
//!
//! Paths are matched by the library that axum's router matches them with. That router is left out on the way of each request:
//! it boxes a handler and what it answers, and notes in the request's extensions what nobody here reads (docs/benchmarks.md).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, header};
use axum::routing::any;
use percent_encoding::percent_decode_str;

use super::answer::{Extra, without_content};
use super::request::{Edge, Route};
use crate::fault::Fault;
use crate::hooks::BoxFuture;

/// What may answer a request that no endpoint takes.
pub(crate) type Beside = Arc<dyn Fn(&Request<Body>) -> Option<BoxFuture<'static, Response<Body>>> + Send + Sync>;

/// Two paths that are one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathTakenTwice(pub String, pub String);

/// The endpoints by their paths, and what stands beside them.
pub(crate) struct Routes {
    pub edge: Arc<Edge>,
    paths: matchit::Router<Arc<Methods>>,
    /// The paths as they are matched.
    served: Vec<String>,
    beside: Option<Beside>,
}

/// The endpoints of one path.
struct Methods {
    /// Those of each method, in the order in which they are asked whether a request is for them.
    by_method: Vec<(Method, Vec<Arc<Route>>)>,
    /// The methods that there are, as the header `allow` has them.
    allowed: HeaderValue,
}

impl Routes {
    /// The routes of these endpoints.
    ///
    /// # Errors
    /// Two paths are one, perhaps behind the adapter's base.
    pub fn new(edge: Arc<Edge>, routes: Vec<Route>, beside: Option<Beside>) -> Result<Self, PathTakenTwice> {
        let mut by_path: BTreeMap<&'static str, Vec<Arc<Route>>> = BTreeMap::new();
        for route in routes {
            by_path.entry(route.path).or_default().push(Arc::new(route));
        }
        let served = served(edge.shared.adapter.base, by_path.keys())?;
        let methods: BTreeMap<_, _> =
            by_path.into_iter().map(|(path, routes)| (path, Arc::new(Methods::of(&routes)))).collect();
        let mut paths = matchit::Router::new();
        for (path, served) in &served {
            let Some(methods) = methods.get(path) else { continue };
            let taken = |_| PathTakenTwice((*path).to_owned(), served.clone());
            paths.insert(served.as_str(), methods.clone()).map_err(taken)?;
        }
        let served = served.into_iter().map(|(_, served)| served).collect();
        Ok(Routes { edge, paths, served, beside })
    }

    /// Answers a request by the endpoint that its path and method lead to.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let is_head = *request.method() == Method::HEAD;
        let response = self.answer_whole(request).await;
        if is_head { without_content(response) } else { response }
    }

    /// The same as a router: its paths can be nested into others, and stand beside others.
    pub fn into_router(self: Arc<Self>) -> Router {
        let answer = |routes: Arc<Self>| move |request: Request<Body>| async move { routes.answer(request).await };
        let router =
            self.served.iter().fold(Router::new(), |router, path| router.route(path, any(answer(self.clone()))));
        router.fallback(answer(self.clone()))
    }

    /// The answer with its content, whether or not it was asked for.
    async fn answer_whole(&self, request: Request<Body>) -> Response<Body> {
        let Ok(found) = self.paths.at(request.uri().path()) else { return self.answer_beside(request).await };
        let Some(routes) = found.value.taking(request.method()) else {
            let extra = Extra { status: None, headers: vec![(header::ALLOW, found.value.allowed.clone())] };
            return self.edge.refuse_outside(&request, Fault::new("method.wrong"), Some(extra));
        };
        let path = decoded(&found.params);
        self.edge.serve(routes, request, path).await
    }

    async fn answer_beside(&self, request: Request<Body>) -> Response<Body> {
        match self.beside.as_ref().and_then(|beside| beside(&request)) {
            Some(other) => other.await,
            None => self.edge.refuse_outside(&request, Fault::new("route.unknown"), None),
        }
    }
}

impl Methods {
    fn of(routes: &[Arc<Route>]) -> Self {
        let mut by_method: Vec<(Method, Vec<Arc<Route>>)> = Vec::new();
        for route in routes {
            match by_method.iter_mut().find(|(method, _)| *method == route.method) {
                Some((_, sharing)) => sharing.push(route.clone()),
                None => by_method.push((route.method.clone(), vec![route.clone()])),
            }
        }
        for (_, sharing) in &mut by_method {
            // What takes every request is asked last.
            sharing.sort_by_key(|route| route.when.is_none());
        }
        let mut names: Vec<&str> = by_method.iter().map(|(method, _)| method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        let allowed = HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static(""));
        Methods { by_method, allowed }
    }

    /// The endpoints that take this method; whoever asks for the head alone of what they could get, asks those that give it.
    fn taking(&self, method: &Method) -> Option<&[Arc<Route>]> {
        let of = |wanted: &Method| self.by_method.iter().find(|(method, _)| method == wanted);
        let (_, routes) = of(method).or_else(|| of(&Method::GET).filter(|_| *method == Method::HEAD))?;
        Some(routes)
    }
}

/// The values in a path by their names; none if one of them is no text.
fn decoded(params: &matchit::Params<'_, '_>) -> Vec<(String, String)> {
    let decode = |(name, value): (&str, &str)| {
        let value = percent_decode_str(value).decode_utf8().ok()?;
        Some((name.to_owned(), value.into_owned()))
    };
    params.iter().map(decode).collect::<Option<_>>().unwrap_or_default()
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
