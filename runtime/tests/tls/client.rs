//! Clients: TLS with or without a certificate, HTTP/1.1 by hand, HTTP/2 by the library.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::authority::{Authority, Identity};

/// Whom a client believes, and who it is.
#[derive(Clone)]
pub struct Client {
    config: ClientConfig,
}

pub type Stream = TlsStream<TcpStream>;

impl Client {
    pub fn new(believed: &Authority, identity: Option<&Identity>) -> Client {
        Client::speaking(believed, identity, rustls::ALL_VERSIONS)
    }

    pub fn speaking(
        believed: &Authority,
        identity: Option<&Identity>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Client {
        let mut roots = RootCertStore::empty();
        roots.add(believed.der().into()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let builder = builder.with_root_certificates(roots);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let chain = vec![CertificateDer::from(identity.der.clone())];
                let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        Client { config }
    }

    /// The same, offering these names of HTTP.
    pub fn offering(mut self, names: &[&str]) -> Client {
        self.config.alpn_protocols = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        self
    }

    /// A connection after its handshake.
    pub async fn connect(&self, address: SocketAddr) -> io::Result<Stream> {
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(self.config.clone())).connect(name, stream).await
    }

    /// One request on a connection of its own.
    pub async fn get(&self, address: SocketAddr, path: &str) -> io::Result<(u16, String)> {
        let mut stream = self.connect(address).await?;
        get(&mut stream, path).await
    }

    /// A connection that carries several requests.
    pub async fn http2(&self, address: SocketAddr) -> SendRequest<axum::body::Body> {
        let stream = self.clone().offering(&["h2"]).connect(address).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (send, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        send
    }
}

/// Status and body of an answer; whether the connection ends stands in its head.
pub async fn get(stream: &mut Stream, path: &str) -> io::Result<(u16, String)> {
    let (head, body) = exchange(stream, path).await?;
    Ok((head.split(' ').nth(1).unwrap().parse().unwrap(), body))
}

/// Head, in small letters, and body of an answer.
pub async fn exchange(stream: &mut Stream, path: &str) -> io::Result<(String, String)> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((head, String::from_utf8(body).unwrap()))
}

/// The certificate that the server showed.
pub fn shown(stream: &Stream) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}
