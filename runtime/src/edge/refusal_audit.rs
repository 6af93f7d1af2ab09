//! Audit entries of refusals that no behaviour records: callers who are not known, hooks that failed.
//! Strangers can make such refusals without end, so beyond a number a minute only their number is recorded.

use serde_json::json;

use super::sampler::Sampler;
use crate::context::Core;
use crate::endpoint::Reply;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};

/// How many are recorded a minute.
const MOST: u32 = 60;

const MINUTE: i64 = 60_000;

/// What was recorded in this minute, and what was left out since.
#[derive(Debug)]
pub(crate) struct RefusalAudit(Sampler);

impl Default for RefusalAudit {
    fn default() -> Self {
        RefusalAudit(Sampler::new(MOST))
    }
}

impl RefusalAudit {
    /// Records a reply in the audit log, if it is such a refusal. That it cannot be recorded changes nothing for the caller,
    /// who is refused anyway.
    pub async fn record(&self, core: &Core, reply: &Reply) {
        let Some((fault, event)) = reply.fault.and_then(|fault| Some((fault, event_of(fault)?))) else { return };
        let Some(left_out) = self.0.room(core.time().millis() / MINUTE) else { return };
        let detail = json!({ "endpoint": core.call.endpoint, "left_out": left_out });
        let entry = AuditEntry { detail: Some(detail), ..core.audit().entry(event, AuditOutcome::Failure) };
        if let Err(error) = core.audit().record(vec![entry.with_reason(fault)]).await {
            self.0.put_back(1 + left_out);
            let because = error.inner.unwrap_or_default();
            tracing::error!(because, "the audit log could not record a refusal");
        }
    }
}

fn event_of(fault: &str) -> Option<AuditEvent> {
    match fault {
        "caller.unknown" | "caller.limited" | "caller.forbidden" => Some(AuditEvent::CallerRefused),
        "hook.failed" | "hook.timed_out" | "hook.panicked" => Some(AuditEvent::HookFailed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::store::{Answering, Batch, Committed, Millis, Read, RecordKey, Store, StoreError, StoredAudit};
    use crate::testing::{ADAPTER, Desk, TestBank};

    /// A store that takes nothing while it is down.
    #[derive(Default)]
    struct Failing(MemoryStore, AtomicBool);

    impl Store for Failing {
        fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
            self.0.get(key, now)
        }

        fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
            match self.1.load(Ordering::SeqCst) {
                true => Box::pin(async { Err(StoreError::Unavailable("it is down".into())) }),
                false => self.0.commit(batch),
            }
        }

        fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>> {
            self.0.audit_after(sequence, most)
        }

        fn purge(&self, now: Millis) -> Answering<'_, usize> {
            self.0.purge(now)
        }

        fn ready(&self) -> Answering<'_, ()> {
            self.0.ready()
        }
    }

    fn refused(fault: &'static str) -> Reply {
        Reply {
            status: 401,
            content_type: "application/json",
            body: None,
            headers: Vec::new(),
            fault: Some(fault),
            inner: None,
            busy: false,
        }
    }

    #[tokio::test]
    async fn refusals_that_cannot_be_reported_are_counted_with_those_that_are_left_out() {
        let store = Arc::new(Failing::default());
        let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        let audit = RefusalAudit::default();
        let refuse = async |times: u32| {
            for _ in 0..times {
                audit.record(&desk.core(), &refused("caller.unknown")).await;
            }
        };
        refuse(MOST + 40).await;
        store.1.store(true, Ordering::SeqCst);
        desk.clock.turn(60);
        refuse(2).await;
        store.1.store(false, Ordering::SeqCst);
        refuse(1).await;
        let entry = store.audit_after(0, 1_000).await.unwrap().pop().unwrap().record;
        assert_eq!(entry.event, AuditEvent::CallerRefused);
        assert_eq!(entry.detail, Some(json!({ "endpoint": "test", "left_out": 42 })));
    }

    #[tokio::test]
    async fn who_is_refused_by_any_name_is_reported_and_others_are_not() {
        let store = Arc::new(MemoryStore::default());
        let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        for fault in ["caller.unknown", "otp.unknown", "caller.limited", "caller.forbidden", "store.unavailable"] {
            RefusalAudit::default().record(&desk.core(), &refused(fault)).await;
        }
        let entry = store.audit_after(0, 10).await.unwrap().into_iter().map(|stored| stored.record);
        let entry: Vec<_> = entry.map(|record| (record.event, record.reason.unwrap())).collect();
        let refused = ["caller.unknown", "caller.limited", "caller.forbidden"];
        assert_eq!(entry, refused.map(|fault| (AuditEvent::CallerRefused, fault.to_owned())));
    }
}
