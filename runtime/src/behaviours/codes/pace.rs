//! How long the bank's code took lately, so that a call which is not made takes as long.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt;

/// How many durations are remembered.
const REMEMBERED: usize = 64;

/// How long the bank's code took lately.
#[derive(Debug, Default)]
pub struct Pace {
    /// To take a message.
    pub sms: Durations,
    /// To check a password, where the bank does that itself.
    pub password: Durations,
}

/// The latest durations of one kind of call.
#[derive(Debug, Default)]
pub struct Durations {
    latest: Mutex<VecDeque<Duration>>,
}

impl Durations {
    /// Remembers a duration.
    pub fn took(&self, duration: Duration) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.len() == REMEMBERED {
            latest.pop_front();
        }
        latest.push_back(duration);
    }

    /// One of the durations that are remembered, any of them.
    pub fn draw(&self) -> Duration {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.is_empty() {
            return Duration::ZERO;
        }
        let place = rand::rng().random_range(0..latest.len());
        latest.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_drawn() {
        let pace = Durations::default();
        assert_eq!(pace.draw(), Duration::ZERO);
        (0..100).for_each(|millis| pace.took(Duration::from_millis(millis)));
        let drawn: std::collections::BTreeSet<_> = (0..200).map(|_| pace.draw().as_millis()).collect();
        assert!(drawn.iter().all(|millis| (36..100).contains(millis)));
        assert!(drawn.len() > 10, "any of them is drawn: {drawn:?}");
    }
}
