//! Requests that failed because the store did. The audit cannot be told of them while it fails, so they are counted,
//! and the first batch that is stored again tells it. What is counted dies with the process; the log has it all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Millis};
use crate::values::Time;

/// The requests that the store failed and that the audit was not told of yet.
#[derive(Debug, Default)]
pub struct Outage(Mutex<Option<Lost>>);

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
        self.add(Lost { requests: 1, since: now, until: now });
    }

    /// True if there is something that the audit was not told of.
    pub(crate) fn is_untold(&self) -> bool {
        self.locked().is_some()
    }

    /// Hands what is untold to one batch. Until that is known to be stored, or not, no other batch gets it.
    pub(crate) fn hand_over(&self) -> HandedOver<'_> {
        HandedOver { outage: self, lost: self.locked().take() }
    }

    fn add(&self, more: Lost) {
        let mut lost = self.locked();
        *lost = Some(lost.map_or(more, |lost| Lost {
            requests: lost.requests.saturating_add(more.requests),
            since: lost.since.min(more.since),
            until: lost.until.max(more.until),
        }));
    }

    fn locked(&self) -> MutexGuard<'_, Option<Lost>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one batch tells. If it is dropped before that is stored, another batch will tell it: rather twice than never.
pub(crate) struct HandedOver<'a> {
    outage: &'a Outage,
    lost: Option<Lost>,
}

impl HandedOver<'_> {
    /// The record that tells it, if there is something to tell.
    pub fn record(&self, now: Millis) -> Option<AuditRecord> {
        let Lost { requests, since, until } = self.lost?;
        let utc = |millis| Time::from_millis(millis).to_string();
        let detail = json!({ "requests": requests, "since": utc(since), "until": utc(until) });
        let record = AuditRecord::new(now, AuditEvent::StoreFailed, AuditOutcome::Failure);
        Some(AuditRecord { detail: Some(detail), ..record })
    }

    /// It is stored.
    pub fn told(mut self) {
        self.lost = None;
    }
}

impl Drop for HandedOver<'_> {
    fn drop(&mut self) {
        if let Some(lost) = self.lost.take() {
            self.outage.add(lost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(handed: &HandedOver<'_>) -> serde_json::Value {
        handed.record(9_000).unwrap().detail.unwrap()
    }

    #[test]
    fn one_batch_tells_all_and_what_is_told_is_gone() {
        let outage = Outage::default();
        assert!(outage.hand_over().record(0).is_none());
        for now in [5_000, 3_000, 4_000] {
            outage.failed(now);
        }
        let handed = outage.hand_over();
        let told = json!({ "requests": 3, "since": "1970-01-01T00:00:03Z", "until": "1970-01-01T00:00:05Z" });
        assert_eq!(detail(&handed), told);
        assert!(outage.hand_over().record(0).is_none(), "two batches would tell it");
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
}
