//! Whose certificates are believed when callers show them, and which were revoked.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

use super::{TlsErrors, certificate};

/// What checks a caller's certificate. With a list of revoked certificates each authority needs one, and one that is out
/// of date is believed no more.
///
/// # Errors
/// A file that cannot be used.
pub(super) fn verifier(
    client_ca: &[u8],
    client_crl: Option<&[u8]>,
    is_optional: bool,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsErrors> {
    let refuse = |setting: &'static str, what: String| vec![(setting, what)];
    let roots = Arc::new(roots(client_ca).map_err(|what| refuse("tls.client_ca", what))?);
    let mut builder = WebPkiClientVerifier::builder_with_provider(roots, provider);
    if let Some(client_crl) = client_crl {
        let lists = revoked(client_crl).map_err(|what| refuse("tls.client_crl", what))?;
        builder = builder.with_crls(lists).only_check_end_entity_revocation().enforce_revocation_expiration();
    }
    if is_optional {
        builder = builder.allow_unauthenticated();
    }
    let setting = if client_crl.is_some() { "tls.client_crl" } else { "tls.client_ca" };
    builder.build().map_err(|error| refuse(setting, format!("it cannot be used: {error}")))
}

fn roots(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("it cannot be read as PEM: {error}"))?;
        if !certificate::is_authority(&certificate) {
            return Err("it has a certificate that is no authority's (`CA:TRUE`)".to_owned());
        }
        roots.add(certificate).map_err(|error| format!("it has a certificate that is no authority's: {error}"))?;
    }
    if roots.is_empty() { Err("there is no certificate in it; PEM is wanted".to_owned()) } else { Ok(roots) }
}

fn revoked(pem: &[u8]) -> Result<Vec<CertificateRevocationListDer<'static>>, String> {
    let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(pem).collect();
    let lists = lists.map_err(|error| format!("it cannot be read as PEM: {error}"))?;
    if lists.is_empty() {
        Err("there is no list of revoked certificates in it; PEM is wanted".to_owned())
    } else {
        Ok(lists)
    }
}
