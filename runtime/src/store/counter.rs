//! The arithmetic of counters: how many there were in each window, and what is worth keeping.

use super::batch::{Count, Millis, Window};

/// How many were counted at which time, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Entries(Vec<(Millis, u64)>);

/// The key of the counter that all share for whom there is no room.
pub(super) const SHARED: &str = "shared";

impl Entries {
    /// The entries after the addition, or nothing if a window would be over-full.
    pub fn after(&self, count: &Count, now: Millis) -> Option<Entries> {
        let mut next = Entries(self.living(count, now));
        if count.add < 0 {
            next.take_back(count.add.unsigned_abs());
            return Some(next);
        }
        let add = count.add.unsigned_abs();
        let fits = |window: &Window| next.within(*window, now).saturating_add(add) <= window.most;
        if !count.windows.iter().all(fits) {
            return None;
        }
        if add > 0 {
            next.add(now - now.rem_euclid(count.grain.max(1)), add);
        }
        Some(next)
    }

    /// How many there are in the window that ends now.
    pub fn within(&self, window: Window, now: Millis) -> u64 {
        self.0.iter().filter(|(time, _)| *time > now - window.length).map(|(_, number)| number).sum()
    }

    /// When none of them counts any more.
    pub fn expires(&self, count: &Count) -> Millis {
        let longest = longest(count);
        self.0.iter().map(|(time, _)| time + longest).max().unwrap_or(0)
    }

    /// True if nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn living(&self, count: &Count, now: Millis) -> Vec<(Millis, u64)> {
        let longest = longest(count);
        self.0.iter().filter(|(time, _)| time + longest > now).copied().collect()
    }

    fn add(&mut self, time: Millis, add: u64) {
        match self.0.last_mut() {
            Some((last, number)) if *last >= time => *number = number.saturating_add(add),
            _ => self.0.push((time, add)),
        }
    }

    fn take_back(&mut self, mut number: u64) {
        while let Some((_, last)) = self.0.last_mut() {
            let taken = number.min(*last);
            *last -= taken;
            number -= taken;
            if *last == 0 {
                self.0.pop();
            }
            if number == 0 {
                return;
            }
        }
    }
}

/// Rounding down must not make a life shorter, so a grain is added.
fn longest(count: &Count) -> Millis {
    count.windows.iter().map(|window| window.length).max().unwrap_or(0) + count.grain.max(1) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(add: i64, grain: Millis, windows: &[(Millis, u64)]) -> Count {
        let windows = windows.iter().map(|(length, most)| Window { length: *length, most: *most }).collect();
        Count { family: "test", key: "k".into(), add, grain, windows }
    }

    #[test]
    fn a_window_slides() {
        let one = count(1, 1, &[(10, 2)]);
        let mut entries = Entries::default();
        for (now, fits) in [(0, true), (5, true), (9, false), (10, true), (14, false), (15, true)] {
            match entries.after(&one, now) {
                Some(next) => {
                    assert!(fits, "at {now}");
                    entries = next;
                }
                None => assert!(!fits, "at {now}"),
            }
        }
    }

    #[test]
    fn every_window_must_fit() {
        let one = count(1, 1, &[(10, 2), (100, 3)]);
        let mut entries = Entries::default();
        for now in [0, 5, 20] {
            entries = entries.after(&one, now).unwrap();
        }
        assert_eq!(entries.after(&one, 40), None);
        assert!(entries.after(&one, 100).is_some());
    }

    #[test]
    fn what_is_taken_back_may_be_added_again() {
        let windows = [(100, 2)];
        let two = count(2, 1, &windows);
        let entries = Entries::default().after(&two, 0).unwrap();
        assert_eq!(entries.after(&count(1, 1, &windows), 1), None);
        let entries = entries.after(&count(-1, 1, &windows), 1).unwrap();
        assert!(entries.after(&count(1, 1, &windows), 2).is_some());
        assert!(entries.after(&count(-5, 1, &windows), 2).unwrap().is_empty());
    }

    #[test]
    fn a_count_of_nothing_is_held_against_the_windows_and_leaves_no_trace() {
        let nothing = |most| count(0, 1, &[(100, most)]);
        assert!(Entries::default().after(&nothing(0), 5).unwrap().is_empty());
        let two = Entries::default().after(&count(2, 1, &[(100, 2)]), 0).unwrap();
        assert_eq!(two.after(&nothing(2), 5), Some(two.clone()));
        assert_eq!(two.after(&nothing(1), 5), None, "the window has become smaller");
    }

    #[test]
    fn a_coarse_counter_stays_small_and_never_counts_too_little() {
        let one = count(1, 10, &[(100, 1_000)]);
        let mut entries = Entries::default();
        for now in 0..100 {
            entries = entries.after(&one, now).unwrap();
        }
        assert!(entries.0.len() <= 11);
        assert_eq!(entries.within(Window { length: 100, most: 0 }, 99), 100);
    }
}
