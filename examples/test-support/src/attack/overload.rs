//! More than can be done: first as much as is taken, which is the peak; then ten times as much, each request at its time
//! whatever became of those before it, beside somebody who asks for little; then, once it is over, half of the peak.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::client::{self, Answered, Client};
use super::honest;
use super::memory::Memory;
use super::{is_full, seconds};
use crate::Server;

/// How much more is asked than can be done.
const TIMES: f64 = 10.0;

/// Connections of the flood, from two addresses: as many as strangers may have. A short run on a busy machine has fewer.
fn connections() -> usize {
    if is_full() { 880 } else { 64 }
}

/// After how long it must be as before.
const AFTER: Duration = Duration::from_secs(5);

const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked.
pub struct Overload {
    /// By whoever asks for too much, in turn.
    pub requests: Vec<Vec<u8>>,
    /// By somebody else, in turn, ten times a second.
    pub modest: Vec<Vec<u8>>,
    /// The status of an answer of a request that was let in, and what its body says.
    pub answered: (u16, &'static str),
    /// How many at once are more than can be done, and not by much.
    pub at_once: usize,
}

/// Requests and what became of them; times in milliseconds, from when a request was due.
#[derive(Debug, Default)]
pub struct Became {
    /// Of those that were done, in order of size.
    pub done: Vec<f64>,
    /// Of those that were told to come again.
    pub shed: Vec<f64>,
    /// Answers of any other kind, and none.
    pub failed: Vec<String>,
}

/// What became of all.
#[derive(Debug)]
pub struct Overloaded {
    name: String,
    /// How many were done a second when all of them were asked at once.
    pub peak: f64,
    /// How many were asked a second, and done.
    pub asked: f64,
    /// How many of those were done.
    pub goodput: f64,
    /// Beside each other.
    pub flood: Became,
    /// The same of those who ask for little.
    pub modest: Became,
    /// Afterwards, at half of the peak.
    pub after: Became,
    /// The most resident memory, in MiB.
    pub memory: f64,
}

/// Asks a server for more than it can do.
///
/// # Panics
/// If the process does not outlive it.
pub fn overload(name: &str, server: &mut Server, of: &Overload) -> Overloaded {
    let memory = Memory::limit(server.process_id(), 512);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let address = client::socket(server.address());
    let all = Duration::from_secs(seconds());
    let (short, peak) = (all / 3, measured_peak(&runtime, address, of, all / 3));
    let (flood, modest) = runtime.block_on(async {
        let modest = Timetable::new(address, &of.modest, of.answered, 10.0, all);
        let modest = honest::apart(async move { modest.ask(&[30], 8).await });
        let flood = Timetable::new(address, &of.requests, of.answered, TIMES * peak, all).ask(&[20, 21], connections());
        tokio::join!(flood, modest)
    });
    let asked = flood.asked() as f64 / all.as_secs_f64();
    let goodput = (flood.done.len() + modest.done.len()) as f64 / all.as_secs_f64();
    let after = runtime.block_on(async {
        sleep(AFTER.min(short)).await;
        Timetable::new(address, &of.requests, of.answered, peak / 2.0, short).ask(&[20], 100).await
    });
    assert!(server.is_running(), "{name}: the process did not outlive it: {}", server.log());
    Overloaded { name: name.to_owned(), peak, asked, goodput, flood, modest, after, memory: memory.peak() }
}

/// So many are done a second when a few more are always asked than can be done.
fn measured_peak(runtime: &Runtime, address: SocketAddr, of: &Overload, lasts: Duration) -> f64 {
    let became = runtime.block_on(async {
        let timetable = Timetable::new(address, &of.requests, of.answered, 1e9, lasts);
        timetable.ask(&[20], of.at_once).await
    });
    became.done.len() as f64 / lasts.as_secs_f64()
}

/// When which request is due.
#[derive(Clone)]
struct Timetable {
    address: SocketAddr,
    requests: Arc<[Vec<u8>]>,
    answered: (u16, &'static str),
    begin: Instant,
    every: f64,
    end: Instant,
    next: Arc<AtomicUsize>,
}

impl Timetable {
    fn new(
        address: SocketAddr,
        requests: &[Vec<u8>],
        answered: (u16, &'static str),
        a_second: f64,
        lasts: Duration,
    ) -> Self {
        let begin = Instant::now();
        let (every, end, next) = (1.0 / a_second.max(1.0), begin + lasts, Arc::default());
        Timetable { address, requests: requests.into(), answered, begin, every, end, next }
    }

    /// Asks on so many connections from these addresses.
    async fn ask(self, sources: &[u8], connections: usize) -> Became {
        let ask = |at: usize| {
            let client = Client::new(self.address, sources[at % sources.len()]);
            tokio::spawn(self.clone().ask_on(client))
        };
        let mut all = Became::default();
        for one in (0..connections).map(ask).collect::<Vec<_>>() {
            let one = one.await.expect("a task");
            all.done.extend(one.done);
            all.shed.extend(one.shed);
            all.failed.extend(one.failed);
        }
        all.done.sort_by(f64::total_cmp);
        all.shed.sort_by(f64::total_cmp);
        all
    }

    async fn ask_on(self, mut client: Client) -> Became {
        let mut became = Became::default();
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let due = self.begin + Duration::from_secs_f64(self.every * at as f64);
            // Whoever asks as fast as it can is never late.
            let due = if self.every < 1e-6 { Instant::now() } else { due };
            if due >= self.end || Instant::now() >= self.end {
                return became;
            }
            sleep_until(due).await;
            let answer = timeout(PATIENCE, client.ask_all(&self.requests[at % self.requests.len()])).await;
            became.note(answer, due.elapsed(), self.answered);
        }
    }
}

impl Became {
    fn note(
        &mut self,
        answer: Result<std::io::Result<Answered>, tokio::time::error::Elapsed>,
        took: Duration,
        (status, says): (u16, &str),
    ) {
        let took = took.as_secs_f64() * 1000.0;
        match answer {
            Ok(Ok(answer)) if answer.is_busy => self.shed.push(took),
            Ok(Ok(answer)) if answer.status == status && answer.says(says) => self.done.push(took),
            Ok(Ok(answer)) => {
                self.failed.push(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)));
            }
            Ok(Err(error)) => self.failed.push(error.to_string()),
            Err(_) => self.failed.push("no answer".to_owned()),
        }
    }

