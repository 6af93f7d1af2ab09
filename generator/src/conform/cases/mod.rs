//! The cases, one kind a file. Each knows what it changes and what the definition says of that, and nothing of how an
//! answer is judged.

pub mod bodies;
pub mod callers;
pub mod examples;
pub mod routes;
pub mod rows;
pub mod rules;
pub mod server_data;
pub mod types;

use crate::model::{Adapter, Endpoint, Field};
use crate::openapi::path_parameters;

/// True for a fault that needs earlier requests, or a failure of what is behind the server.
fn needs_state(of: &Adapter, fault: &str) -> bool {
    of.unprovoked.state.iter().any(|one| one == fault)
}

/// The endpoints that share the route of one; the first takes what no other does.
fn sharing<'a>(of: &'a Adapter, endpoint: &Endpoint) -> Vec<&'a Endpoint> {
    let same = |other: &&Endpoint| (&other.method, &other.path) == (&endpoint.method, &endpoint.path);
    of.endpoints.iter().filter(same).collect()
}

/// True for a field that does not stand in the body.
fn is_in_path(endpoint: &Endpoint, field: &Field) -> bool {
    field.is_in_head() || path_parameters(&endpoint.path).contains(&field.wire)
}

/// True for endpoints that need a session, which examples alone can open.
fn needs_session(endpoint: &Endpoint) -> bool {
    endpoint.session.is_some()
}

const NO_SESSION: &str = "it needs a session; the examples open one";
