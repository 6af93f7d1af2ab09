//! How a request reports its progress to its connection: one that has the connection for itself to the [`Phase`], one
//! that shares it to its stream.

use super::phase::Phase;
#[cfg(feature = "tls")]
use super::streams::Stream;

/// The handle by which a request reports.
#[derive(Clone)]
pub(super) enum Progress {
    /// Of the only request that is under way.
    Alone(Phase),
    /// Of one among several.
    #[cfg(feature = "tls")]
    Beside(std::sync::Arc<Stream>),
}

impl Progress {
    /// The body of the request is awaited from now on.
    pub fn awaits_body(&self) {
        match self {
            Progress::Alone(phase) => phase.awaits_body(),
            #[cfg(feature = "tls")]
            Progress::Beside(stream) => stream.awaits_body(),
        }
    }

    /// The body is there.
    pub fn has_body(&self) {
        match self {
            Progress::Alone(phase) => phase.has_body(),
            #[cfg(feature = "tls")]
            Progress::Beside(stream) => stream.has_body(),
        }
    }

    /// A credential was accepted on the connection.
    pub fn authenticated(&self) {
        match self {
            Progress::Alone(phase) => phase.authenticated(),
            #[cfg(feature = "tls")]
            Progress::Beside(stream) => stream.authenticated(),
        }
    }
}
