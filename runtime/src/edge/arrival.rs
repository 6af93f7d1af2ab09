//! How a request arrived: what its connection knows, for whoever answers it. It stands among the request's extensions, so that
//! what is between them need not know of it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::Request;

use super::progress::Progress;
use crate::tls::ClientCertificate;

/// How a request arrived. One that was called by hand, as tests do and banks that nest the adapter, has nothing of it.
#[derive(Clone, Default)]
pub(super) struct Arrival {
    /// The address at the other end of the connection, or the one that its proxy speaks for.
    pub peer: Option<IpAddr>,
    /// What the caller showed of itself in the handshake.
    pub certificate: Option<Arc<ClientCertificate>>,
    /// What it reports its progress to.
    pub progress: Option<Progress>,
    /// It came while as many requests were under way as there may be, and is answered as busy.
    pub is_too_many: bool,
}

impl Arrival {
    /// How this request arrived.
    pub fn of<B>(request: &Request<B>) -> Option<&Self> {
        request.extensions().get()
    }
}
