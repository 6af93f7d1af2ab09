//! What the audit cannot be told while the store fails: requests that fail for it, which are counted, and exchanges of
//! keys. The first batch that is stored again tells it. What is untold dies with the process; the log has it all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Millis};
use crate::values::Time;

/// How many records are kept to be told; of further ones the log alone tells.
const MOST_KEPT: usize = 100;

/// What the audit was not told of yet.
#[derive(Debug, Default)]
pub struct Outage(Mutex<Untold>);

/// Requests that the store failed, and records.
#[derive(Debug, Default)]
struct Untold {
    lost: Option<Lost>,
    records: Vec<AuditRecord>,
}

/// How many, from when to when by the process's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lost {
    requests: u64,
    since: Millis,
    until: Millis,
}

impl Outage {
    /// Counts a request that the store failed.
    pub(crate) fn failed(&self, now: Millis) {
        self.locked().add(Lost { requests: 1, since: now, until: now });
    }

    /// Keeps a record, which the next batch tells.
    pub(crate) fn keep(&self, record: AuditRecord) {
        let mut untold = self.locked();
        if untold.records.len() < MOST_KEPT {
            untold.records.push(record);
        }
    }

    /// True if there is something that the audit was not told of.
    pub(crate) fn is_untold(&self) -> bool {
        let untold = self.locked();
        untold.lost.is_some() || !untold.records.is_empty()
    }

    /// Hands what is untold to one batch. Until that is known to be stored, or not, no other batch gets it.
    pub(crate) fn hand_over(&self) -> HandedOver<'_> {
        HandedOver { outage: self, untold: std::mem::take(&mut *self.locked()) }
    }

    fn locked(&self) -> MutexGuard<'_, Untold> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Untold {
    fn add(&mut self, more: Lost) {
        self.lost = Some(self.lost.map_or(more, |lost| Lost {
            requests: lost.requests.saturating_add(more.requests),
            since: lost.since.min(more.since),
            until: lost.until.max(more.until),
        }));
    }

    /// Takes older records back, before those that there are.
    fn take_back(&mut self, mut older: Vec<AuditRecord>) {
        older.append(&mut self.records);
        older.truncate(MOST_KEPT);
        self.records = older;
    }
}

/// What one batch tells. If it is dropped before that is stored, another batch will tell it: rather twice than never.
pub(crate) struct HandedOver<'a> {
    outage: &'a Outage,
    untold: Untold,
}

impl HandedOver<'_> {
    /// The records that tell it, if there is something to tell.
    pub fn records(&self, now: Millis) -> Vec<AuditRecord> {
        self.of_requests(now).into_iter().chain(self.untold.records.iter().cloned()).collect()
    }

    fn of_requests(&self, now: Millis) -> Option<AuditRecord> {
        let Lost { requests, since, until } = self.untold.lost?;
        let utc = |millis| Time::from_millis(millis).to_string();
        let detail = json!({ "requests": requests, "since": utc(since), "until": utc(until) });
        let record = AuditRecord::new(now, AuditEvent::StoreFailed, AuditOutcome::Failure);
        Some(AuditRecord { detail: Some(detail), ..record })
    }

    /// It is stored.
    pub fn told(mut self) {
        self.untold = Untold::default();
    }
}

impl Drop for HandedOver<'_> {
    fn drop(&mut self) {
        let Untold { lost, records } = std::mem::take(&mut self.untold);
        let mut untold = self.outage.locked();
        if let Some(lost) = lost {
            untold.add(lost);
        }
        untold.take_back(records);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(handed: &HandedOver<'_>) -> serde_json::Value {
        handed.records(9_000)[0].detail.clone().unwrap()
    }

    #[test]
    fn one_batch_tells_all_and_what_is_told_is_gone() {
        let outage = Outage::default();
        assert!(outage.hand_over().records(0).is_empty());
        for now in [5_000, 3_000, 4_000] {
            outage.failed(now);
        }
        let handed = outage.hand_over();
        let told = json!({ "requests": 3, "since": "1970-01-01T00:00:03Z", "until": "1970-01-01T00:00:05Z" });
        assert_eq!(detail(&handed), told);
        assert!(outage.hand_over().records(0).is_empty(), "two batches would tell it");
        handed.told();
        assert!(!outage.is_untold());
    }

    #[test]
    fn what_a_batch_could_not_tell_is_told_with_what_came_since() {
        let outage = Outage::default();
        outage.failed(1_000);
        let handed = outage.hand_over();
        outage.failed(2_000);
        drop(handed);
        let told = json!({ "requests": 2, "since": "1970-01-01T00:00:01Z", "until": "1970-01-01T00:00:02Z" });
        assert_eq!(detail(&outage.hand_over()), told);
        assert!(outage.is_untold(), "it was handed over, and dropped");
    }

    #[test]
    fn records_are_told_in_their_order_and_the_first_of_too_many_are_kept() {
        let outage = Outage::default();
        let keep = |reason: usize| {
            let record = AuditRecord::new(0, AuditEvent::KeysRotated, AuditOutcome::Success);
            outage.keep(record.because(reason.to_string()));
        };
        keep(0);
        let handed = outage.hand_over();
        keep(1);
        drop(handed);
        assert!(outage.is_untold());
        (2..2 * MOST_KEPT).for_each(keep);
        outage.failed(1_000);
        let handed = outage.hand_over();
        let told: Vec<_> = handed.records(0).into_iter().map(|record| record.reason).collect();
        assert_eq!((told.len(), &told[0]), (1 + MOST_KEPT, &None), "the requests come first");
        let kept = (0..MOST_KEPT).map(|reason| Some(reason.to_string()));
        assert!(told.into_iter().skip(1).eq(kept));
        handed.told();
        assert!(!outage.is_untold());
    }
}
