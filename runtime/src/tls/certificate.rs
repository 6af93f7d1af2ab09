//! What a certificate says of itself: its names, until when it is good, and its fingerprint. Whether it is to be believed
//! is decided by the TLS library.

use x509_cert::der::asn1::{ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::{Any, Decode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, SubjectAltName};
use x509_cert::{Certificate, Version};

use super::{CertificateName, ClientCertificate};

/// `commonName`
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// `serverAuth` and `anyExtendedKeyUsage`
const FOR_SERVERS: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"), ObjectIdentifier::new_unwrap("2.5.29.37.0")];

/// From when and until when a certificate is good, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub from: u64,
    pub until: u64,
}

/// The names of a client's certificate.
pub(super) fn names(der: &[u8]) -> ClientCertificate {
    let mut names = vec![CertificateName::Fingerprint(fingerprint(der))];
    // One that the library believes and that cannot be read here has its fingerprint for a name.
    if let Ok(certificate) = Certificate::from_der(der) {
        names.extend(common_name(&certificate).map(CertificateName::CommonName));
        names.extend(alternative_names(&certificate));
    }
    ClientCertificate { names }
}

/// When a certificate is good; nothing if it cannot be read.
pub(super) fn validity(der: &[u8]) -> Option<Validity> {
    let validity = Certificate::from_der(der).ok()?.tbs_certificate.validity;
    let (from, until) = (validity.not_before, validity.not_after);
    Some(Validity { from: from.to_unix_duration().as_secs(), until: until.to_unix_duration().as_secs() })
}

/// True if a certificate says that its key may sign others, or is of the first version, which could not say it.
pub(super) fn is_authority(der: &[u8]) -> bool {
    let Ok(Certificate { tbs_certificate: certificate, .. }) = Certificate::from_der(der) else { return false };
    match certificate.get::<BasicConstraints>() {
        Ok(Some((_, constraints))) => constraints.ca,
        Ok(None) => certificate.version == Version::V1,
        Err(_) => false,
    }
}

/// True unless a certificate says what it is for, and servers are not among that.
pub(super) fn is_for_servers(der: &[u8]) -> bool {
    let Ok(certificate) = Certificate::from_der(der) else { return false };
    match certificate.tbs_certificate.get::<ExtendedKeyUsage>() {
        Ok(Some((_, ExtendedKeyUsage(uses)))) => uses.iter().any(|one| FOR_SERVERS.contains(one)),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// The SHA-256 of a certificate.
pub(super) fn fingerprint(der: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(der))
}

/// The only common name; which of several is meant, nobody knows.
fn common_name(certificate: &Certificate) -> Option<String> {
    let parts = certificate.tbs_certificate.subject.0.iter().flat_map(|part| part.0.iter());
    let mut all = parts.filter(|part| part.oid == COMMON_NAME).map(|part| &part.value);
    match (all.next(), all.next()) {
        (Some(only), None) => text(only),
        _ => None,
    }
}

fn text(value: &Any) -> Option<String> {
    let utf8 = value.decode_as::<Utf8StringRef<'_>>().ok().map(|text| text.as_str().to_owned());
    let printable = || value.decode_as::<PrintableStringRef<'_>>().ok().map(|text| text.as_str().to_owned());
    let teletex = || value.decode_as::<TeletexStringRef<'_>>().ok().map(|text| text.as_str().to_owned());
    utf8.or_else(printable).or_else(teletex)
}

fn alternative_names(certificate: &Certificate) -> Vec<CertificateName> {
    let Ok(Some((_, SubjectAltName(all)))) = certificate.tbs_certificate.get::<SubjectAltName>() else {
        return Vec::new();
    };
    let name = |name: GeneralName| match name {
        GeneralName::DnsName(name) => Some(CertificateName::Dns(name.as_str().to_ascii_lowercase())),
        GeneralName::UniformResourceIdentifier(uri) => Some(CertificateName::Uri(uri.as_str().to_owned())),
        GeneralName::Rfc822Name(address) => Some(CertificateName::Email(address.as_str().to_ascii_lowercase())),
        _ => None,
    };
    all.into_iter().filter_map(name).collect()
}
