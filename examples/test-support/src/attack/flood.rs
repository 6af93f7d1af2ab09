//! What attackers do, each from few addresses: requests without an end, bodies that stop one byte short, connections that
//! say nothing. A flood goes on for as long as it is told to, and comes again when it is closed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::client::Client;

/// How long after the end the first answer of a connection is awaited: a short attack on a busy machine may have none by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon somebody who was closed comes again.
const AGAIN: Duration = Duration::from_millis(100);

/// How many attempts got which status; connections that were only held count under [`HELD`].
pub type Answers = BTreeMap<u16, usize>;

/// What stands for a status where nothing was asked.
pub const HELD: u16 = 0;

/// What one source does.
#[derive(Debug, Clone)]
pub enum Flood {
    /// These requests, one after the other, on so many connections at once.
    Requests {
        /// The last part of the address: 127.0.0.`source`.
        source: u8,
        /// Connections at once.
        at_once: usize,
        /// What is asked in turn.
        requests: Vec<Vec<u8>>,
    },
    /// A request of which the last byte never comes, on so many connections.
    OneByteShort {
        /// The last part of the address.
        source: u8,
        /// Connections at once.
        at_once: usize,
        /// The whole request.
        request: Vec<u8>,
    },
    /// Connections that say nothing.
    Idle {
        /// The last part of the address.
        source: u8,
        /// Connections at once.
        at_once: usize,
        /// Whether they go to the port for health and metrics.
        operations: bool,
    },
}

/// Large bodies one after the other, and more that stop one byte short.
pub fn bodies(requests: &[Vec<u8>], short: &[u8]) -> Vec<Flood> {
    vec![
        Flood::Requests { source: 30, at_once: 60, requests: requests.to_vec() },
        Flood::OneByteShort { source: 31, at_once: 700, request: short.to_vec() },
    ]
}

/// As many silent connections as there are places, on both ports.
pub fn idle() -> Vec<Flood> {
    vec![
        Flood::Idle { source: 50, at_once: 1024, operations: false },
        Flood::Idle { source: 50, at_once: 64, operations: true },
    ]
}

impl Flood {
    pub(super) fn start(
        &self,
        address: SocketAddr,
        operations: SocketAddr,
        lasts: Duration,
    ) -> Vec<JoinHandle<Answers>> {
        let end = Instant::now() + lasts;
        match self.clone() {
            Flood::Requests { source, at_once, requests } => {
                let ask = |at| tokio::spawn(ask(Client::new(address, source), requests.clone(), at, end));
                (0..at_once).map(ask).collect()
            }
            Flood::OneByteShort { source, at_once, request } => {
                let cut = request[..request.len() - 1].to_vec();
                (0..at_once).map(|_| tokio::spawn(hold(Client::new(address, source), cut.clone(), end))).collect()
            }
            Flood::Idle { source, at_once, operations: true } => {
                (0..at_once).map(|_| tokio::spawn(hold(Client::new(operations, source), Vec::new(), end))).collect()
            }
            Flood::Idle { source, at_once, operations: false } => {
                (0..at_once).map(|_| tokio::spawn(hold(Client::new(address, source), Vec::new(), end))).collect()
            }
        }
    }
}

async fn ask(mut client: Client, requests: Vec<Vec<u8>>, first: usize, end: Instant) -> Answers {
    let mut answers = Answers::new();
    for request in requests.iter().cycle().skip(first) {
        let until = if answers.is_empty() { end + PATIENCE } else { end };
        match tokio::time::timeout_at(until, client.ask(request)).await {
            Ok(Ok(status)) => *answers.entry(status).or_default() += 1,
            Ok(Err(_)) => sleep(AGAIN).await,
            Err(_) => break,
        }
        if Instant::now() >= end {
            break;
        }
    }
    answers
}

/// Sends this and holds the connection; comes again when it is closed.
async fn hold(client: Client, sends: Vec<u8>, end: Instant) -> Answers {
    let mut made = 0;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        let held = async {
            let mut stream = client.connect().await?;
            stream.write_all(&sends).await?;
            let mut answer = [0; 1024];
            while stream.read(&mut answer).await? > 0 {}
            std::io::Result::Ok(())
        };
        made += 1;
        if timeout(left, held).await.is_err() {
            break;
        }
        sleep(AGAIN).await;
    }
    Answers::from([(HELD, made)])
}
