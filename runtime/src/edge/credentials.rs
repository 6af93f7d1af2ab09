//! How often credentials may be wrong, by source and by access id. Counted in this process alone and in bounded memory,
//! so that wrong credentials cost no write to the store.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::adapter::SendWindow;
use crate::settings::CredentialLimits;
use crate::values::Time;

/// How many sources and ids are told apart; beyond that, new ones share one count.
const MOST_COUNTED: usize = 10_000;
/// How long a caller is let in from where their right credential came, whatever others show there or for their id.
const TRUSTED_SECONDS: i64 = 24 * 60 * 60;

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
    /// When a caller's right credential last came from a source.
    right: HashMap<(IpAddr, String), Time>,
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

    /// Remembers from where a caller's right credential came.
    pub fn trust(&self, source: Option<IpAddr>, caller: &str, now: Time) {
        let Some(source) = source else { return };
        let (mut counts, key) = (self.counts(), (network(source), caller.to_owned()));
        if counts.right.len() < MOST_COUNTED || counts.right.contains_key(&key) {
            counts.right.insert(key, now);
        }
    }

    /// True if a caller's right credential came from this source of late.
    pub fn trusts(&self, source: Option<IpAddr>, caller: &str, now: Time) -> bool {
        let Some(source) = source else { return false };
        let since = self.counts().right.get(&(network(source), caller.to_owned())).copied();
        since.is_some_and(|since| now <= since.plus_seconds(TRUSTED_SECONDS))
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

/// One household or server of IPv6 has a whole network of 64 bits.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        },
        address => address,
    }
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
    fn a_caller_is_trusted_for_a_day_where_their_credential_came_from() {
        let (counts, day) = (WrongCredentials::default(), TRUSTED_SECONDS);
        let source = |address: &str| from(address, "").source;
        counts.trust(source("192.0.2.1"), "shop", Time::from_seconds(0));
        let trusts = |address, caller, second| counts.trusts(source(address), caller, Time::from_seconds(second));
        assert!(trusts("192.0.2.1", "shop", day) && !trusts("192.0.2.1", "shop", day + 1));
        assert!(!trusts("192.0.2.2", "shop", 1) && !trusts("192.0.2.1", "other", 1));
        assert!(!counts.trusts(None, "shop", Time::from_seconds(1)));
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
