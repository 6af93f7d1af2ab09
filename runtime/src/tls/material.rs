//! Reads the files of TLS and makes the configurations of both ports of them, or tells what is wrong with which file.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ConfigBuilder, ServerConfig, WantsVerifier};
use sha2::{Digest, Sha256};

use super::certificate::{self, Validity};
use super::{Environment, TlsErrors, TlsOptions, authorities};
use crate::settings::read_secret;
use crate::values::Time;

/// A file with more bytes is none of these.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What the files held, ready for connections.
pub(super) struct Material {
    /// For the API.
    pub api: Arc<ServerConfig>,
    /// For health and metrics, which ask nobody for a certificate.
    pub operations: Arc<ServerConfig>,
    /// A hash of all that was read.
    pub digest: [u8; 32],
    /// A hash of what decides whose certificates are good.
    pub authorities: [u8; 32],
    /// The SHA-256 of the certificate.
    pub fingerprint: String,
    /// Until when the certificate is good, in seconds since 1970.
    pub expires: u64,
}

/// The bytes of the files.
struct Read {
    certificate: Vec<u8>,
    key: crate::settings::SecretBytes,
    client_ca: Option<Vec<u8>>,
    client_crl: Option<Vec<u8>>,
}

/// Reads everything anew.
///
/// # Errors
/// Every file that cannot be used.
pub(super) fn read(options: &TlsOptions, environment: Environment<'_>) -> Result<Material, TlsErrors> {
    let files = read_files(options, environment)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let one = |setting: &'static str| move |what: String| vec![(setting, what)];
    let (own, validity) = own_certificate(&files, &provider)?;
    let own = Arc::new(SingleCertAndKey::from(own));
    let verifier = match &files.client_ca {
        None => WebPkiClientVerifier::no_client_auth(),
        Some(client_ca) => {
            authorities::verifier(client_ca, files.client_crl.as_deref(), options.client_optional, provider.clone())?
        }
    };
    let versions = || -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, TlsErrors> {
        let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
        builder.map_err(|error| error.to_string()).map_err(one("tls.certificate"))
    };
    let mut api = versions()?.with_client_cert_verifier(verifier).with_cert_resolver(own.clone());
    let http2: &[&[u8]] = if options.http2 { &[b"h2"] } else { &[] };
    api.alpn_protocols = http2.iter().chain([&b"http/1.1".as_slice()]).map(|name| name.to_vec()).collect();
    let mut operations = versions()?.with_no_client_auth().with_cert_resolver(own);
    operations.alpn_protocols = vec![b"http/1.1".to_vec()];
    for config in [&mut api, &mut operations] {
        config.ignore_client_order = true;
    }
    let (digest, authorities) = digests(options, &files);
    let fingerprint = first_certificate(&files.certificate).map(|der| certificate::fingerprint(&der));
    Ok(Material {
        api: Arc::new(api),
        operations: Arc::new(operations),
        digest,
        authorities,
        fingerprint: fingerprint.unwrap_or_default(),
        expires: validity.until,
    })
}

fn read_files(options: &TlsOptions, environment: Environment<'_>) -> Result<Read, TlsErrors> {
    let mut mistakes = Vec::new();
    let mut file = |setting: &'static str, path: &Path| {
        read_file(path).map_err(|what| mistakes.push((setting, what))).unwrap_or_default()
    };
    let certificate = file("tls.certificate", &options.certificate);
    let client_ca = options.client_ca.as_deref().map(|path| file("tls.client_ca", path));
    let client_crl = options.client_crl.as_deref().map(|path| file("tls.client_crl", path));
    match read_secret(&options.key, environment) {
        Ok(key) if mistakes.is_empty() => Ok(Read { certificate, key, client_ca, client_crl }),
        Ok(_) => Err(mistakes),
        Err(what) => {
            mistakes.push(("tls.key", what));
            Err(mistakes)
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    let about = std::fs::metadata(path).map_err(cannot)?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(format!("`{}` is no file with certificates", path.display()));
    }
    std::fs::read(path).map_err(cannot)
}

/// The certificate with its key, which belong together and are good now.
fn own_certificate(files: &Read, provider: &CryptoProvider) -> Result<(CertifiedKey, Validity), TlsErrors> {
    let refuse = |setting: &'static str, what: String| vec![(setting, what)];
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&files.certificate).collect();
    let chain = chain.map_err(|error| refuse("tls.certificate", format!("it cannot be read as PEM: {error}")))?;
    let Some(first) = chain.first() else {
        return Err(refuse("tls.certificate", "there is no certificate in it; PEM is wanted".to_owned()));
    };
    let validity = certificate::validity(first)
        .ok_or_else(|| refuse("tls.certificate", "its first certificate cannot be read".to_owned()))?;
    if !certificate::is_for_servers(first) {
        return Err(refuse("tls.certificate", "its first certificate is for other uses than `serverAuth`".to_owned()));
    }
    check_validity(validity).map_err(|what| refuse("tls.certificate", what))?;
    let key = PrivateKeyDer::from_pem_slice(&files.key).map_err(|_| {
        let what = "there is no private key in it; PEM is wanted (PKCS #8, PKCS #1 or SEC 1), and not encrypted";
        refuse("tls.key", what.to_owned())
    })?;
    let own = CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            refuse("tls.key", "it is not the key of the first certificate of `tls.certificate`".to_owned())
        }
        // What the library says of keys and certificates holds nothing of them.
        error => refuse("tls.key", format!("it cannot be used: {error}")),
    })?;
    Ok((own, validity))
}

fn check_validity(validity: Validity) -> Result<(), String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let at = |seconds: u64| Time::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    if now >= validity.until {
        return Err(format!("its first certificate was good until {}", at(validity.until)));
    }
    if now < validity.from {
        return Err(format!("its first certificate is good from {} on", at(validity.from)));
    }
    Ok(())
}

fn first_certificate(pem: &[u8]) -> Option<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).next()?.ok()
}

/// Hashes of everything, and of what decides whose certificates are good.
fn digests(options: &TlsOptions, files: &Read) -> ([u8; 32], [u8; 32]) {
    let part = |hash: Sha256, bytes: &[u8]| hash.chain_update(bytes.len().to_be_bytes()).chain_update(bytes);
    let none: &[u8] = &[];
    let clients = [files.client_ca.as_deref().unwrap_or(none), files.client_crl.as_deref().unwrap_or(none)];
    let flags = [u8::from(files.client_ca.is_some()), u8::from(options.client_optional), u8::from(options.http2)];
    let authorities: [u8; 32] = clients.into_iter().fold(part(Sha256::new(), &flags), part).finalize().into();
    let all = [files.certificate.as_slice(), &files.key, &authorities];
    (all.into_iter().fold(Sha256::new(), part).finalize().into(), authorities)
}
