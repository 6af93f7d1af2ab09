//! Which connections have waited for their callers the longest. All are looked at to find some of them, and those are taken one
//! after the other: while somebody wants all places, thousands come in a second.

use std::collections::VecDeque;

use super::connections::Open;

/// How many are found at once.
const AT_ONCE: usize = 64;

/// For how many milliseconds nobody is looked for where nobody was found.
const LOOK_AGAIN: u64 = 10;

/// Those that had waited the longest when all were looked at, the longest first. Whoever waits since then has waited for less, so
/// they stay the longest until they are done waiting: since when somebody waits only ever grows, and who does not count now never
/// counts while it stays the same.
#[derive(Default)]
pub(super) struct Longest {
    found: VecDeque<Waiting>,
    /// When nobody was found.
    in_vain: Option<u64>,
}

/// A connection by its number, and since when it has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub since: u64,
    pub number: u64,
}

impl Waiting {
    /// Since when a connection has waited; none if it is worked for, or was asked to close.
    pub fn of(number: u64, open: &Open) -> Option<Waiting> {
        let since = open.phase.waits_since().filter(|_| !open.is_closing)?;
        Some(Waiting { since, number })
    }
}

impl Longest {
    /// Whoever has waited the longest. `still` says whether a connection has waited ever since, `all` looks at each of them.
    pub fn first<All: Iterator<Item = Waiting>>(
        &mut self,
        now: u64,
        still: impl Fn(Waiting) -> bool,
        all: impl FnOnce() -> All,
    ) -> Option<Waiting> {
        while let Some(first) = self.found.front().copied() {
            if still(first) {
                return Some(first);
            }
            self.found.pop_front();
        }
        if self.in_vain.is_some_and(|looked| now < looked + LOOK_AGAIN) {
            return None;
        }
        let mut found: Vec<Waiting> = all().collect();
        if found.len() > AT_ONCE {
            found.select_nth_unstable(AT_ONCE);
            found.truncate(AT_ONCE);
        }
        found.sort_unstable();
        self.in_vain = found.is_empty().then_some(now);
        self.found = found.into();
        self.found.front().copied()
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
                0,
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
        assert_eq!(longest.first(0, |_| false, std::iter::empty), None);
        let one = || [waiting(7)].into_iter();
        assert_eq!(longest.first(LOOK_AGAIN - 1, |_| true, one), None, "nobody was found a moment ago");
        assert_eq!(longest.first(LOOK_AGAIN, |_| true, one), Some(waiting(7)));
    }

    #[test]
    fn who_is_done_waiting_is_passed_over() {
        let mut longest = Longest::default();
        let all = || [waiting(3), waiting(1), waiting(2)].into_iter();
        assert_eq!(longest.first(0, |_| true, all), Some(waiting(1)));
        assert_eq!(longest.first(0, |one| one.since != 1, all), Some(waiting(2)));
        assert_eq!(longest.first(0, |one| one.since == 5, || [waiting(5)].into_iter()), Some(waiting(5)));
    }
}
