//! How often credentials may be wrong, by source and by access id, before they are refused without another word. A right one
//! is good whatever was counted: it has 32 bytes at least, so nobody finds it by trying, and nobody keeps its caller out by
//! showing wrong ones. Counted in this process alone and in bounded memory,
//! so that wrong credentials cost no write to the store.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::adapter::SendWindow;
use crate::settings::CredentialLimits;
use crate::shares::network;
use crate::values::Time;

/// How many sources and ids have counts of their own; beyond that, new ones share one count.
const MOST_COUNTED: usize = 10_000;

/// Who shows a credential: from where, and for which access id if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub source: Option<IpAddr>,
    pub id: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    Source(IpAddr),
    Id(String),
    Others,
}

/// Wrong credentials since a moment.
#[derive(Debug, Clone, Copy)]
struct Count {
    since: Time,
    wrong: u64,
}

#[derive(Debug, Default)]
struct Counts {
    wrong: HashMap<Counted, Count>,
}

/// Wrong credentials of late.
#[derive(Debug, Default)]
pub(crate) struct WrongCredentials(Mutex<Counts>);

impl WrongCredentials {
    /// True for whoever has been wrong too often.
    pub fn are_too_many(&self, attempt: Attempt<'_>, limits: &CredentialLimits, now: Time) -> bool {
        let counts = self.counts();
        attempt.counted(limits).any(|(counted, window)| counts.wrong(&counted, window, now) >= window.most)
    }

    /// Counts a wrong credential.
    pub fn add(&self, attempt: Attempt<'_>, limits: &CredentialLimits, now: Time) {
        let mut counts = self.counts();
        for (counted, window) in attempt.counted(limits) {
            counts.add(counted, window, now);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    fn counted(self, limits: &CredentialLimits) -> impl Iterator<Item = (Counted, SendWindow)> {
        let source = self.source.map(|source| (Counted::Source(network(source)), limits.per_source));
        let id = self.id.map(|id| (Counted::Id(id.to_owned()), limits.per_access_id));
        source.into_iter().chain(id)
    }
}

impl Counts {
    fn wrong(&self, counted: &Counted, window: SendWindow, now: Time) -> u64 {
        let own = self.wrong.get(counted);
        // Whoever has no count of their own because there are too many shares that of the others.
        let count = own.or_else(|| self.wrong.get(&Counted::Others).filter(|_| self.wrong.len() >= MOST_COUNTED));
        count.filter(|count| !is_over(count, window, now)).map_or(0, |count| count.wrong)
    }

    fn add(&mut self, counted: Counted, window: SendWindow, now: Time) {
        if self.wrong.len() >= MOST_COUNTED && !self.wrong.contains_key(&counted) {
            self.wrong.retain(|_, count| !is_over(count, window, now));
        }
        let full = self.wrong.len() >= MOST_COUNTED && !self.wrong.contains_key(&counted);
        let count =
            self.wrong.entry(if full { Counted::Others } else { counted }).or_insert(Count { since: now, wrong: 0 });
        if is_over(count, window, now) {
            *count = Count { since: now, wrong: 0 };
        }
        count.wrong = count.wrong.saturating_add(1);
    }
}

fn is_over(count: &Count, window: SendWindow, now: Time) -> bool {
    now >= count.since.plus_seconds(i64::try_from(window.seconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: CredentialLimits = CredentialLimits {
        per_source: SendWindow { seconds: 60, most: 3 },
        per_access_id: SendWindow { seconds: 60, most: 5 },
    };

    fn from<'a>(address: &str, id: &'a str) -> Attempt<'a> {
        Attempt { source: Some(address.parse().unwrap()), id: Some(id) }
    }

    fn may(counts: &WrongCredentials, attempt: Attempt<'_>, second: i64) -> bool {
        !counts.are_too_many(attempt, &LIMITS, Time::from_seconds(second))
    }

    fn wrong(counts: &WrongCredentials, attempt: Attempt<'_>, times: usize) {
        (0..times).for_each(|_| counts.add(attempt, &LIMITS, Time::from_seconds(0)));
    }

    #[test]
    fn a_source_that_is_wrong_too_often_waits_for_the_window_to_pass() {
        let counts = WrongCredentials::default();
        wrong(&counts, from("192.0.2.1", "a"), 2);
        assert!(may(&counts, from("192.0.2.1", "a"), 1));
        wrong(&counts, from("192.0.2.1", "b"), 1);
        assert!(!may(&counts, from("192.0.2.1", "c"), 59) && may(&counts, from("192.0.2.2", "c"), 59));
        assert!(may(&counts, from("192.0.2.1", "c"), 60));
    }

    #[test]
    fn an_id_is_guessed_at_from_everywhere_so_often_and_no_more() {
        let counts = WrongCredentials::default();
        for source in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"] {
            assert!(may(&counts, from(source, "a"), 0));
            wrong(&counts, from(source, "a"), 1);
        }
        assert!(!may(&counts, from("192.0.2.6", "a"), 1) && may(&counts, from("192.0.2.6", "b"), 1));
        assert!(!may(&counts, Attempt { source: None, id: Some("a") }, 1));
    }

    #[test]
    fn a_network_of_ipv6_is_one_source() {
        let counts = WrongCredentials::default();
        for source in ["2001:db8::1", "2001:db8::2", "2001:db8::3"] {
            wrong(&counts, from(source, "a"), 1);
        }
        assert!(!may(&counts, from("2001:db8::4", "b"), 1) && may(&counts, from("2001:db8:0:1::4", "b"), 1));
    }

    #[test]
    fn memory_is_bounded_and_newcomers_share_a_count() {
        let counts = WrongCredentials::default();
        for at in 0..MOST_COUNTED + 100 {
            counts.add(Attempt { source: None, id: Some(&at.to_string()) }, &LIMITS, Time::from_seconds(0));
        }
        assert!(counts.counts().wrong.len() <= MOST_COUNTED + 1);
        assert!(!may(&counts, Attempt { source: None, id: Some("somebody new") }, 1));
        assert!(may(&counts, Attempt { source: None, id: Some("somebody new") }, 60));
        // What is over makes room once there is none.
        counts.add(Attempt { source: None, id: Some("somebody new") }, &LIMITS, Time::from_seconds(60));
        assert_eq!(counts.counts().wrong.len(), 1);
        counts.add(Attempt { source: None, id: Some("somebody else") }, &LIMITS, Time::from_seconds(120));
        assert_eq!(counts.counts().wrong.len(), 2, "and not before");
    }
}
