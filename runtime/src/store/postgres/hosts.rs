//! Connecting: to the first host that can be written to and is no former primary. A connection is cut as soon as the
//! server says that it answers a commit which its standbys do not have.

use std::future::poll_fn;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::Host;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, NoTls, SimpleQueryMessage, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::PostgresAddress;
use super::session::{message_of, unavailable};
use crate::store::StoreError;

/// How long connecting may take; each host has its share of that, so that one which is silent leaves time for the next.
pub(super) const CONNECTING: Duration = Duration::from_secs(2);

const WRITABLE: &str = "SELECT pg_catalog.current_setting('transaction_read_only') = 'off'";

/// Each promotion of a standby begins the next timeline, which the first eight digits of a log file's name are.
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
    /// The newest timeline that was seen.
    newest: Arc<AtomicU32>,
}

/// A connection, and the timeline that its server was on: a server that leaves its timeline ends its connections.
pub(super) struct Connected {
    client: ClientWrapper,
    /// Zero if it does not say.
    pub timeline: u32,
}

impl Deref for Connected {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl Hosts {
    /// The hosts of an address; reads the authority's file.
    pub fn of(address: &PostgresAddress) -> Result<Self, StoreError> {
        let tls = address.tls().map(|tls| tls.connector()).transpose()?;
        Ok(Hosts { each: address.each_host(), tls, name: address.name(), last: Arc::default(), newest: Arc::default() })
    }

    /// A connection to the first host that is as it should be, neither prepared nor checked.
    pub async fn connect(&self) -> Result<Connected, StoreError> {
        let share = CONNECTING / u32::try_from(self.each.len()).unwrap_or(1).max(1);
        let (mut reported, mut is_setting) = (Vec::new(), true);
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
                    reported.push(self.about(host, &error));
                }
            }
        }
        let why = format!("cannot connect to `{}`: {}", self.name, reported.join("; "));
        Err(if is_setting { StoreError::Unusable(why) } else { StoreError::Unavailable(why) })
    }

    /// True for a connection of an older timeline than the newest that was seen: its server was replaced.
    pub fn is_of_the_past(&self, timeline: u32) -> bool {
        timeline < self.newest.load(Ordering::Acquire)
    }

    async fn connect_to(&self, host: &Config) -> Result<Connected, StoreError> {
        let client = match &self.tls {
            Some(tls) => connect_by(host, tls.clone()).await,
            None => connect_by(host, NoTls).await,
        };
        let client = client.map_err(|error| refused(&error))?;
        if one_value(&client, WRITABLE).await.map_err(unavailable)?.as_deref() != Some("t") {
            return Err(StoreError::Unavailable("it cannot be written to: a standby, or made read-only".into()));
        }
        let reported = one_value(&client, TIMELINE).await.ok().flatten();
        let timeline = reported.and_then(|digits| u32::from_str_radix(&digits, 16).ok()).unwrap_or(0);
        self.learn(timeline)?;
        Ok(Connected { client, timeline })
    }

    /// Refuses a timeline that is older than another; where none was ever seen, there is nothing to compare.
    fn learn(&self, timeline: u32) -> Result<(), StoreError> {
        let newest = self.newest.fetch_max(timeline, Ordering::AcqRel);
        if timeline < newest {
            let why = format!("a former primary, on timeline {timeline}; {newest} was seen elsewhere");
            return Err(StoreError::Unavailable(why));
        }
        if timeline > newest && newest > 0 {
            tracing::warn!(timeline, before = newest, "another database server has taken over");
        }
        Ok(())
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

/// Carries what is asked and answered. A commit that waits for its standbys in vain, because that was
/// cancelled, is done on this server alone and answered as if it were done well, after a notice. At that notice the
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
            StoreError::Unusable(message_of(error))
        }
        _ => StoreError::Unavailable(message_of(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Others may find who took over while a connection is still being prepared.
    #[test]
    fn connections_of_an_older_timeline_are_of_the_past_whenever_they_were_made() {
        let hosts = Hosts::of(&"postgres://bank@/x?host=/nowhere".parse().unwrap()).unwrap();
        assert!(!hosts.is_of_the_past(0), "nobody said a timeline");
        hosts.learn(0).unwrap();
        hosts.learn(1).unwrap();
        assert!(!hosts.is_of_the_past(1));
        hosts.learn(2).unwrap();
        assert!(hosts.is_of_the_past(1) && !hosts.is_of_the_past(2));
        assert!(hosts.is_of_the_past(0), "it may be any, so it may be the old one");
        let reported = hosts.learn(1).unwrap_err().to_string();
        assert!(reported.contains("a former primary, on timeline 1; 2 was seen elsewhere"), "{reported}");
        assert!(!hosts.is_of_the_past(2), "what is refused changes nothing");
    }
}
