//! Who gets what there is too little of: slots for hooks, places in the queue for hashes. Nobody gets more than a multiple
//! of what is left free, so that something is left for whoever asks for little, however much somebody else asks for; and
//! of several who ask for much, each gets the same. How many places there are is known to those who have them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::request_scope::RequestScope;

/// How many times as much as is free one asker may hold: of 64 places one alone gets 60, and two get 30 each.
const TIMES_WHAT_IS_FREE: usize = 15;

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    /// A caller who has shown a credential.
    Caller(String),
    /// A caller who has shown none, by the network of the address.
    Source(IpAddr),
    /// Nobody knows: no request, or one without an address. Whoever that is shares with nobody.
    #[default]
    Unknown,
}

/// What is counted for an address: itself, or the network of 64 bits of an IPv6 address, since one household or server has
/// all of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        },
        address => address,
    }
}

/// The places of one kind that are held, and by whom.
#[derive(Debug, Default)]
pub(crate) struct Shares(Mutex<BudgetShare>);

#[derive(Debug, Default)]
struct BudgetShare {
    all: usize,
    by: HashMap<Asker, usize>,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    of: Arc<Shares>,
    asker: Asker,
}

impl Shares {
    /// How many places are held.
    pub fn taken(&self) -> usize {
        self.locked().all
    }

    /// A place, if one of so many is left for the asker.
    pub fn take(self: &Arc<Self>, asker: Asker, places: usize) -> Option<Share> {
        let mut held = self.locked();
        held.has_room(&asker, places).then(|| self.hold(&mut held, asker))
    }

    /// A place, whoever holds the others: for work that has begun.
    pub fn take_anyway(self: &Arc<Self>, asker: Asker) -> Share {
        self.hold(&mut self.locked(), asker)
    }

    /// How many of them the asker holds.
    pub fn places_of(&self, asker: &Asker) -> usize {
        self.locked().by.get(asker).copied().unwrap_or_default()
    }

    /// True if one of so many places is left for the asker.
    pub fn has_room(&self, asker: &Asker, places: usize) -> bool {
        self.locked().has_room(asker, places)
    }

    fn hold(self: &Arc<Self>, held: &mut BudgetShare, asker: Asker) -> Share {
        held.all += 1;
        *held.by.entry(asker.clone()).or_default() += 1;
        Share { of: self.clone(), asker }
    }

    fn locked(&self) -> MutexGuard<'_, BudgetShare> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BudgetShare {
    fn has_room(&self, asker: &Asker, places: usize) -> bool {
        let free = places.saturating_sub(self.all);
        let own = match asker {
            Asker::Unknown => 0,
            asker => self.by.get(asker).copied().unwrap_or_default(),
        };
        free > 0 && own < free.saturating_mul(TIMES_WHAT_IS_FREE)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.of.locked();
        held.all = held.all.saturating_sub(1);
        if let Some(own) = held.by.get_mut(&self.asker) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                held.by.remove(&self.asker);
            }
        }
    }
}

/// Who asks for what this task does.
pub(crate) fn asker() -> Asker {
    RequestScope::ask(Asker::clone).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    fn caller(name: &str) -> Asker {
        Asker::Caller(name.to_owned())
    }

    fn of(asker: &str) -> RequestScope {
        RequestScope::default().with(caller(asker))
    }

    fn as_many(shares: &Arc<Shares>, asker: &Asker, places: usize) -> Vec<Share> {
        std::iter::from_fn(|| shares.take(asker.clone(), places)).collect()
    }

    #[test]
    fn whoever_asks_for_much_leaves_something_to_those_who_ask_for_little() {
        let shares = Arc::new(Shares::default());
        let greedy = as_many(&shares, &caller("greedy"), 64);
        assert_eq!((greedy.len(), shares.taken()), (60, 60));
        let modest: Vec<_> = (0..4).map(|at| shares.take(caller(&format!("modest {at}")), 64)).collect();
        assert!(modest.iter().all(Option::is_some));
        assert!(!shares.has_room(&caller("late"), 64), "all are held");
        drop(greedy);
        drop(modest);
        let held = shares.locked();
        assert_eq!((held.all, held.by.len()), (0, 0), "nobody is remembered who holds nothing");
    }

    #[test]
    fn those_who_ask_for_much_get_the_same() {
        let shares = Arc::new(Shares::default());
        let (one, other) = (caller("one"), caller("other"));
        let mut first = as_many(&shares, &one, 64);
        let mut second = Vec::new();
        // Places come free one after the other, and both want each of them.
        for _ in 0..200 {
            if first.len() > second.len() {
                drop(first.pop())
            } else {
                drop(second.pop())
            }
            second.extend(shares.take(other.clone(), 64));
            first.extend(shares.take(one.clone(), 64));
        }
        assert!(first.len().abs_diff(second.len()) <= 2, "{} and {}", first.len(), second.len());
        assert!(first.len() + second.len() >= 60);
    }

    #[test]
    fn few_places_and_askers_who_are_not_known_are_not_shared_out() {
        let shares = Arc::new(Shares::default());
        assert_eq!(as_many(&shares, &caller("only"), 15).len(), 15);
        let shares = Arc::new(Shares::default());
        let all = as_many(&shares, &Asker::Unknown, 64);
        assert_eq!((all.len(), shares.take(caller("late"), 64).is_none()), (64, true));
        let begun = shares.take_anyway(caller("late"));
        assert_eq!(shares.taken(), 65);
        drop((all, begun));
    }

    #[tokio::test]
    async fn who_asks_is_known_within_the_request_alone() {
        let asked = of("one").during(async { (asker(), tokio::spawn(async { asker() }).await.unwrap()) }).await;
        assert_eq!(asked, (caller("one"), Asker::Unknown));
        assert_eq!(asker(), Asker::Unknown);
    }
}
