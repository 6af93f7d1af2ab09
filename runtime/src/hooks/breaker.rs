//! Circuit breakers, one a hook: closed, open, half-open. Decides whether a call is made now; what counts as a failure
//! is decided by the guard.
//!
//! No crate does this for us: those that were looked at (`failsafe`, `recloser`, `tower-circuitbreaker`) wrap a call and
//! judge its error by themselves. Here a call that is not made must take a probe's place too, so that a decoy fares like
//! a message; a full pool is a failure without a call; and the time is passed in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::limits::BreakerLimits;
use crate::telemetry;

/// How many calls go through at once while the breaker is half-open. Any one that goes well closes it, so a few make
/// sure that no single caller holds up the rest.
const PROBES: u32 = 4;

/// The breaker of one hook.
#[derive(Debug)]
pub(super) struct Breaker {
    hook: &'static str,
    limits: BreakerLimits,
    /// For at least so long no call must have gone well before the breaker opens.
    deadline: Duration,
    state: Mutex<(u64, State)>,
}

/// The number of the state is another one after each change, so that calls that began before it change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calls are made. `since` is when the first of the failures in a row began.
    Closed { failures: u32, since: Option<Instant> },
    /// No call is made until then.
    Open { until: Instant },
    /// As many probes are under way.
    HalfOpen { probes: u32 },
}

const CLOSED: State = State::Closed { failures: 0, since: None };

/// What a call says of its hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It works.
    Works,
    /// It does not.
    Fails,
}

/// Permission for one call. Dropped without a verdict, it says nothing of the hook.
#[derive(Debug)]
pub struct Pass {
    breaker: Arc<Breaker>,
    number: u64,
    began: Instant,
    probe: bool,
}

impl Breaker {
    pub fn new(hook: &'static str, limits: BreakerLimits, deadline: Duration) -> Self {
        Breaker { hook, limits, deadline, state: Mutex::new((0, CLOSED)) }
    }

    /// Permission for a call, unless the hook is to be left alone.
    pub fn admit(self: &Arc<Self>, now: Instant) -> Option<Pass> {
        let mut state = self.locked();
        if let State::Open { until } = state.1 {
            if now < until {
                return None;
            }
            self.change(&mut state, State::HalfOpen { probes: 0 });
        }
        let probe = match &mut state.1 {
            State::HalfOpen { probes } if *probes >= PROBES => return None,
            State::HalfOpen { probes } => {
                *probes += 1;
                true
            }
            _ => false,
        };
        Some(Pass { breaker: self.clone(), number: state.0, began: now, probe })
    }

    /// True while calls are refused, or let through as probes alone.
    pub fn is_open(&self) -> bool {
        !matches!(self.locked().1, State::Closed { .. })
    }

    fn locked(&self) -> MutexGuard<'_, (u64, State)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, state: &mut (u64, State), next: State) {
        let hook = self.hook;
        match next {
            State::Open { .. } => {
                let pause = self.limits.pause;
                tracing::error!(hook, ?pause, "the hook's circuit breaker is open: it is not called for a while");
            }
            State::HalfOpen { .. } => tracing::info!(hook, "the hook's circuit breaker is half-open: it is probed"),
            State::Closed { .. } => tracing::info!(hook, "the hook's circuit breaker is closed: the hook works again"),
        }
        telemetry::hook_breaker(hook, !matches!(next, State::Closed { .. }));
        *state = (state.0 + 1, next);
    }

    fn open(&self, state: &mut (u64, State), now: Instant) {
        self.change(state, State::Open { until: now + self.limits.pause });
    }

    fn failed(&self, state: &mut (u64, State), began: Instant, now: Instant) {
        match &mut state.1 {
            State::Closed { failures, since } => {
                *failures = failures.saturating_add(1);
                let since = *since.insert(since.map_or(began, |since| since.min(began)));
                let enough = self.limits.failures > 0 && *failures >= self.limits.failures;
                if enough && now.saturating_duration_since(since) >= self.deadline {
                    self.open(state, now);
                }
            }
            State::HalfOpen { .. } => self.open(state, now),
            State::Open { .. } => {}
        }
    }
}

impl Pass {
    /// Says what the call has shown.
    pub(super) fn settle(self, verdict: Verdict, now: Instant) {
        let mut state = self.breaker.locked();
        match verdict {
            // A probe that went well has shown that the hook works, however late it says so.
            Verdict::Works if self.probe && matches!(state.1, State::Closed { .. }) => {}
            Verdict::Works if self.probe => self.breaker.change(&mut state, CLOSED),
            Verdict::Works if state.0 == self.number => state.1 = CLOSED,
            Verdict::Fails if state.0 == self.number => self.breaker.failed(&mut state, self.began, now),
            _ => {}
        }
    }

    /// Ends a call that was not made, as one that fared so: what a decoy draws is no news of the hook, but whoever
    /// watches must see the same calls refused after it.
    pub fn settle_as_if(self, failed: bool, now: Instant) {
        if self.probe && failed {
            self.settle(Verdict::Fails, now);
        }
    }

