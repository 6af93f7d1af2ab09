//! TLS of the adapter's own ports: certificates and authorities read from files, checked, and exchanged while it serves.
//! Which connections use them is decided by the edge, who may call by the settings.

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod authorities;
#[cfg(feature = "tls")]
mod certificate;
#[cfg(feature = "tls")]
mod live;
#[cfg(feature = "tls")]
mod material;
mod names;

use std::path::PathBuf;

#[cfg(not(feature = "tls"))]
pub(crate) use absent::Tls;
#[cfg(feature = "tls")]
pub(crate) use live::{Tls, client_certificate};
pub use names::CertificateName;
pub(crate) use names::ClientCertificate;

/// Where the material of TLS is, as the settings say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsOptions {
    /// The file with the certificate, and those of the authorities between it and the root, in PEM.
    pub certificate: PathBuf,
    /// A reference to its private key, in PEM.
    pub key: String,
    /// The file with the authorities whose certificates callers show, in PEM; nobody is asked for one without it.
    pub client_ca: Option<PathBuf>,
    /// The file with the certificates that those authorities revoked, in PEM.
    pub client_crl: Option<PathBuf>,
    /// Whether a connection without a client's certificate is served too.
    pub client_optional: bool,
    /// Whether HTTP/2 is offered.
    pub http2: bool,
}

/// Reads an environment variable that a reference names.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// Why files cannot be used, each with the setting that names it.
pub(crate) type TlsErrors = Vec<(&'static str, String)>;

/// What came of reading the files again.
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "there are no files"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exchanged {
    /// They are as they were.
    Nothing,
    /// New connections use what is in them now; with the certificate's fingerprint.
    Material(String),
}

/// The port that a connection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// Where the API is served: callers may have to show certificates.
    Api,
    /// Where health and metrics are: nobody is asked.
    Operations,
}
