//! TLS of the adapter's own ports, from `tls.*`: which files, and what is in them. What may not stand together is decided
//! by `rules`.

use std::path::PathBuf;

use super::read::Sources;
use super::tree::{SettingError, SettingsTree};
use super::values::Reader;
use crate::tls::{Tls, TlsErrors, TlsOptions};

/// The settings that say something only beside a certificate.
const BESIDE: &[&str] = &["tls.key", "tls.client_ca", "tls.client_crl", "tls.client_certificate", "http2", "ops.tls"];

/// The settings that say something only beside authorities.
const BESIDE_AUTHORITIES: &[&str] = &["tls.client_crl", "tls.client_certificate"];

impl Reader<'_> {
    /// Where the files of TLS are, if it is on.
    pub(super) fn tls(&mut self) -> Option<TlsOptions> {
        let certificate = self.path("tls.certificate");
        let key = self.one(self.tree.text_if_set("tls.key")).flatten();
        let Some(certificate) = certificate else {
            let alone: Vec<&str> = BESIDE.iter().copied().filter(|path| self.says_something(path)).collect();
            for path in alone {
                self.refuse(path, "it is for TLS, which is off; name the certificate: `tls.certificate: PATH`");
            }
            return None;
        };
        let Some(key) = key else {
            self.refuse(
                "tls.key",
                "it is missing; write `file:PATH` or `env:NAME`, which names the private key in PEM",
            );
            return None;
        };
        let client_ca = self.path("tls.client_ca");
        if client_ca.is_none() {
            for path in BESIDE_AUTHORITIES.iter().filter(|path| self.tree.place(path).is_some()) {
                self.refuse(path, "nobody is asked for a certificate; name the authorities: `tls.client_ca: PATH`");
            }
        }
        let client_crl = self.path("tls.client_crl");
        let client_optional = self.says("tls.client_certificate", "optional");
        let http2 = self.flag("http2");
        Some(TlsOptions { certificate, key, client_ca, client_crl, client_optional, http2 })
    }

    fn says_something(&self, path: &str) -> bool {
        // `false` says that it is off, which it is.
        self.tree.place(path).is_some() && self.tree.boolean(path, true).unwrap_or(true)
    }

    pub(super) fn path(&mut self, path: &str) -> Option<PathBuf> {
        let text = self.one(self.tree.text_if_set(path)).flatten()?;
        let text = text.strip_prefix("file:").unwrap_or(&text);
        (!text.is_empty()).then(|| PathBuf::from(text))
    }
}

/// Reads the files.
///
/// # Errors
/// Every file that cannot be used.
pub(super) fn open(options: &TlsOptions, tree: &SettingsTree, sources: &Sources) -> Result<Tls, Vec<SettingError>> {
    Tls::open(options, &|name| sources.environment.get(name).cloned()).map_err(|errors| entry(tree, errors))
}

fn entry(tree: &SettingsTree, errors: TlsErrors) -> Vec<SettingError> {
    errors.into_iter().map(|(path, what)| tree.error(path, what)).collect()
}
