//! The material that new connections use now. What is exchanged holds from the next handshake on; a connection that is
//! open keeps what it has.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::material::{self, Material};
use super::{ClientCertificate, Environment, Exchanged, Port, TlsErrors, TlsOptions, certificate};

/// TLS of a process.
pub(crate) struct Tls {
    now: RwLock<Arc<Material>>,
    /// How often it changed whose certificates are good.
    authorities: watch::Sender<u64>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// Every file that cannot be used.
    pub fn open(options: &TlsOptions, environment: Environment<'_>) -> Result<Self, TlsErrors> {
        let material = material::read(options, environment)?;
        Ok(Tls { now: RwLock::new(Arc::new(material)), authorities: watch::Sender::new(0) })
    }

    /// Reads the files again, and uses what is in them from now on.
    ///
    /// # Errors
    /// Every file that cannot be used; then all stays as it is.
    pub fn read_again(&self, options: &TlsOptions, environment: Environment<'_>) -> Result<Exchanged, TlsErrors> {
        let material = material::read(options, environment)?;
        let before = self.now();
        if material.digest == before.digest {
            return Ok(Exchanged::Nothing);
        }
        let (fingerprint, authorities) = (material.fingerprint.clone(), material.authorities);
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(material);
        if authorities != before.authorities {
            self.authorities.send_modify(|times| *times += 1);
        }
        Ok(Exchanged::Material(fingerprint))
    }

    /// What does the handshake of a connection.
    pub fn acceptor(&self, port: Port) -> TlsAcceptor {
        let now = self.now();
        TlsAcceptor::from(match port {
            Port::Api => now.api.clone(),
            Port::Operations => now.operations.clone(),
        })
    }

    /// Until when the certificate is good, in seconds since 1970.
    pub fn expires(&self) -> u64 {
        self.now().expires
    }

    /// Notices when other certificates of callers are good than now.
    pub fn authorities(&self) -> watch::Receiver<u64> {
        self.authorities.subscribe()
    }

    fn now(&self) -> Arc<Material> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The names of a certificate that a handshake brought.
pub(crate) fn client_certificate(der: &[u8]) -> ClientCertificate {
    certificate::names(der)
}
