//! The conversion rate of one-time codes: how many of those that were sent are used, by country. Every process looks at what it
//! has sent itself, once a code's time is over, so that nothing is counted that could still be used.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::Millis;

/// How many of a country's latest codes are looked at.
pub(crate) const SAMPLE: usize = 200;

/// The most codes whose time is awaited; the oldest are forgotten first.
const MOST_AWAITED: usize = 20_000;

/// How many codes are looked up with each message. More than one, so that what is due is caught up with.
const LOOKED_UP: usize = 2;

/// The codes that this process sent lately.
#[derive(Debug, Default)]
pub struct Conversion(Mutex<Sent>);

#[derive(Debug, Default)]
struct Sent {
    awaited: VecDeque<Awaited>,
    countries: BTreeMap<&'static str, Country>,
}

/// A code that was sent, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Awaited {
    pub id: String,
    pub country: &'static str,
    pub expires: Millis,
}

/// Whether a country's latest codes were used, and whether it was reported that too few were.
#[derive(Debug, Default)]
struct Country {
    latest: VecDeque<bool>,
    entry: bool,
}

impl Conversion {
    /// Remembers a code that was sent.
    pub(crate) fn sent(&self, code: Awaited) {
        let mut sent = self.locked();
        if sent.awaited.len() == MOST_AWAITED {
            sent.awaited.pop_front();
        }
        sent.awaited.push_back(code);
    }

    /// Codes whose time is over.
    pub(crate) fn due(&self, now: Millis) -> Vec<Awaited> {
        let mut sent = self.locked();
        let due = sent.awaited.iter().take(LOOKED_UP).take_while(|code| code.expires < now).count();
        sent.awaited.drain(..due).collect()
    }

    /// Adds what became of a code. Gives how many of the latest were used, once too few were.
    pub(crate) fn became(&self, country: &'static str, used: bool, least_percent: u32) -> Option<usize> {
        let mut sent = self.locked();
        let country = sent.countries.entry(country).or_default();
        if country.latest.len() == SAMPLE {
            country.latest.pop_front();
        }
        country.latest.push_back(used);
        let used = country.latest.iter().filter(|used| **used).count();
        let low = country.latest.len() == SAMPLE && used * 100 < least_percent as usize * SAMPLE;
        let entry = std::mem::replace(&mut country.entry, low);
        (low && !entry).then_some(used)
    }

    fn locked(&self) -> MutexGuard<'_, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_whose_time_is_over_are_looked_at() {
        let conversion = Conversion::default();
        let code = |id: &str, expires| Awaited { id: id.into(), country: "CZ", expires };
        for (id, expires) in [("a", 10), ("b", 20), ("c", 30)] {
            conversion.sent(code(id, expires));
        }
        assert_eq!(conversion.due(10), []);
        assert_eq!(conversion.due(31), [code("a", 10), code("b", 20)]);
        assert_eq!(conversion.due(31), [code("c", 30)]);
    }

    #[test]
    fn a_low_share_is_reported_once_until_it_was_higher() {
        let conversion = Conversion::default();
        let mut entry = Vec::new();
        for number in 0..600 {
            // One in four, then all, then one in four.
            let used = number % 4 == 0 || (200..400).contains(&number);
            entry.extend(conversion.became("CZ", used, 30).map(|used| (number, used)));
        }
        assert_eq!(entry.len(), 2, "{entry:?}");
        assert_eq!(entry[0], (199, 50));
        assert!(entry[1].0 > 500 && entry[1].1 < 60, "{entry:?}");
        assert_eq!((0..400).find_map(|number| conversion.became("SK", number % 3 == 0, 30)), None);
    }
}
