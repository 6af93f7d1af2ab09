//! Honest callers beside an attack: a request at fixed times each, whatever the last one took, from addresses of their
//! own. What counts is the time from when a request was due.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::{Instant, sleep_until, timeout};

use super::client::Client;

/// How many callers ask, and how often each: 200 requests a second. Each waits for one answer before it asks again, so one that takes
/// longer than that makes all behind it late.
pub(super) const BESIDE_ATTACKS: (u8, Duration) = (16, Duration::from_millis(80));
const PATIENCE: Duration = Duration::from_secs(10);

/// What honest callers saw.
#[derive(Default)]
pub struct Honest {
    /// Milliseconds of each answered request, in order of size.
    pub took: Vec<f64>,
    /// Requests that were not answered 200.
    pub failed: usize,
}

impl Honest {
    /// The time within which this share of the requests was answered, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let at = (self.took.len().saturating_sub(1) as f64 * share).round() as usize;
        self.took.get(at).copied().unwrap_or_default()
    }
}

impl std::fmt::Debug for Honest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{self}")
    }
}

impl std::fmt::Display for Honest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (middle, most) = (self.percentile(0.5), self.percentile(0.99));
        write!(out, "{} answered (p50 {middle:.1} ms, p99 {most:.1} ms), {} failed", self.took.len(), self.failed)
    }
}

/// Work on a thread of its own, so that how long it takes is the server's doing, and not that of attackers who keep this thread
/// busy.
pub(super) async fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio::task::spawn_blocking(move || runtime.block_on(work)).await.expect("honest callers")
}

/// So many callers ask so often for so long, on a thread of their own.
pub(super) async fn ask_apart(address: SocketAddr, request: &[u8], pace: (u8, Duration), lasts: Duration) -> Honest {
    let request = request.to_owned();
    apart(async move { ask(address, &request, pace, lasts).await }).await
}

/// So many callers ask so often for so long.
pub(super) async fn ask(
    address: SocketAddr,
    request: &[u8],
    (callers, every): (u8, Duration),
    lasts: Duration,
) -> Honest {
    let ask = |caller| call(Client::new(address, 100 + caller), request.to_owned(), every, lasts);
    let callers = (0..callers).map(|caller| tokio::spawn(ask(caller)));
    let mut all = Honest::default();
    for caller in callers.collect::<Vec<_>>() {
        let one = caller.await.expect("a caller");
        all.took.extend(one.took);
        all.failed += one.failed;
    }
    all.took.sort_by(f64::total_cmp);
    all
}

async fn call(mut client: Client, request: Vec<u8>, every: Duration, lasts: Duration) -> Honest {
    let mut seen = Honest::default();
    let begin = Instant::now();
    let mut due = begin;
    while due < begin + lasts {
        sleep_until(due).await;
        match timeout(PATIENCE, client.ask(&request)).await {
            Ok(Ok(200)) => seen.took.push(due.elapsed().as_secs_f64() * 1000.0),
            _ => seen.failed += 1,
        }
        due += every;
    }
    seen
}
