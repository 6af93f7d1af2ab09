//! Audit entries that cannot be written while the store fails: requests that fail for it, which are counted, and exchanges of
//! keys. The first batch that is stored again has them. What is still pending is lost with the process; the log has it all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Millis};
use crate::values::Time;

/// How many entries are kept; further ones are in the log alone.
const MOST_KEPT: usize = 100;

/// What the audit log did not record yet.
#[derive(Debug, Default)]
pub struct PendingAudit(Mutex<PendingEntries>);

/// Requests that the store failed, and records.
#[derive(Debug, Default)]
struct PendingEntries {
    lost: Option<Lost>,
    records: Vec<AuditEntry>,
}

/// How many, from when to when by the process's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lost {
    requests: u64,
    since: Millis,
    until: Millis,
}

impl PendingAudit {
    /// Counts a request that the store failed.
    pub(crate) fn failed(&self, now: Millis) {
        self.locked().add(Lost { requests: 1, since: now, until: now });
    }

    /// Keeps an entry, which the next batch writes.
    pub(crate) fn keep(&self, record: AuditEntry) {
        let mut pending = self.locked();
        if pending.records.len() < MOST_KEPT {
            pending.records.push(record);
        }
    }

    /// True if there is something that the audit log did not record.
    pub(crate) fn is_pending(&self) -> bool {
        let pending = self.locked();
        pending.lost.is_some() || !pending.records.is_empty()
    }

    /// Gives what is pending to one batch. Until that is known to be stored, or not, no other batch gets it.
    pub(crate) fn take_batch(&self) -> PendingBatch<'_> {
        PendingBatch { pending_audit: self, pending: std::mem::take(&mut *self.locked()) }
    }

    fn locked(&self) -> MutexGuard<'_, PendingEntries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingEntries {
    fn add(&mut self, more: Lost) {
        self.lost = Some(self.lost.map_or(more, |lost| Lost {
            requests: lost.requests.saturating_add(more.requests),
            since: lost.since.min(more.since),
            until: lost.until.max(more.until),
        }));
    }

    /// Takes older records back, before those that there are.
    fn take_back(&mut self, mut older: Vec<AuditEntry>) {
        older.append(&mut self.records);
        older.truncate(MOST_KEPT);
        self.records = older;
    }
}

/// What one batch writes. If it is dropped before it is stored, another batch will write it: rather twice than never.
pub(crate) struct PendingBatch<'a> {
    pending_audit: &'a PendingAudit,
    pending: PendingEntries,
}

impl PendingBatch<'_> {
    /// The entries, if there are any.
    pub fn records(&self, now: Millis) -> Vec<AuditEntry> {
        self.of_requests(now).into_iter().chain(self.pending.records.iter().cloned()).collect()
    }

    fn of_requests(&self, now: Millis) -> Option<AuditEntry> {
        let Lost { requests, since, until } = self.pending.lost?;
        let utc = |millis| Time::from_millis(millis).to_string();
        let detail = json!({ "requests": requests, "since": utc(since), "until": utc(until) });
        let record = AuditEntry::new(now, AuditEvent::StoreFailed, AuditOutcome::Failure);
        Some(AuditEntry { detail: Some(detail), ..record })
    }

    /// It is stored.
    pub fn entry(mut self) {
        self.pending = PendingEntries::default();
    }
}

impl Drop for PendingBatch<'_> {
    fn drop(&mut self) {
        let PendingEntries { lost, records } = std::mem::take(&mut self.pending);
        let mut pending = self.pending_audit.locked();
        if let Some(lost) = lost {
            pending.add(lost);
        }
        pending.take_back(records);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(handed: &PendingBatch<'_>) -> serde_json::Value {
        handed.records(9_000)[0].detail.clone().unwrap()
    }

    #[test]
    fn one_batch_tells_all_and_what_is_reported_is_gone() {
        let pending_audit = PendingAudit::default();
        assert!(pending_audit.take_batch().records(0).is_empty());
        for now in [5_000, 3_000, 4_000] {
            pending_audit.failed(now);
        }
        let handed = pending_audit.take_batch();
        let entry = json!({ "requests": 3, "since": "1970-01-01T00:00:03Z", "until": "1970-01-01T00:00:05Z" });
        assert_eq!(detail(&handed), entry);
        assert!(pending_audit.take_batch().records(0).is_empty(), "two batches would write it");
        handed.entry();
        assert!(!pending_audit.is_pending());
    }

    #[test]
    fn what_a_batch_could_not_tell_is_reported_with_what_came_since() {
        let pending_audit = PendingAudit::default();
        pending_audit.failed(1_000);
        let handed = pending_audit.take_batch();
        pending_audit.failed(2_000);
        drop(handed);
        let entry = json!({ "requests": 2, "since": "1970-01-01T00:00:01Z", "until": "1970-01-01T00:00:02Z" });
        assert_eq!(detail(&pending_audit.take_batch()), entry);
        assert!(pending_audit.is_pending(), "it was handed over, and dropped");
    }

    #[test]
    fn records_are_reported_in_their_order_and_the_first_of_too_many_are_kept() {
        let pending_audit = PendingAudit::default();
        let keep = |reason: usize| {
            let record = AuditEntry::new(0, AuditEvent::KeysRotated, AuditOutcome::Success);
            pending_audit.keep(record.with_reason(reason.to_string()));
        };
        keep(0);
        let handed = pending_audit.take_batch();
        keep(1);
        drop(handed);
        assert!(pending_audit.is_pending());
        (2..2 * MOST_KEPT).for_each(keep);
        pending_audit.failed(1_000);
        let handed = pending_audit.take_batch();
        let entry: Vec<_> = handed.records(0).into_iter().map(|record| record.reason).collect();
        assert_eq!((entry.len(), &entry[0]), (1 + MOST_KEPT, &None), "the requests come first");
        let kept = (0..MOST_KEPT).map(|reason| Some(reason.to_string()));
        assert!(entry.into_iter().skip(1).eq(kept));
        handed.entry();
        assert!(!pending_audit.is_pending());
    }
}
