//! Connecting: to the first host that can be written to and is no former primary. A connection is cut as soon as the
//! server says that it answers a commit which its standbys do not have.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::Host;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, NoTls, SimpleQueryMessage, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::PostgresAddress;
use super::session::{said, unavailable};
use crate::store::StoreError;

/// How long connecting may take; each host has its share of that, so that one which is silent leaves time for the next.
pub(super) const CONNECTING: Duration = Duration::from_secs(2);

const WRITABLE: &str = "SELECT pg_catalog.current_setting('transaction_read_only') = 'off'";

/// Each promotion of a standby begins the next timeline, of which the first eight digits of a log file's name tell.
const TIMELINE: &str = "SELECT pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)";

/// Where in the server a commit waits for standbys; said in a notice whatever its language is.
const WAITING_FOR_STANDBYS: &str = "SyncRepWaitForLSN";

/// The hosts of an address, and what is known of them.
#[derive(Clone)]
pub(super) struct Hosts {
    each: Vec<Config>,
    tls: Option<MakeRustlsConnect>,
    name: String,
    /// The one that was connected to last: the next connection begins there.
    last: Arc<AtomicUsize>,
    newest: Arc<Mutex<Newest>>,
}

/// The newest timeline that was seen, and when a newer one took the place of another.
#[derive(Default)]
struct Newest {
    timeline: u32,
    replaced: Option<Instant>,
}

impl Hosts {
    /// The hosts of an address; reads the authority's file.
    pub fn of(address: &PostgresAddress) -> Result<Self, StoreError> {
        let tls = address.tls().map(|tls| tls.connector()).transpose()?;
        Ok(Hosts { each: address.each_host(), tls, name: address.name(), last: Arc::default(), newest: Arc::default() })
    }

    /// A connection to the first host that is as it should be, neither prepared nor checked.
    pub async fn connect(&self) -> Result<ClientWrapper, StoreError> {
        let share = CONNECTING / u32::try_from(self.each.len()).unwrap_or(1).max(1);
        let (mut told, mut is_setting) = (Vec::new(), true);
        let (before, from) = self.each.split_at(self.last.load(Ordering::Relaxed).min(self.each.len()));
        for (number, host) in (before.len()..).zip(from).chain((0..).zip(before)) {
            let connected = tokio::time::timeout(share, self.connect_to(host)).await;
            let silent = |_| Err(StoreError::Unavailable("does not answer in time".into()));
            match connected.unwrap_or_else(silent) {
                Ok(client) => {
                    self.last.store(number, Ordering::Relaxed);
                    return Ok(client);
                }
                Err(error) => {
                    is_setting &= matches!(error, StoreError::Unusable(_));
                    told.push(self.about(host, &error));
                }
            }
        }
        let why = format!("cannot connect to `{}`: {}", self.name, told.join("; "));
        Err(if is_setting { StoreError::Unusable(why) } else { StoreError::Unavailable(why) })
    }

    /// True for a connection from before a newer timeline was seen: its server was replaced.
    pub fn is_of_the_past(&self, created: Instant) -> bool {
        self.newest().replaced.is_some_and(|replaced| created < replaced)
    }

    async fn connect_to(&self, host: &Config) -> Result<ClientWrapper, StoreError> {
        let client = match &self.tls {
            Some(tls) => connect_by(host, tls.clone()).await,
            None => connect_by(host, NoTls).await,
        };
        let client = client.map_err(|error| refused(&error))?;
        if one_value(&client, WRITABLE).await.map_err(unavailable)?.as_deref() != Some("t") {
            return Err(StoreError::Unavailable("it cannot be written to: a standby, or made read-only".into()));
        }
        // Who does not tell a timeline has none to compare.
        let timeline = one_value(&client, TIMELINE).await.ok().flatten();
        match timeline.and_then(|digits| u32::from_str_radix(&digits, 16).ok()) {
            Some(timeline) => self.learn(timeline).map(|()| client),
            None => Ok(client),
        }
    }

    fn learn(&self, timeline: u32) -> Result<(), StoreError> {
        let mut newest = self.newest();
        if timeline < newest.timeline {
            let why = format!("a former primary, on timeline {timeline}; {} was seen elsewhere", newest.timeline);
            return Err(StoreError::Unavailable(why));
        }
        if timeline > newest.timeline && newest.timeline > 0 {
            tracing::warn!(timeline, before = newest.timeline, "another database server has taken over");
            newest.replaced = Some(Instant::now());
        }
        newest.timeline = timeline;
        Ok(())
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a host is not the one; with several hosts, says which of them it is.
    fn about(&self, host: &Config, error: &StoreError) -> String {
        let why = match error {
            StoreError::Unusable(why) | StoreError::Unavailable(why) => why.clone(),
            other => other.to_string(),
        };
        match (self.each.len(), host.get_hosts().first()) {
            (2.., Some(Host::Tcp(name))) => format!("{name}: {why}"),
            #[cfg(unix)]
            (2.., Some(Host::Unix(path))) => format!("{}: {why}", path.display()),
            _ => why,
        }
    }
}

async fn connect_by<T>(host: &Config, tls: T) -> Result<ClientWrapper, Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = host.connect(tls).await?;
    Ok(ClientWrapper::new(client, tokio::spawn(keep(connection))))
}

/// Carries what is asked and answered. A commit that waits for its standbys in vain, because that was cancelled or
/// took too long, is done on this server alone and answered as if it were done well, after a notice. At that notice the
/// connection ends before the answer comes through, so its outcome counts as unknown.
async fn keep<S, T>(mut connection: Connection<S, T>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            AsyncMessage::Notice(notice) if is_without_standbys(&notice) => {
                tracing::error!("the database's standbys did not confirm a commit, so it is not acknowledged");
                return;
            }
            _ => {}
        }
    }
}

fn is_without_standbys(notice: &DbError) -> bool {
    notice.routine() == Some(WAITING_FOR_STANDBYS)
}

/// The first value that a statement gives, by the protocol that prepares nothing.
pub(super) async fn one_value(client: &Client, sql: &str) -> Result<Option<String>, Error> {
    let answers = client.simple_query(sql).await?;
    let value = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row.try_get(0).map(|value| value.map(str::to_owned))),
        _ => None,
    });
    Ok(value.transpose()?.flatten())
}

fn refused(error: &Error) -> StoreError {
    match error.code() {
        // It is there, but not for us.
        Some(state) if *state == SqlState::INVALID_CATALOG_NAME || state.code().starts_with("28") => {
            StoreError::Unusable(said(error))
        }
        _ => StoreError::Unavailable(said(error)),
    }
}
