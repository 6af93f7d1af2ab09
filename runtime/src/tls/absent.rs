//! What stands for TLS in a program that was built without it: nothing that can be made.

use super::{Environment, Exchanged, TlsErrors, TlsOptions};

/// Nobody has one.
pub(crate) enum Tls {}

impl Tls {
    /// Never.
    ///
    /// # Errors
    /// Always: the program was built without TLS.
    pub fn open(_options: &TlsOptions, _environment: Environment<'_>) -> Result<Self, TlsErrors> {
        Err(vec![("tls.certificate", "this program was built without the runtime's feature `tls`".to_owned())])
    }

    /// Of nobody.
    pub fn expires(&self) -> u64 {
        match *self {}
    }

    /// Of nobody.
    pub fn read_again(&self, _options: &TlsOptions, _environment: Environment<'_>) -> Result<Exchanged, TlsErrors> {
        match *self {}
    }
}
