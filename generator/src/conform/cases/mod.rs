//! The cases, one kind a file. Each knows what it changes and what the definition says of that, and nothing of how an
//! answer is judged.

pub mod bodies;
pub mod callers;
pub mod examples;
pub mod held;
pub mod routes;
pub mod rows;
pub mod rules;
pub mod types;

use crate::model::{Adapter, Endpoint, Field};
use crate::openapi::body_slots;

/// Faults that need a state of the server, or a failure of what is behind it: no request provokes them by itself.
const NEEDS_STATE: [&str; 12] = [
    "otp.expired",
    "otp.exhausted",
    "otp.limited",
    "sms.limited",
    "password.locked",
    "answers.locked",
    "deposit.locked",
    "caller.forbidden",
    "caller.limited",
    "store.unavailable",
    "overloaded",
    "unexpected",
];

/// True for a fault that no request provokes by itself.
fn needs_state(fault: &str) -> bool {
    NEEDS_STATE.contains(&fault) || fault.starts_with("hook.") || matches!(fault, "sms.refused" | "sms.failed")
}

/// The endpoints that share the route of one; the first takes what no other does.
fn sharing<'a>(of: &'a Adapter, endpoint: &Endpoint) -> Vec<&'a Endpoint> {
    let same = |other: &&Endpoint| (&other.method, &other.path) == (&endpoint.method, &endpoint.path);
    of.endpoints.iter().filter(same).collect()
}

/// True for a field that does not stand in the body.
fn is_in_path(endpoint: &Endpoint, field: &Field) -> bool {
    field.is_in_head() || body_slots(&endpoint.path).contains(&field.wire)
}

/// True for endpoints that need a session, which examples alone can open.
fn needs_session(endpoint: &Endpoint) -> bool {
    endpoint.session.is_some()
}

const NO_SESSION: &str = "it needs a session; the examples open one";
