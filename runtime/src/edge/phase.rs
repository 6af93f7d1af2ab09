//! What a connection is doing, and since when: read by the clocks of [`connection`](super::connection), and by
//! [`connections`](super::connections), which closes those that have waited for their caller the longest.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// An hour before then is when times begin: tests have clocks of their own, which may be behind.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
const HOUR: Duration = Duration::from_secs(3600);

/// Milliseconds of a clock that never runs backwards.
pub(super) fn now() -> u64 {
    let (now, beginning) = (Instant::now(), *BEGINNING);
    let since = (now + HOUR).saturating_duration_since(beginning);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX) & (u64::MAX >> 8)
}

/// No credential was accepted on the connection yet, one was, or it is gone.
const UNKNOWN: u8 = 0;
const KNOWN: u8 = 1;
const GONE: u8 = 2;

/// What a connection may be doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Doing {
    /// A head is coming in, or is awaited on a new connection.
    Head = 0,
    /// A request is being worked on.
    Working = 1,
    /// The rest of a request's body is awaited.
    Body = 2,
    /// The answer is being written.
    Answering = 3,
    /// Nothing is going on.
    Idle = 4,
    /// It was asked to close.
    Closed = 5,
}

/// The phase of a connection; its stream, the service that answers its requests, and the list of all connections share it.
#[derive(Clone)]
pub(super) struct Phase(Arc<State>);

struct State {
    /// What it is doing in the lowest byte, since when above it.
    now: AtomicU64,
    /// Whether a credential was accepted on it: [`UNKNOWN`], [`KNOWN`] or [`GONE`]; and where those are counted.
    caller: AtomicU8,
    authenticated: Arc<AtomicIsize>,
    /// Whether it ends as soon as nothing is asked on it.
    ends: AtomicBool,
    closed: Notify,
}

impl Phase {
    /// A new connection's, which is counted here once a credential was accepted on it.
    pub fn counted_in(authenticated: Arc<AtomicIsize>) -> Self {
        let (caller, ends) = (AtomicU8::new(UNKNOWN), AtomicBool::new(false));
        let now = AtomicU64::new(packed(Doing::Head));
        Phase(Arc::new(State { now, caller, authenticated, ends, closed: Notify::new() }))
    }

    /// A request has begun. False if the connection was asked to close; then nobody works on it.
    pub fn begin(&self) -> bool {
        self.change(|doing| doing != Doing::Closed, Doing::Working)
    }

    /// The body of the request is awaited from now on.
    pub fn awaits_body(&self) {
        self.change(|doing| doing == Doing::Working, Doing::Body);
    }

    /// The body is there.
    pub fn has_body(&self) {
        self.change(|doing| doing == Doing::Body, Doing::Working);
    }

    /// The answer is ready to be written.
    pub fn answering(&self) {
        self.change(|doing| doing != Doing::Closed, Doing::Answering);
    }

    /// A credential was accepted. That may come late: a request on a connection that carries several outlives it.
    pub fn authenticated(&self) {
        let changed = self.0.caller.compare_exchange(UNKNOWN, KNOWN, Ordering::AcqRel, Ordering::Acquire);
        if changed.is_ok() {
            self.0.authenticated.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether one was.
    pub fn is_authenticated(&self) -> bool {
        self.0.caller.load(Ordering::Acquire) == KNOWN
    }

    /// The connection is gone, and counted no more.
    pub fn gone(&self) {
        if self.0.caller.swap(GONE, Ordering::AcqRel) == KNOWN {
            self.0.authenticated.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Nobody is to ask anything any more: the connection ends as soon as nothing of a request is there.
    pub fn ends_when_idle(&self) {
        self.0.ends.store(true, Ordering::Release);
    }

    /// Whether that was said.
    pub fn is_ending(&self) -> bool {
        self.0.ends.load(Ordering::Acquire)
    }

    /// True while no request is being worked on or answered: what is written now, the library says by itself.
    pub fn has_no_request(&self) -> bool {
        matches!(self.doing(), Doing::Head | Doing::Idle | Doing::Closed)
    }

    /// What the connection is doing.
    pub fn doing(&self) -> Doing {
        doing(self.0.now.load(Ordering::Acquire))
    }

    /// Since when it has waited for its caller; none if it is the adapter that is to do something.
    pub fn waits_since(&self) -> Option<u64> {
        let now = self.0.now.load(Ordering::Acquire);
        let waits = matches!(doing(now), Doing::Head | Doing::Body | Doing::Answering | Doing::Idle);
        waits.then_some(now >> 8)
    }

    /// Asks the connection to close, if it waits for its caller.
    pub fn close(&self) -> bool {
        let done = self.change(|doing| !matches!(doing, Doing::Working | Doing::Closed), Doing::Closed);
        if done {
            self.0.closed.notify_one();
        }
        done
    }

    /// Comes back once the connection was asked to close.
    pub async fn closed(&self) {
        self.0.closed.notified().await;
    }

    /// Several requests share the connection, and this is what it does of late; what it did before goes on.
    #[cfg(feature = "tls")]
    pub fn goes_on(&self, with: Doing) {
        self.change(|doing| doing != Doing::Closed && doing != with, with);
    }

    /// Goes on from one phase to another; false if it was in neither.
    pub fn step(&self, from: Doing, to: Doing) -> bool {
        self.change(|doing| doing == from, to)
    }

    fn change(&self, from: impl Fn(Doing) -> bool, to: Doing) -> bool {
        let next = packed(to);
        let changed = |now: u64| from(doing(now)).then_some(next);
        self.0.now.fetch_update(Ordering::AcqRel, Ordering::Acquire, changed).is_ok()
    }
}

fn packed(doing: Doing) -> u64 {
    (now() << 8) | u64::from(doing as u8)
}

fn doing(packed: u64) -> Doing {
    match packed & 0xff {
        0 => Doing::Head,
        1 => Doing::Working,
        2 => Doing::Body,
        3 => Doing::Answering,
        4 => Doing::Idle,
        _ => Doing::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_waits_for_the_caller_is_told_to_end() {
        let phase = Phase::counted_in(Arc::default());
        assert!(phase.waits_since().is_some(), "a head that is awaited");
        assert!(phase.begin());
        assert_eq!((phase.waits_since(), phase.close()), (None, false), "work goes on");
        phase.awaits_body();
        assert!(phase.waits_since().is_some(), "half a body");
        phase.has_body();
        phase.answering();
        assert!(phase.waits_since().is_some(), "an answer that nobody reads");
        assert!(phase.step(Doing::Answering, Doing::Idle) && phase.close());
        assert_eq!((phase.doing(), phase.waits_since()), (Doing::Closed, None));
        assert!(!phase.begin() && !phase.close(), "once is for ever");
        phase.answering();
        assert_eq!(phase.doing(), Doing::Closed);
    }

    #[test]
    fn a_connection_is_counted_from_its_credential_until_it_is_gone() {
        let authenticated = Arc::new(AtomicIsize::new(0));
        let count = || authenticated.load(Ordering::Acquire);
        let phase = Phase::counted_in(authenticated.clone());
        phase.authenticated();
        phase.authenticated();
        assert_eq!((phase.is_authenticated(), count()), (true, 1));
        phase.gone();
        phase.gone();
        assert_eq!(count(), 0);
        let late = Phase::counted_in(authenticated.clone());
        late.gone();
        late.authenticated();
        assert_eq!(count(), 0, "its request outlived the connection");
    }

    #[tokio::test]
    async fn who_asks_later_is_reported_all_the_same() {
        let phase = Phase::counted_in(Arc::default());
        assert!(phase.close());
        phase.closed().await;
    }
}
