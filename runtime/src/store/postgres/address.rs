//! Which database a setting means, and which ones are refused: those whose way there is open to others, and those
//! whose password is written out.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Tls;
use crate::store::{ReadSecret, StoreError};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// Where a database is and as whom it is used; its password by reference at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    config: Box<Config>,
    tls: Option<Tls>,
}

impl PostgresAddress {
    /// Replaces the reference to a password by the password, as `read` gives it.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn resolve(mut self, read: &ReadSecret<'_>) -> Result<PostgresAddress, StoreError> {
        let reference = self.config.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        if let Some(reference) = reference {
            let password = read(&reference).map_err(|why| unusable(format!("the password: {why}")))?;
            self.config.password(password.as_slice());
        }
        Ok(self)
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// How it is protected on its way, where that is not this machine's own.
    pub(super) fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// The database's name, for messages.
    pub(super) fn name(&self) -> String {
        self.config.get_dbname().or_else(|| self.config.get_user()).unwrap_or("postgres").to_owned()
    }
}

impl FromStr for PostgresAddress {
    type Err = StoreError;

    /// Reads `postgres://USER@/DATABASE?host=/FOLDER` and the like. What is refused is not repeated, since it may hold
    /// a password.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (text, tls) = Tls::taken_from(text)?;
        let mut config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
            let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            unusable(format!("this is no address of a database: {why}"))
        })?;
        match tls {
            Some(_) => check_names(&config)?,
            None => check_hosts(&config)?,
        }
        check_password(&config)?;
        if config.get_user().is_none() {
            return Err(unusable("the address names no user, as in `postgres://USER@/DATABASE?host=/run/postgresql`"));
        }
        if config.get_ssl_mode() == SslMode::Require {
            return Err(unusable(
                "`sslmode` is read in an address of the form `postgres://USER@HOST/DATABASE?sslmode=…`",
            ));
        }
        if config.get_options().is_some() {
            return Err(unusable("`options` is not for the address: the engine sets what it needs by itself"));
        }
        let mode = if tls.is_some() { SslMode::Require } else { SslMode::Disable };
        config.ssl_mode(mode).connect_timeout(CONNECT).tcp_user_timeout(2 * CONNECT);
        config.application_name("countersign");
        Ok(PostgresAddress { config: Box::new(config), tls })
    }
}

/// Without TLS, codes and audit records stay on this machine.
fn check_hosts(config: &Config) -> Result<(), StoreError> {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(unusable("the address names no host, as in `postgres://USER@/DATABASE?host=/run/postgresql`"));
    }
    let near = |host: &Host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    if config.get_hosts().iter().all(near) && config.get_hostaddrs().iter().all(IpAddr::is_loopback) {
        return Ok(());
    }
    Err(unusable("the database is on another machine; that needs `sslmode=verify-full&sslrootcert=PATH`"))
}

/// A certificate is for a name, and every host has its own.
fn check_names(config: &Config) -> Result<(), StoreError> {
    let named = config.get_hosts().iter().all(|host| matches!(host, Host::Tcp(_)));
    if named && !config.get_hosts().is_empty() {
        return Ok(());
    }
    Err(unusable("`sslmode=verify-full` is for hosts with a name; a unix socket needs no TLS"))
}

fn check_password(config: &Config) -> Result<(), StoreError> {
    match config.get_password() {
        Some(password) if !password.starts_with(b"env:") && !password.starts_with(b"file:") => Err(unusable(
            "a password is not written into the address; write `password=env:NAME` or `password=file:PATH`",
        )),
        _ => Ok(()),
    }
}

fn unusable(why: impl Into<String>) -> StoreError {
    StoreError::Unusable(why.into())
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn refusal(text: &str) -> String {
        text.parse::<PostgresAddress>().unwrap_err().to_string()
    }

    #[test]
    fn sockets_and_loopback_are_good() {
        for good in [
            "postgres://bank@/adapter?host=/run/postgresql",
            "postgresql://bank@%2Frun%2Fpostgresql/adapter",
            "postgres://bank@127.0.0.1:5433/adapter?sslmode=disable",
            "postgres://bank@[::1]/adapter",
            "postgres://bank@localhost/adapter?password=env:DB",
            "postgres://bank@db.example.org/adapter?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://bank@db1,db2/adapter?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=ca.pem",
        ] {
            good.parse::<PostgresAddress>().unwrap();
        }
    }

    #[test]
    fn what_is_refused_is_said_without_repeating_it() {
        for (wrong, why) in [
            ("postgres://bank@db.example.org/secret1", "on another machine"),
            ("postgres://bank@10.0.0.1,localhost/secret1", "on another machine"),
            ("postgres://bank@localhost/secret1?hostaddr=10.0.0.1", "on another machine"),
            ("postgres://bank:secret1@localhost/x", "password=env:NAME"),
            ("postgres://bank@localhost/x?sslmode=require&application_name=secret1", "verify-full"),
            ("postgres://bank@localhost/x?sslmode=prefer", "verify-full"),
            ("postgres://bank@db/x?sslmode=verify-ca&sslrootcert=/secret1", "verify-full"),
            ("postgres://bank@db/secret1?sslmode=verify-full", "needs `sslrootcert=PATH`"),
            ("postgres://bank@localhost/x?sslrootcert=/secret1", "`sslmode=verify-full` alone"),
            ("postgres://bank@db/x?sslmode=disable", "on another machine"),
            ("postgres://bank@/x?host=/secret1&sslmode=verify-full&sslrootcert=/secret1", "a unix socket"),
            ("postgres://bank@db,%2Fsecret1/x?sslmode=verify-full&sslrootcert=/secret1", "a unix socket"),
            ("host=localhost user=bank sslmode=require", "of the form"),
            ("postgres://bank@/secret1", "no host"),
            ("postgres:///secret1?host=/run/postgresql", "no user"),
            ("postgres://bank@localhost/x?nothing=secret1", "no address"),
            ("postgres://bank@localhost/x?options=-csecret1", "options"),
        ] {
            let told = refusal(wrong);
            assert!(told.contains(why) && !told.contains("secret1"), "{wrong}: {told}");
        }
    }

    #[test]
    fn a_password_comes_by_reference_and_is_never_shown() {
        let address: PostgresAddress = "postgres://bank@localhost/x?password=env:DB".parse().unwrap();
        let read = |reference: &str| Ok(Zeroizing::new(format!("secret of {reference}").into_bytes()));
        let address = address.resolve(&read).unwrap();
        assert_eq!(address.config().get_password(), Some(&b"secret of env:DB"[..]));
        assert!(!format!("{address:?}").contains("secret of"));
    }
}
