//! The TLS handshake of a connection: within the time of a head, for as long as the connection is not asked to close. It
//! brings who the caller is, if they showed a certificate, and which HTTP is spoken.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::listen::Listening;
use super::phase::Phase;
use crate::telemetry;
use crate::tls::{ClientCertificate, client_certificate};

/// What the library keeps of what it cannot write yet, in bytes.
const UNSENT: usize = 16 * 1024;

/// The name of HTTP/2 in a handshake.
const HTTP2: &[u8] = b"h2";

/// A connection after its handshake.
pub(super) struct Secured {
    pub stream: TlsStream<TcpStream>,
    /// The certificate that the caller showed.
    pub certificate: Option<Arc<ClientCertificate>>,
    pub is_http2: bool,
}

/// Does the handshake; nothing if there was none.
pub(super) async fn shake(
    stream: TcpStream,
    (listening, peer): (&Listening, Option<IpAddr>),
    secured: &super::listen::Secure,
    phase: &Phase,
) -> Option<Secured> {
    let acceptor = secured.tls.acceptor(secured.port);
    let shaking = acceptor.accept_with(stream, |connection| connection.set_buffer_limit(Some(UNSENT)));
    let port = listening.connections.port();
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(listening.limits.head, shaking) => shaken,
        () = phase.closed() => return None,
    };
    let stream = match shaken {
        Ok(Ok(stream)) => stream,
        Ok(Err(because)) => {
            telemetry::handshake(port, "failed");
            tracing::info!(port, source = peer.map(tracing::field::display), %because, "a TLS handshake failed");
            return None;
        }
        Err(_) => {
            telemetry::handshake(port, "timed_out");
            tracing::info!(port, source = peer.map(tracing::field::display), "a TLS handshake did not end in time");
            return None;
        }
    };
    telemetry::handshake(port, "succeeded");
    let (_, connection) = stream.get_ref();
    let shown = connection.peer_certificates().and_then(|chain| chain.first());
    let certificate = shown.map(|der| Arc::new(client_certificate(der)));
    let is_http2 = connection.alpn_protocol() == Some(HTTP2);
    Some(Secured { stream, certificate, is_http2 })
}