    /// When the call was let through.
    pub(super) fn began(&self) -> Instant {
        self.began
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.breaker.locked();
        if state.0 == self.number
            && let State::HalfOpen { probes } = &mut state.1
        {
            *probes = probes.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: Duration = Duration::from_secs(2);
    const PAUSE: Duration = Duration::from_secs(5);

    fn breaker() -> Arc<Breaker> {
        Arc::new(Breaker::new("a_hook", BreakerLimits { failures: 3, pause: PAUSE }, DEADLINE))
    }

    /// Calls that begin now and end after a deadline; gives when that is.
    fn time_out(breaker: &Arc<Breaker>, calls: usize, now: Instant) -> Instant {
        let passes: Vec<Pass> = (0..calls).map(|_| breaker.admit(now).unwrap()).collect();
        passes.into_iter().for_each(|pass| pass.settle(Verdict::Fails, now + DEADLINE));
        now + DEADLINE
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_answers_at_once_until_the_pause_is_over() {
        let breaker = breaker();
        let now = time_out(&breaker, 2, Instant::now());
        breaker.admit(now).unwrap().settle(Verdict::Works, now);
        let now = time_out(&breaker, 2, now);
        assert!(!breaker.is_open(), "a call that goes well begins anew");
        let now = time_out(&breaker, 1, now);
        assert!(breaker.is_open());
        assert!(breaker.admit(now + PAUSE / 2).is_none());
        assert!(breaker.admit(now + PAUSE).is_some());
    }

    #[test]
    fn a_pool_that_is_full_opens_it_only_if_nothing_goes_well_for_a_deadline() {
        let breaker = breaker();
        let began = Instant::now();
        let full = |at: Instant| breaker.admit(at).unwrap().settle(Verdict::Fails, at);
        for millis in 0..4_000 {
            let at = began + Duration::from_millis(millis);
            (0..20).for_each(|_| full(at));
            breaker.admit(at).unwrap().settle(Verdict::Works, at);
        }
        assert!(!breaker.is_open(), "more is asked than there are slots, but the hook works");
        let hung = began + Duration::from_secs(4);
        (0..100).for_each(|_| full(hung));
        assert!(!breaker.is_open());
        full(hung + DEADLINE);
        assert!(breaker.is_open());
    }

    #[test]
    fn half_open_lets_some_through_and_one_that_goes_well_closes_it() {
        let breaker = breaker();
        let now = time_out(&breaker, 3, Instant::now()) + PAUSE;
        let mut probes: Vec<Pass> = (0..PROBES).map(|_| breaker.admit(now).unwrap()).collect();
        assert!(breaker.admit(now).is_none(), "beyond the probes nothing is let through");
        drop(probes.pop());
        let last = breaker.admit(now).expect("who goes away leaves the place to another");
        probes.pop().unwrap().settle(Verdict::Fails, now);
        assert!(breaker.admit(now).is_none(), "a probe that fails opens it again");
        last.settle(Verdict::Works, now);
        assert!(!breaker.is_open(), "another one of them went well");
        drop(probes);
        assert!((0..100).all(|_| breaker.admit(now).is_some()));
    }

    #[test]
    fn calls_that_began_before_it_opened_change_nothing_any_more() {
        let breaker = breaker();
        let began = Instant::now();
        let slow = [breaker.admit(began).unwrap(), breaker.admit(began).unwrap()];
        let now = time_out(&breaker, 3, began);
        let [well, badly] = slow;
        well.settle(Verdict::Works, now);
        assert!(breaker.is_open());
        let probe = breaker.admit(now + PAUSE).unwrap();
        badly.settle(Verdict::Fails, now + PAUSE);
        assert!(breaker.admit(now + PAUSE).is_some(), "it is still half-open");
        probe.settle(Verdict::Works, now + PAUSE);
        assert!(!breaker.is_open());
    }

    #[test]
    fn a_decoy_takes_the_place_of_a_probe_and_says_nothing_of_a_hook_that_works() {
        let breaker = breaker();
        let began = Instant::now();
        (0..100).for_each(|_| breaker.admit(began).unwrap().settle_as_if(true, began + DEADLINE));
        assert!(!breaker.is_open());
        let now = time_out(&breaker, 3, began) + PAUSE;
        breaker.admit(now).unwrap().settle_as_if(false, now);
        assert!(breaker.is_open(), "a decoy shows nothing");
        breaker.admit(now).unwrap().settle_as_if(true, now);
        assert!(breaker.admit(now).is_none(), "whoever comes next is refused as after a message that failed");
    }

    #[test]
    fn it_may_be_switched_off() {
        let off = Arc::new(Breaker::new("a_hook", BreakerLimits { failures: 0, pause: PAUSE }, DEADLINE));
        time_out(&off, 1_000, Instant::now());
        assert!(!off.is_open());
    }
}
