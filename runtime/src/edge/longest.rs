//! Which connections have waited for their callers the longest. All are looked at to find some of them, and those are taken one
//! after the other: while somebody wants all places, thousands come in a second.

use std::collections::VecDeque;

use super::connections::Open;

/// How many are found at once.
const AT_ONCE: usize = 64;

/// Those that had waited the longest when all were looked at, the longest first. Whoever waits since then has waited for less, so
/// they stay the longest until they are done waiting.
#[derive(Default)]
pub(super) struct Longest(VecDeque<Waiting>);

/// A connection by its number, and since when it has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub since: u64,
    pub number: u64,
}

impl Waiting {
    /// What a connection is waiting for, if it is to be found.
    pub fn of(number: u64, open: &Open) -> Option<Waiting> {
        let since = open.phase.waits_since().filter(|_| !open.is_closing)?;
        Some(Waiting { since, number })
    }
}

impl Longest {
    /// Whoever has waited the longest. `still` says how long a connection has waited by now, `all` looks at each of them.
    pub fn first<All: Iterator<Item = Waiting>>(
        &mut self,
        still: impl Fn(Waiting) -> bool,
        all: impl FnOnce() -> All,
    ) -> Option<Waiting> {
        while let Some(first) = self.0.front().copied() {
            if still(first) {
                return Some(first);
            }
            self.0.pop_front();
        }
        let mut found: Vec<Waiting> = all().collect();
        if found.len() > AT_ONCE {
            found.select_nth_unstable(AT_ONCE);
            found.truncate(AT_ONCE);
        }
        found.sort_unstable();
        self.0 = found.into();
        self.0.front().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(since: u64) -> Waiting {
        Waiting { since, number: 1_000 - since }
    }

    #[test]
    fn the_longest_is_found_and_all_are_looked_at_once_for_many() {
        let (mut longest, mut looked) = (Longest::default(), 0);
        let mut left: Vec<u64> = (0..200).map(|at| at * 7 % 200).collect();
        for expected in 0..200 {
            let found = longest.first(
                |one| left.contains(&one.since),
                || {
                    looked += 1;
                    left.iter().map(|since| waiting(*since)).collect::<Vec<_>>().into_iter()
                },
            );
            assert_eq!(found, Some(waiting(expected)));
            left.retain(|since| *since != expected);
        }
        assert_eq!(looked, 4);
        assert_eq!(longest.first(|_| false, std::iter::empty), None);
    }

    #[test]
    fn who_is_done_waiting_is_passed_over() {
        let mut longest = Longest::default();
        let all = || [waiting(3), waiting(1), waiting(2)].into_iter();
        assert_eq!(longest.first(|_| true, all), Some(waiting(1)));
        assert_eq!(longest.first(|one| one.since != 1, all), Some(waiting(2)));
        assert_eq!(longest.first(|one| one.since == 5, || [waiting(5)].into_iter()), Some(waiting(5)));
    }
}
