//! The store's time: a clock, and what happens when that goes back.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::batch::Millis;

/// A clock that is corrected by less than this stands still for a moment; one that goes back further is no longer
/// believed until it has caught up.
const CORRECTION: Millis = 1_000;

/// Whose clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clocked {
    /// The store's own: the database server's, or this machine's. Where it goes back, time runs on.
    #[default]
    Own,
    /// The caller's, as it is reported with every call: for tests that pass time in. It may stand still.
    Caller,
}

/// The latest time that was seen, and since when.
#[derive(Debug)]
pub(super) struct StoreTime {
    clocked: Clocked,
    seen: Mutex<Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    time: Millis,
    at: Instant,
    behind: bool,
}

impl StoreTime {
    /// Goes on from the latest time that any process has noted.
    pub fn from(clocked: Clocked, noted: Millis) -> Self {
        StoreTime { clocked, seen: Mutex::new(Seen { time: noted, at: Instant::now(), behind: false }) }
    }

    /// The store's time, given its own clock's and the caller's.
    pub fn now(&self, own: Millis, caller: Millis) -> Millis {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let reported = match self.clocked {
            Clocked::Own => own,
            Clocked::Caller => return seen.follow(caller),
        };
        let expected = expected(seen.time, seen.at.elapsed());
        if reported >= expected.saturating_sub(CORRECTION) {
            return seen.follow(reported);
        }
        if !seen.behind {
            seen.behind = true;
            tracing::warn!(seconds = (expected - reported) / 1000, "the store's clock went back; time runs on here");
        }
        expected
    }

    /// Takes over the latest time that any process has noted, if it is later than what is expected here.
    #[cfg(feature = "postgres")]
    pub fn learn(&self, noted: Millis) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = noted > expected(seen.time, seen.at.elapsed()).saturating_add(CORRECTION);
        if self.clocked == Clocked::Own && is_news {
            seen.follow(noted);
        }
    }

    /// The latest time that holds here, to be noted for other processes and those to come.
    #[cfg(feature = "postgres")]
    pub fn latest(&self) -> Millis {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.behind { expected(seen.time, seen.at.elapsed()) } else { seen.time }
    }
}

impl Seen {
    fn follow(&mut self, reported: Millis) -> Millis {
        *self = Seen { time: self.time.max(reported), at: Instant::now(), behind: false };
        self.time
    }
}

fn expected(seen: Millis, elapsed: Duration) -> Millis {
    seen.saturating_add(Millis::try_from(elapsed.as_millis()).unwrap_or(Millis::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time that was last seen so long ago.
    fn seen(time: Millis, ago: u64) -> StoreTime {
        let store = StoreTime::from(Clocked::Own, time);
        store.seen.lock().unwrap().at -= Duration::from_millis(ago);
        store
    }

    /// The tests may be slow, but not by half a second.
    fn is_about(found: Millis, expected: Millis) {
        assert!((expected..expected + 500).contains(&found), "{found} and {expected}");
    }

    #[test]
    fn time_follows_the_clock_and_never_goes_back() {
        assert_eq!(seen(10_000, 500).now(10_500, 0), 10_500);
        assert_eq!(seen(10_000, 0).now(70_000, 0), 70_000, "a jump ahead");
        assert_eq!(seen(10_000, 10).now(9_500, 0), 10_000, "a small correction");
    }

    #[test]
    fn time_runs_on_when_the_clock_jumps_back() {
        is_about(seen(600_000, 0).now(0, 0), 600_000);
        let time = seen(600_000, 30_000);
        is_about(time.now(30_000, 0), 630_000);
        assert!(time.seen.lock().unwrap().behind);
        assert_eq!(time.now(629_700, 0), 629_700, "it has caught up");
        assert!(!time.seen.lock().unwrap().behind);
    }

    #[test]
    fn a_caller_may_let_time_stand_still() {
        let time = StoreTime::from(Clocked::Caller, 10_000);
        time.seen.lock().unwrap().at -= Duration::from_secs(60);
        assert_eq!(time.now(0, 10_001), 10_001);
        assert_eq!(time.now(99_000, 9_000), 10_001);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn what_another_process_has_seen_holds_here_too() {
        let time = seen(10_000, 5_000);
        time.learn(12_000);
        assert_eq!(time.latest(), 10_000, "it is not news");
        time.learn(700_000);
        assert_eq!(time.latest(), 700_000);
        is_about(time.now(15_000, 0), 700_000);
        is_about(time.latest(), 700_000);
        let reported = StoreTime::from(Clocked::Caller, 10_000);
        reported.learn(700_000);
        assert_eq!(reported.latest(), 10_000);
    }
}
