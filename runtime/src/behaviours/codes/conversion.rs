//! How many of the codes that are sent are used. Where few are, somebody lets messages be sent for their own sake, or
//! a gateway loses them; an operator is told. Every process looks at what it has sent itself, once a code's time is
//! over, so that nothing is counted that could still be used.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::country;
use super::record::{CodeRecord, State, code_key, parse};
use super::send::Draft;
use crate::context::Core;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Millis};
use crate::telemetry;
use crate::values::Phone;

/// How many of a country's latest codes are looked at.
const SAMPLE: usize = 200;

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
struct Awaited {
    id: String,
    country: &'static str,
    expires: Millis,
}

/// Whether a country's latest codes were used, and whether it was told that too few were.
#[derive(Debug, Default)]
struct Country {
    latest: VecDeque<bool>,
    entry: bool,
}

impl Conversion {
    fn sent(&self, code: Awaited) {
        let mut sent = self.locked();
        if sent.awaited.len() == MOST_AWAITED {
            sent.awaited.pop_front();
        }
        sent.awaited.push_back(code);
    }

    /// Codes whose time is over.
    fn due(&self, now: Millis) -> Vec<Awaited> {
        let mut sent = self.locked();
        let due = sent.awaited.iter().take(LOOKED_UP).take_while(|code| code.expires < now).count();
        sent.awaited.drain(..due).collect()
    }

    /// Adds what became of a code. Gives how many of the latest were used, once too few were.
    fn became(&self, country: &'static str, used: bool, least_percent: u32) -> Option<usize> {
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

impl Core {
    /// Notes that a code was sent.
    pub(super) fn record_sent(&self, draft: &Draft, phone: &Phone, expires: Millis) {
        if let Some(country) = country::of(phone.expose()) {
            self.shared.conversion.sent(Awaited { id: draft.id.clone(), country, expires });
        }
    }

    /// Looks up what became of codes that were sent earlier. A store that does not answer is no reason not to answer
    /// the request at hand.
    pub(super) async fn look_at_conversion(&self) {
        for Awaited { id, country, .. } in self.shared.conversion.due(self.clock_millis()) {
            let Ok(read) = self.read(&code_key(&id)).await else { return };
            let record = read.record.and_then(|record| parse::<CodeRecord>(&record).ok());
            let used = record.is_some_and(|record| record.state == State::Used);
            telemetry::code_settled(country, used);
            let least = self.shared.options.limits.conversion_percent;
            if let Some(used) = self.shared.conversion.became(country, used, least) {
                self.report_low_conversion(country, used).await;
            }
        }
    }

    async fn report_low_conversion(&self, country: &'static str, used: usize) {
        tracing::warn!(country, used, of = SAMPLE, "few of the codes that are sent are used");
        telemetry::low_conversion(country);
        let entry = self.event(AuditEvent::ConversionLow, AuditOutcome::Failure);
        let why = format!("{country}: {used} of the latest {SAMPLE} were used");
        let entry = AuditEntry { method: Some("sms".to_owned()), ..entry.with_reason(why) };
        if let Err(fault) = self.record(vec![entry]).await {
            tracing::warn!(fault = fault.name, "the audit log did not record that few codes are used");
        }
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
