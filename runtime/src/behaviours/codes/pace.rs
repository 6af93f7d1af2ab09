//! How long real messages took lately, so that one which is not sent takes as long.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt;

/// How many durations are remembered.
const REMEMBERED: usize = 64;

/// The durations of the latest real messages.
#[derive(Debug, Default)]
pub struct Pace {
    latest: Mutex<VecDeque<Duration>>,
}

impl Pace {
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
        let pace = Pace::default();
        assert_eq!(pace.draw(), Duration::ZERO);
        (0..100).for_each(|millis| pace.took(Duration::from_millis(millis)));
        for _ in 0..200 {
            assert!((36..100).contains(&pace.draw().as_millis()));
        }
    }
}
