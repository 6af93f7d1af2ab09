//! The names of a client's certificate: as the settings write them for a caller, and as the certificate has them. Both are
//! compared whole; a name in a certificate stands for no other names.

/// A name by which a caller's certificate is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateName {
    /// Every certificate of the authorities that the settings name.
    Any,
    /// The common name of the subject, if it has exactly one.
    CommonName(String),
    /// A DNS name among the subject's alternative names.
    Dns(String),
    /// A URI among them.
    Uri(String),
    /// An e-mail address among them.
    Email(String),
    /// The SHA-256 of the whole certificate, in hexadecimal digits.
    Fingerprint(String),
}

impl CertificateName {
    /// Reads a name as the settings write it: `any`, or a kind and a colon before the name.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "any" {
            return Some(CertificateName::Any);
        }
        let (kind, name) = text.split_once(':')?;
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        match kind {
            "cn" => Some(CertificateName::CommonName(name.to_owned())),
            "dns" => Some(CertificateName::Dns(name.to_ascii_lowercase())),
            "uri" => Some(CertificateName::Uri(name.to_owned())),
            "email" => Some(CertificateName::Email(name.to_ascii_lowercase())),
            "sha256" => fingerprint(name).map(CertificateName::Fingerprint),
            _ => None,
        }
    }
}

/// 32 bytes in hexadecimal digits, with or without colons between them.
fn fingerprint(text: &str) -> Option<String> {
    let digits = text.replace(':', "").to_ascii_lowercase();
    let is_whole = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_whole.then_some(digits)
}

/// The names of a certificate that a client showed, and that an authority of the settings vouches for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    pub names: Vec<CertificateName>,
}

impl ClientCertificate {
    /// True if it has a name of these.
    pub fn has_one_of(&self, wanted: &[CertificateName]) -> bool {
        wanted.iter().any(|name| *name == CertificateName::Any || self.names.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_kind() {
        let digits = "ab".repeat(32);
        let with_colons = "AB:".repeat(31) + "AB";
        for (text, name) in [
            ("any", CertificateName::Any),
            ("cn:powerauth", CertificateName::CommonName("powerauth".into())),
            ("dns:Auth.Bank.example", CertificateName::Dns("auth.bank.example".into())),
            ("uri:spiffe://bank/auth", CertificateName::Uri("spiffe://bank/auth".into())),
            ("email:Ops@bank.example", CertificateName::Email("ops@bank.example".into())),
            (&format!("sha256:{digits}"), CertificateName::Fingerprint(digits.clone())),
            (&format!("sha256:{with_colons}"), CertificateName::Fingerprint(digits.clone())),
        ] {
            assert_eq!(CertificateName::parse(text), Some(name), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_names() {
        for text in ["", "powerauth", "CN=powerauth", "cn:", "dns: ", "sha256:abcd", "ip:10.0.0.1", "Any"] {
            assert_eq!(CertificateName::parse(text), None, "{text}");
        }
    }
}
