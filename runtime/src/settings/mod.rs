//! What may be set without generating again: read at start from one file and the environment, typed, checked at
//! once with every error reported. What the values do is decided by the parts that they are given to.
//!
//! The environment wins over the file, the file over the defaults of `--dev`, those over the definition. A path such
//! as `otps.sms.digits` is nested or dotted in the file, and `COUNTERSIGN_OTPS__SMS__DIGITS` in the environment.
//! Lengths of time are written `90s`, `5m`, `1h`; lists have commas in the environment.
//! Each setting is a row of [`countersign_engine::settings::SETTINGS`]: path, what may be set, default, and what it is.
//! `docs/settings.md` and the `settings.yaml` of a new crate are written from the same rows.
//!
//! A reference is `env:NAME` or `file:PATH`; the secret has at least 32 bytes, and a file is for its owner only,
//! or root's and for a group of the process, as platforms mount secrets. With
//! `--dev` there are `COUNTERSIGN_DEV_OUTBOX` (a file for messages), `COUNTERSIGN_DEV_SMS=real` and
//! `COUNTERSIGN_DEV_LIMITS=off` too. `COUNTERSIGN_SETTINGS` names the file, `COUNTERSIGN_LOG` filters the log.

mod callers;
mod capacity;
mod effective;
mod file;
mod injected;
mod keys;
mod lines;
mod options;
mod otlp;
mod own;
mod read;
mod rows;
mod rules;
mod secrets;
mod strength;
mod tabled;
#[cfg(test)]
mod tests;
mod tls;
#[cfg(test)]
#[cfg(feature = "tls")]
mod tls_tests;
mod tree;
mod values;

pub use crate::tls::{CertificateName, TlsOptions};
pub(crate) use callers::hash as hash_of_token;
pub use effective::Effective;
pub use options::{
    AuditOptions, Caller, Capacity, CodeOptions, CredentialLimits, ErrorDetail, Options, Partner, PasswordEncryption,
    ProxyHeader, SessionOptions,
};
pub use own::SettingValue;
pub use read::{DevOptions, Loaded, Sources, load};
pub(crate) use read::{Own, load_for_command, load_store, load_tls, load_with};
pub use rows::{Cell, Cells, Column};
#[cfg(feature = "tls")]
pub(crate) use secrets::{SecretBytes, read as read_secret};
pub use tree::{Place, SettingError, SettingsTree};

/// The settings that a definition declares; derived by `Settings`.
pub trait Settings: Sized + Send + Sync + 'static {
    /// The paths that it reads, such as `application.name`.
    const PATHS: &'static [&'static str];

    /// What the definition sets, by path, as texts; a path of the runtime may be among them.
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[];

    /// The paths of the tables that must have rows.
    const TABLES: &'static [&'static str] = &[];

    /// Reads them.
    ///
    /// # Errors
    /// Every value that is not of its type.
    fn read(from: &SettingsTree) -> Result<Self, Vec<SettingError>>;
}

/// For an API without settings of its own.
impl Settings for () {
    const PATHS: &'static [&'static str] = &[];

    fn read(_from: &SettingsTree) -> Result<Self, Vec<SettingError>> {
        Ok(())
    }
}
