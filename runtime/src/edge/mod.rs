//! HTTP: connections, limits, routing, reading bodies, writing answers. What an endpoint does is its own business;
//! every failure, also of what is no endpoint, is answered by the adapter's error tables.

mod answer;
mod arrival;
mod body;
mod callers;
mod connection;
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "requests are counted on HTTP/2 alone"))]
mod connections;
mod credentials;
mod enveloped;
#[cfg(feature = "tls")]
mod handshake;
mod http1;
#[cfg(feature = "tls")]
mod http2;
mod limits;
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "requests are counted on HTTP/2 alone"))]
mod listen;
mod longest;
mod operations_port;
mod phase;
mod progress;
mod proxy_protocol;
mod refusal_audit;
mod request;
mod request_log;
mod routes;
mod sampler;
mod source;
#[cfg(feature = "tls")]
mod streams;
mod transport;
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "requests are counted on HTTP/2 alone"))]
mod under_way;

pub(crate) use connections::{Connections, Places};
pub(crate) use credentials::WrongCredentials;
pub use limits::EdgeLimits;
pub(crate) use listen::{Answering, Listening, Secure, listen};
pub(crate) use operations_port::{Gauges, MetricsReader, Readiness, operations_router};
pub(crate) use request::{Edge, Route};
pub(crate) use routes::{Beside, PathTakenTwice, Routes};
pub(crate) use source::source;
