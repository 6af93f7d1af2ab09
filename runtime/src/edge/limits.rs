//! How much a caller may ask of the edge, and how long they may take.

use std::time::Duration;

/// The limits of the edge. The body's size is a setting and stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeLimits {
    /// Connections at once. For one more, the one that has waited for its caller the longest is closed; if all are being
    /// worked on, it waits to be accepted.
    pub connections: usize,
    /// Of these, those of one source.
    pub per_source: usize,
    /// Of these, those that only callers have who showed a credential.
    pub reserved: usize,
    /// The same for the port of health and metrics.
    pub operations: usize,
    /// Header lines of a request.
    pub headers: usize,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// From the first byte of a head to its last; for a new connection, from its beginning.
    pub head: Duration,
    /// From the head to the last byte of the body.
    pub body: Duration,
    /// How long the caller may take no byte of an answer.
    pub write_stall: Duration,
    /// How long a connection may be idle between requests.
    pub keep_alive: Duration,
    /// From the last byte of the body to the answer.
    pub handling: Duration,
    /// How long requests in flight may take when the adapter stops.
    pub drain: Duration,
}

impl Default for EdgeLimits {
    fn default() -> Self {
        EdgeLimits {
            connections: 1024,
            per_source: 512,
            reserved: 128,
            operations: 64,
            headers: 64,
            head_bytes: 16 * 1024,
            head: Duration::from_secs(5),
            body: Duration::from_secs(10),
            write_stall: Duration::from_secs(10),
            keep_alive: Duration::from_secs(60),
            handling: Duration::from_secs(10),
            drain: Duration::from_secs(15),
        }
    }
}
