//! The requests that share a connection: what each of them does, what the connection does therefore, and when it has
//! waited for its caller for too long. Their number is bounded by the connection's, the source's and the port's share of
//! requests: one that was cut off goes on to count until its work has ended, so that nobody gets more done by cutting off.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::limits::EdgeLimits;
use super::phase::{self, Doing, Phase};
use super::under_way::UnderWay;

/// The most requests of a connection at once.
pub(super) const MOST: u32 = 100;

/// More requests than this were cut off than were answered: the connection ends.
const MOST_CUT_OFF: u32 = 100;

/// An answer is to be taken whole in as many times the time in which one byte of it is, where answers share a connection.
const WHOLE_ANSWER: u32 = 3;

/// The requests of a connection.
pub(super) struct Streams {
    phase: Phase,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    open: BTreeMap<u64, At>,
    /// How many more were cut off than were answered.
    cut_off: u32,
    any: bool,
}

/// What a request does, and since when.
#[derive(Clone, Copy)]
struct At {
    doing: Doing,
    since: u64,
}

/// A request among others; over when this is dropped.
pub(super) struct Stream {
    streams: Arc<Streams>,
    number: u64,
    _under_way: UnderWay,
}

/// Why a request does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The connection was asked to close.
    Closed,
    /// Too many are under way.
    NoRoom,
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nobody asked for anything.
    Idle,
    /// An answer was not taken.
    Stalled,
    /// Requests were cut off again and again.
    CutOff,
}

impl Streams {
    pub fn new(phase: Phase) -> Arc<Self> {
        Arc::new(Streams { phase, state: Mutex::default() })
    }

    /// A request begins.
    ///
    /// # Errors
    /// The connection was asked to close, or too many are under way: on this connection, or the port has no room for one more.
    pub fn begin(self: &Arc<Self>, room: impl FnOnce() -> Option<UnderWay>) -> Result<Arc<Stream>, Refused> {
        let mut state = self.locked();
        if !self.phase.begin() {
            return Err(Refused::Closed);
        }
        state.any = true;
        let under_way = if state.open.len() < MOST as usize { room() } else { None };
        let Some(under_way) = under_way else {
            self.settle(&state);
            return Err(Refused::NoRoom);
        };
        let number = state.next;
        state.next += 1;
        state.open.insert(number, At { doing: Doing::Working, since: phase::now() });
        Ok(Arc::new(Stream { streams: self.clone(), number, _under_way: under_way }))
    }

    /// Whether there ever was a request.
    pub fn had_request(&self) -> bool {
        self.locked().any
    }

    /// A request was cut off, or answered.
    pub fn counted(&self, is_cut_off: bool) {
        let mut state = self.locked();
        state.cut_off = if is_cut_off { state.cut_off + 1 } else { state.cut_off.saturating_sub(1) };
    }

    /// Comes back once the connection has waited for its caller for too long.
    pub async fn overdue(&self, limits: &EdgeLimits) -> Overdue {
        let often = (limits.write_stall / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        loop {
            tokio::time::sleep(often).await;
            if let Some(overdue) = self.is_overdue(limits) {
                return overdue;
            }
        }
    }

    fn is_overdue(&self, limits: &EdgeLimits) -> Option<Overdue> {
        let (state, now) = (self.locked(), phase::now());
        let lasts = |since: u64, limit: Duration| u128::from(now.saturating_sub(since)) >= limit.as_millis();
        if state.cut_off > MOST_CUT_OFF {
            return Some(Overdue::CutOff);
        }
        let mut answers = state.open.values().filter(|at| at.doing == Doing::Answering);
        if answers.any(|at| lasts(at.since, limits.write_stall * WHOLE_ANSWER)) {
            return Some(Overdue::Stalled);
        }
        let patience = if state.any { limits.keep_alive } else { limits.head };
        let is_idle = state.open.is_empty() && self.phase.waits_since().is_some_and(|since| lasts(since, patience));
        is_idle.then_some(Overdue::Idle)
    }

    fn step(&self, number: u64, doing: Doing) {
        let mut state = self.locked();
        if let Some(at) = state.open.get_mut(&number) {
            *at = At { doing, since: phase::now() };
        }
        self.settle(&state);
    }

    fn end(&self, number: u64) {
        let mut state = self.locked();
        state.open.remove(&number);
        self.settle(&state);
    }

    /// The connection does what most hinders it from ending: it works while any of its requests is worked on.
    fn settle(&self, state: &State) {
        let any = |doing: Doing| state.open.values().any(|at| at.doing == doing);
        let busiest = [Doing::Working, Doing::Body, Doing::Answering].into_iter().find(|doing| any(*doing));
        self.phase.goes_on(busiest.unwrap_or(Doing::Idle));
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    /// The body of the request is awaited from now on.
    pub fn awaits_body(&self) {
        self.streams.step(self.number, Doing::Body);
    }

    /// The body is there.
    pub fn has_body(&self) {
        self.streams.step(self.number, Doing::Working);
    }

    /// The answer is ready to be taken.
    pub fn answering(&self) {
        self.streams.step(self.number, Doing::Answering);
    }

    /// A credential was accepted.
    pub fn authenticated(&self) {
        self.streams.phase.authenticated();
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.streams.end(self.number);
    }
}
