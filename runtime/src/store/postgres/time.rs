//! The store's time: the server's clock, and what happens when that goes back.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::batch::Millis;

/// A clock that is corrected by less than this stands still for a moment; one that goes back further is no longer
/// believed until it has caught up.
const CORRECTION: Millis = 1_000;

/// Whose clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clocked {
    /// The database server's.
    #[default]
    Server,
    /// The caller's, as it is told with every call: for tests that pass time in.
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

    /// The store's time, given the server's and the caller's.
    pub fn now(&self, server: Millis, caller: Millis) -> Millis {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let told = match self.clocked {
            Clocked::Server => server,
            Clocked::Caller => caller.max(seen.time),
        };
        let (next, believed) = next(seen.time, seen.at.elapsed(), told, self.clocked);
        if believed {
            *seen = Seen { time: next, at: Instant::now(), behind: false };
        } else if !seen.behind {
            seen.behind = true;
            tracing::warn!(seconds = (next - told) / 1000, "the database server's clock went back; time runs on here");
        }
        next
    }

    /// The latest time seen, to be noted for processes to come.
    pub fn seen(&self) -> Millis {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).time
    }
}

/// The time after `elapsed` since `seen`, and whether the clock was believed.
fn next(seen: Millis, elapsed: Duration, told: Millis, clocked: Clocked) -> (Millis, bool) {
    if clocked == Clocked::Caller {
        return (told.max(seen), true);
    }
    let expected = seen.saturating_add(Millis::try_from(elapsed.as_millis()).unwrap_or(Millis::MAX));
    if told < expected.saturating_sub(CORRECTION) { (expected, false) } else { (told.max(seen), true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(seen: Millis, elapsed: u64, told: Millis) -> (Millis, bool) {
        next(seen, Duration::from_millis(elapsed), told, Clocked::Server)
    }

    #[test]
    fn time_follows_the_server_and_never_goes_back() {
        assert_eq!(server(10_000, 500, 10_500), (10_500, true));
        assert_eq!(server(10_000, 0, 70_000), (70_000, true), "a jump ahead");
        assert_eq!(server(10_000, 10, 9_500), (10_000, true), "a small correction");
    }

    #[test]
    fn time_runs_on_when_the_server_jumps_back() {
        assert_eq!(server(600_000, 0, 0), (600_000, false));
        assert_eq!(server(600_000, 30_000, 30_000), (630_000, false), "no life is lengthened");
        assert_eq!(server(600_000, 30_000, 629_500), (629_500, true), "it has caught up");
    }
}