    fn asked(&self) -> usize {
        self.done.len() + self.shed.len() + self.failed.len()
    }
}

impl Answered {
    fn says(&self, text: &str) -> bool {
        text.is_empty() || self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// The time within which this share was answered.
fn percentile(times: &[f64], share: f64) -> f64 {
    let at = (times.len().saturating_sub(1) as f64 * share).round() as usize;
    times.get(at).copied().unwrap_or_default()
}

impl Overloaded {
    /// Fails if it does not hold what figure 7 says; in a short run, if it was no overload, or not told to come again.
    ///
    /// # Panics
    /// Then.
    pub fn must_hold(&self) {
        let Overloaded { flood, modest, after, .. } = self;
        for became in [flood, modest, after] {
            // On a busy machine a hook of 20 ms may take two seconds, which is a failure.
            let may_fail = if is_full() { 0 } else { became.asked() / 10 };
            assert!(became.failed.len() <= may_fail, "{self}: {:?}", became.failed.first());
        }
        assert!(!flood.done.is_empty() && !flood.shed.is_empty(), "{self}");
        assert!(modest.asked() > 0 && !after.done.is_empty(), "{self}");
        assert!(self.memory <= 256.0, "{self}");
        // Durations are judged where nothing else runs.
        if !is_full() {
            return;
        }
        assert!(self.goodput >= 0.9 * self.peak, "{self}");
        assert!(percentile(&flood.done, 0.99) <= 250.0 && percentile(&modest.done, 0.99) <= 250.0, "{self}");
        assert!(percentile(&flood.shed, 0.99) <= 50.0, "{self}");
        assert!(modest.done.len() >= 9 * modest.asked() / 10, "{self}");
        assert!(after.shed.is_empty() && percentile(&after.done, 0.99) <= 250.0, "{self}");
    }
}

impl std::fmt::Display for Overloaded {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Overloaded { name, peak, asked, goodput, flood, modest, after, memory } = self;
        let times = |times: &[f64]| {
            let (middle, most) = (percentile(times, 0.5), percentile(times, 0.99));
            format!("p50 {middle:.1} ms, p99 {most:.1} ms")
        };
        write!(
            out,
            "{name}: peak {peak:.0}/s; {asked:.0}/s asked, {goodput:.0}/s done ({:.0} %; {}), {} shed ({}), {} failed; who asks for \
             little: {} done ({}), {} shed, {} failed; afterwards {} done ({}), {} shed, {} failed; memory {memory:.0} MiB",
            100.0 * goodput / peak.max(1.0),
            times(&flood.done),
            flood.shed.len(),
            times(&flood.shed),
            flood.failed.len(),
            modest.done.len(),
            times(&modest.done),
            modest.shed.len(),
            modest.failed.len(),
            after.done.len(),
            times(&after.done),
            after.shed.len(),
            after.failed.len(),
        )
    }
}
