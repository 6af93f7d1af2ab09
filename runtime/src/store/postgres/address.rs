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

    /// How each of its hosts is connected to.
    pub(super) fn each_host(&self) -> Vec<Config> {
        let number = self.config.get_hosts().len().max(self.config.get_hostaddrs().len());
        (0..number).map(|number| alone(&self.config, number)).collect()
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
        check_numbers(&config)?;
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
        config.ssl_mode(mode);
        Ok(PostgresAddress { config: Box::new(config), tls })
    }
}

/// Without TLS, codes and audit entries stay on this machine.
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

/// What is said of several hosts belongs to them one by one.
fn check_numbers(config: &Config) -> Result<(), StoreError> {
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let holds_several = |host: &Host| match host {
        Host::Tcp(name) => name.contains(','),
        #[cfg(unix)]
        Host::Unix(path) => path.to_string_lossy().contains(','),
    };
    if hosts.iter().any(holds_several) {
        return Err(unusable("several hosts are not written as `host=…`, but as `postgres://USER@HOST,HOST/DATABASE`"));
    }
    if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
        return Err(unusable("the address names another number of `hostaddr` than of hosts"));
    }
    if ports.len() > 1 && ports.len() != hosts.len().max(addresses.len()) {
        return Err(unusable("the address names another number of ports than of hosts"));
    }
    Ok(())
}

/// The same address for one of its hosts.
fn alone(all: &Config, number: usize) -> Config {
    let mut one = Config::new();
    one.ssl_mode(all.get_ssl_mode()).ssl_negotiation(all.get_ssl_negotiation());
    one.channel_binding(all.get_channel_binding()).application_name("countersign");
    one.connect_timeout(CONNECT).tcp_user_timeout(2 * CONNECT);
    one.keepalives(all.get_keepalives()).keepalives_idle(all.get_keepalives_idle());
    all.get_keepalives_interval().map(|interval| one.keepalives_interval(interval));
    all.get_keepalives_retries().map(|retries| one.keepalives_retries(retries));
    all.get_user().map(|user| one.user(user));
    all.get_password().map(|password| one.password(password));
    all.get_dbname().map(|name| one.dbname(name));
    match all.get_hosts().get(number) {
        Some(Host::Tcp(name)) => one.host(name),
        #[cfg(unix)]
        Some(Host::Unix(path)) => one.host_path(path),
        None => &mut one,
    };
    all.get_hostaddrs().get(number).map(|address| one.hostaddr(*address));
    all.get_ports().get(number).or(all.get_ports().first()).map(|port| one.port(*port));
    one
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
            "postgres://bank@%2Frun%2Fa:5433,%2Frun%2Fb/adapter",
            "postgres://bank@db1,db2/adapter?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=ca.pem",
        ] {
            good.parse::<PostgresAddress>().unwrap();
        }
    }

    #[test]
    fn each_host_has_what_is_reported_of_it() {
        let address = "postgres://bank@%2Frun%2Fa:5433,127.0.0.1:5434/adapter?keepalives_idle=7".parse();
        let each = PostgresAddress::each_host(&address.unwrap());
        let shown = |config: &Config| (config.get_hosts().to_vec(), config.get_ports().to_vec());
        assert_eq!(shown(&each[0]), (vec![Host::Unix("/run/a".into())], vec![5433]));
        assert_eq!(shown(&each[1]), (vec![Host::Tcp("127.0.0.1".to_owned())], vec![5434]));
        for one in &each {
            assert_eq!((one.get_user(), one.get_dbname()), (Some("bank"), Some("adapter")));
            assert_eq!(one.get_keepalives_idle(), Duration::from_secs(7));
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
            ("postgres://bank@/x?host=/secret1,/secret2", "several hosts are not written as"),
            ("postgres://bank@localhost:1,localhost:2,localhost/x?hostaddr=127.0.0.1", "of `hostaddr`"),
            ("postgres:///secret1?host=/run/postgresql", "no user"),
            ("postgres://bank@localhost/x?nothing=secret1", "no address"),
            ("postgres://bank@localhost/x?options=-csecret1", "options"),
        ] {
            let shown = refusal(wrong);
            assert!(shown.contains(why) && !shown.contains("secret1"), "{wrong}: {shown}");
        }
    }

    #[test]
    fn a_password_comes_by_reference_and_is_never_shown() {
        let address: PostgresAddress = "postgres://bank@localhost/x?password=env:DB".parse().unwrap();
        let read = |reference: &str| Ok(Zeroizing::new(format!("secret of {reference}").into_bytes()));
        let address = address.resolve(&read).unwrap();
        assert_eq!(address.each_host()[0].get_password(), Some(&b"secret of env:DB"[..]));
        assert!(!format!("{address:?}").contains("secret of"));
    }
}
