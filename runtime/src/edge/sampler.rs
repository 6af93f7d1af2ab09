//! Samples events: so many in each period are reported, and of those beyond only their number. What strangers cause without
//! end is reported so, in the log and in the audit log.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts what is reported and what is left out.
#[derive(Debug)]
pub(super) struct Sampler {
    most: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    period: i64,
    reported: u32,
    left_out: u64,
}

impl Sampler {
    /// One that lets so many pass in each period.
    pub fn new(most: u32) -> Self {
        Sampler { most, state: Mutex::default() }
    }

    /// How many were left out since the last that was reported; nothing if this one is left out, too.
    pub fn room(&self, period: i64) -> Option<u64> {
        let mut state = self.locked();
        if state.period != period {
            (state.period, state.reported) = (period, 0);
        }
        if state.reported >= self.most {
            state.left_out += 1;
            return None;
        }
        state.reported += 1;
        Some(std::mem::take(&mut state.left_out))
    }

    /// How many were left out in a period that is over, for whoever reports something else.
    pub fn left_out_before(&self, period: i64) -> u64 {
        let mut state = self.locked();
        if state.period == period { 0 } else { std::mem::take(&mut state.left_out) }
    }

    /// So many could not be reported after all.
    pub fn put_back(&self, number: u64) {
        self.locked().left_out += number;
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_flood_some_are_told_and_the_others_are_counted() {
        let sampler = Sampler::new(60);
        assert_eq!((0..1_000).filter(|_| sampler.room(7).is_some()).count(), 60);
        assert_eq!(sampler.left_out_before(7), 0, "it goes on");
        assert_eq!((sampler.room(8), sampler.room(8)), (Some(940), Some(0)));
    }

    #[test]
    fn once_it_is_over_whoever_comes_next_tells_the_number() {
        let sampler = Sampler::new(1);
        assert_eq!((sampler.room(1), sampler.room(1), sampler.room(1)), (Some(0), None, None));
        assert_eq!((sampler.left_out_before(2), sampler.left_out_before(2)), (2, 0));
        sampler.put_back(3);
        assert_eq!(sampler.room(3), Some(3));
    }
}
