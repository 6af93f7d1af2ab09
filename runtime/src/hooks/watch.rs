//! What is known of one hook while an adapter runs: its circuit breaker, how many of its calls hold a thread after
//! their deadline, and when a full pool was last logged. Which calls it has is decided by the guard.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::breaker::Breaker;
use super::limits::{BreakerLimits, CallLimits};
use crate::telemetry;

/// How often the same is logged of one hook at most.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// One hook.
pub(super) struct Watched {
    pub name: &'static str,
    pub breaker: Arc<Breaker>,
    blocked: AtomicUsize,
    shortage: Occasion,
    blocking: Occasion,
}

impl Watched {
    pub fn new(name: &'static str, limits: CallLimits, breaker: BreakerLimits) -> Self {
        let breaker = Arc::new(Breaker::new(name, breaker, limits.deadline));
        Watched {
            name,
            breaker,
            blocked: AtomicUsize::new(0),
            shortage: Occasion::default(),
            blocking: Occasion::default(),
        }
    }

    /// A call found no free slot.
    pub fn short_of_slots(&self, slots: usize) {
        if let Some(left_out) = self.shortage.arises(Instant::now()) {
            tracing::error!(hook = self.name, slots, left_out, "no slot is free: the hook was not called");
        }
    }

    /// A call holds its thread after its deadline; it is counted until the result is dropped.
    pub fn blocks(self: &Arc<Self>) -> Blocked {
        let threads = self.blocked.fetch_add(1, Ordering::AcqRel) + 1;
        telemetry::hook_blocked(self.name, threads);
        if let Some(left_out) = self.blocking.arises(Instant::now()) {
            tracing::error!(
                hook = self.name,
                threads,
                left_out,
                "the hook blocks its thread and cannot be cancelled; it keeps thread and slot until it returns"
            );
        }
        Blocked(self.clone())
    }
}

/// A call that cannot be cancelled, for as long as this lives.
pub(super) struct Blocked(Arc<Watched>);

impl Drop for Blocked {
    fn drop(&mut self) {
        let threads = self.0.blocked.fetch_sub(1, Ordering::AcqRel).saturating_sub(1);
        telemetry::hook_blocked(self.0.name, threads);
    }
}

/// Something that is worth a line in the log from time to time, however often it happens.
#[derive(Default)]
struct Occasion {
    said: Mutex<Option<Instant>>,
    left_out: AtomicU64,
}

impl Occasion {
    /// How often it happened unsaid, if it is to be said now.
    fn arises(&self, now: Instant) -> Option<u64> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_some_and(|said| now.saturating_duration_since(said) < SAY_EVERY) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        *said = Some(now);
        Some(self.left_out.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_often_is_said_from_time_to_time_with_its_number() {
        let (occasion, now) = (Occasion::default(), Instant::now());
        assert_eq!(occasion.arises(now), Some(0));
        assert!((0..1_000).all(|_| occasion.arises(now + SAY_EVERY / 2).is_none()));
        assert_eq!(occasion.arises(now + SAY_EVERY), Some(1_000));
    }
}
