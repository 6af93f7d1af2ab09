//! TLS to the database. There is one way: the server's certificate is checked against an authority that the address
//! names, and against the host's name. What only encrypts, or encrypts if the other side likes to, is refused.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::StoreError;

/// How a connection is protected on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tls {
    /// The file with the certificates of the authority, in PEM.
    authority: PathBuf,
}

impl Tls {
    /// Takes what is said of TLS out of an address; gives the address without it.
    pub fn taken_from(address: &str) -> Result<(String, Option<Tls>), StoreError> {
        let Some((place, parameters)) = address.split_once('?') else { return Ok((address.to_owned(), None)) };
        let (mut mode, mut authority, mut others) = (None, None, Vec::new());
        for parameter in parameters.split('&') {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => authority = Some(PathBuf::from(value)),
                _ => others.push(parameter),
            }
        }
        let tls = match (mode, authority) {
            (None | Some("disable"), None) => None,
            (Some("verify-full"), Some(authority)) => Some(Tls { authority }),
            (Some("verify-full"), None) => {
                return Err(unusable("`sslmode=verify-full` needs `sslrootcert=PATH`, the authority's certificates"));
            }
            (None | Some("disable"), Some(_)) => {
                return Err(unusable("`sslrootcert` is for `sslmode=verify-full` alone"));
            }
            (Some(_), _) => {
                let why = "TLS without a check of certificate and name protects from nobody; write \
                           `sslmode=verify-full&sslrootcert=PATH`";
                return Err(unusable(why));
            }
        };
        let address = if others.is_empty() { place.to_owned() } else { format!("{place}?{}", others.join("&")) };
        Ok((address, tls))
    }

    /// What makes connections; reads the authority's file.
    pub fn connector(&self) -> Result<MakeRustlsConnect, StoreError> {
        let mut roots = RootCertStore::empty();
        for certificate in read(&self.authority)? {
            roots.add(certificate).map_err(|error| unusable_authority(&self.authority, error))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(format!("TLS cannot be used: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = found.map_err(|error| unusable_authority(path, error))?;
    if certificates.is_empty() {
        Err(unusable_authority(path, "there is no certificate in it"))
    } else {
        Ok(certificates)
    }
}

fn unusable_authority(path: &Path, why: impl std::fmt::Display) -> StoreError {
    unusable(format!("{}, the authority of the database's certificate: {why}", path.display()))
}

fn unusable(why: impl Into<String>) -> StoreError {
    StoreError::Unusable(why.into())
}
