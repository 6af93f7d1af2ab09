//! What the `api` attribute registers for each method, and what the edge calls. Neither side sees the other's types.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method};

use crate::adapter::SessionKind;
use crate::context::{Context, Core};
use crate::fault::Fault;
use crate::hooks::{BoxFuture, DynHooks};
use crate::wire::{Head, Tape};

/// An endpoint as the edge knows it.
pub struct Endpoint<S, H: ?Sized = dyn DynHooks> {
    /// The method's name in the trait.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, without the adapter's base.
    pub path: &'static str,
    /// Whether it takes a request body.
    pub has_body: bool,
    /// Whether it takes this request, where endpoints share a route.
    pub when: Option<Discriminator>,
    /// The kind of session that a request must come in, if it must.
    pub session: Option<&'static SessionKind>,
    /// Looks at the path before the body is read, if it has parameters.
    pub path_check: Option<PathCheck>,
    /// Whether fields of its request stand in headers or the query.
    pub has_head: bool,
    /// The header in which a request says its id, if it may.
    pub request_id: Option<&'static str>,
    /// Decodes, calls the method, encodes.
    pub run: Run<S, H>,
    /// Answers a fault by the endpoint's own error table.
    pub refuse: ErrorResponder,
}

impl<S, H: ?Sized> Endpoint<S, H> {
    /// True if a request must come in a session.
    pub fn has_session(&self) -> bool {
        self.session.is_some()
    }
}

/// What runs an endpoint.
pub type Run<S, H> = Arc<dyn Fn(Context<S, H>, Incoming) -> BoxFuture<'static, Reply> + Send + Sync>;

/// What tells endpoints of one route apart.
pub type Discriminator = fn(&Asked<'_>, &Core) -> bool;

/// What is known of a request before one of the endpoints of its route takes it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The body, if it was read.
    pub body: Option<&'a Tape>,
    /// Its headers and query, if an endpoint of the route looks at them.
    pub head: Option<&'a Head>,
}

/// Checks the values of a path, and gives those that mean something by their meanings.
pub type PathCheck = fn(&[(String, String)], &Core) -> Result<Vec<(&'static str, String)>, Fault>;

/// What answers a fault.
pub type ErrorResponder = fn(Fault, &Core) -> Reply;

/// A request after the edge has read it: limited, of the right media type, and checked.
#[derive(Debug, Default)]
pub struct Incoming {
    /// The body, if there is one.
    pub body: Option<Arc<Tape>>,
    /// The values of the path's parameters.
    pub path: Vec<(String, String)>,
    /// Its headers and query, if the endpoint looks at them.
    pub head: Option<Head>,
}

/// An answer before the edge writes it.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// The body, as it is written.
    pub body: Option<Vec<u8>>,
    /// Further headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The name of the fault that is answered, for the log and the metrics.
    pub fault: Option<&'static str>,
    /// What went wrong inside, for the log alone.
    pub inner: Option<String>,
    /// Whether the same may be asked again in a moment.
    pub busy: bool,
}

/// How faults outside every endpoint are answered: unknown paths, wrong methods.
#[derive(Clone, Copy)]
pub struct Outside {
    /// Answers a fault by the adapter's own error table.
    pub refuse: ErrorResponder,
}
