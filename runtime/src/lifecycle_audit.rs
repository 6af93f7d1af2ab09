//! What the audit log records the process itself: that it starts and stops, by which settings, what they waive, and
//! where the chains end. Events of requests are recorded by the behaviours.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::context::Shared;
use crate::crypto::{KeyName, Keyring};
use crate::store::{AuditEntry, AuditEvent, AuditHead, AuditOutcome, Batch, ChainSealer, Committed, Store, StoreError};

/// How often the head is recorded.
const EVERY: Duration = Duration::from_secs(60);

/// What is recorded when a process starts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beginning {
    /// The safety rules that are waived.
    pub opt_outs: Vec<&'static str>,
    /// A hash of the settings.
    pub settings: String,
}

/// Why the end of the chains was not recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody reads what the process says, or there is no room for it.
    #[error("standard output cannot be written to: {0}")]
    Output(io::Error),
}

/// Records in the audit log the process.
#[derive(Clone)]
pub(crate) struct LifecycleAudit {
    pub sealer: ChainSealer,
    pub beginning: Beginning,
}

impl LifecycleAudit {
    /// Records that the process starts, before it answers anybody.
    ///
    /// # Errors
    /// The store does not take it.
    pub async fn started(&self, shared: &Shared) -> Result<(), StoreError> {
        let detail = json!({
            "settings": self.beginning.settings,
            "keys": key_ids(&shared.keys.ring()),
            "store": shared.options.store.engine().name(),
        });
        let mut records = vec![entry(AuditEvent::AdapterStarted, detail)];
        let waived = |what: &&str| record(AuditEvent::SettingsOptOut).with_reason(*what);
        records.extend(self.beginning.opt_outs.iter().map(waived));
        store_entries(shared, records).await.map(drop)
    }

    /// Records that it stops as it should, and where the chains end.
    ///
    /// # Errors
    /// The store does not take it, or it is not known where the chains end.
    pub async fn stopped(&self, shared: &Shared) -> Result<(), HeadError> {
        store_entries(shared, vec![record(AuditEvent::AdapterStopped)]).await?;
        self.report_head(shared).await.map(drop)
    }

    /// Records the head from time to time, until it is dropped.
    pub async fn watch(&self, shared: &Shared) {
        let (mut settled, mut last): (u64, Option<(u64, AuditHead)>) = (0, None);
        loop {
            let sealed = self.sealer.sealed();
            let entry = match &last {
                // Nothing was written since, nor is anything pending, so the head is what it was.
                Some((end, head)) if *end == sealed && !shared.pending_audit.is_pending() => {
                    say(head).map_err(HeadError::Output)
                }
                // It is the end if nothing else was sealed since the head before, and nothing is from here on: what is
                // sealed shortly before may be seen only afterwards, what is sealed beside it may stand behind it.
                _ => self.report_head(shared).await.map(|head| {
                    last = (sealed == settled).then_some((sealed + 1, head));
                    settled = sealed + 1;
                }),
            };
            if let Err(error) = entry {
                tracing::error!(%error, "the head of the audit log cannot be written");
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = self.sealer.due() => {}
            }
        }
    }

    /// Stores where the chains end, and says on standard output where that record is.
    async fn report_head(&self, shared: &Shared) -> Result<AuditHead, HeadError> {
        let heads = shared.store.audit_heads().await?;
        let detail = json!({ "heads": heads });
        let head = store_entries(shared, vec![entry(AuditEvent::AuditHead, detail)]).await?;
        let head = head.ok_or_else(|| StoreError::Unavailable("the record has no place in a chain".into()))?;
        say(&head).map_err(HeadError::Output)?;
        Ok(head)
    }
}

/// Records that a process did not start, in a store that is there.
///
/// # Errors
/// The store does not take it.
pub(crate) async fn refused(store: &dyn Store, why: &str) -> Result<(), StoreError> {
    let why: String = why.chars().take(1_000).collect();
    let mut record = record(AuditEvent::AdapterRefused).with_reason(why);
    record.outcome = AuditOutcome::Failure;
    let batch = Batch::at(crate::values::Time::now().millis()).audit(record);
    head(store.commit(batch).await?).map(drop)
}

/// Stores records of the process; gives where the last of them stands.
async fn store_entries(shared: &Shared, records: Vec<AuditEntry>) -> Result<Option<AuditHead>, StoreError> {
    let batch = Batch { audit: records, ..Batch::at(shared.clock.now().millis()) };
    head(shared.commit(batch).await?)
}

/// Where the last record of a batch stands.
fn head(committed: Committed) -> Result<Option<AuditHead>, StoreError> {
    match committed {
        Committed::Applied(applied) => Ok(applied.head),
        other => Err(StoreError::Unavailable(format!("a batch was not applied: {other:?}"))),
    }
}

/// The ids of the keys by what they are for, the current one first.
pub(crate) fn key_ids(keys: &Keyring) -> Value {
    KeyName::ALL.iter().map(|name| (name.as_str().to_owned(), json!(keys.ids(*name)))).collect()
}

fn record(event: AuditEvent) -> AuditEntry {
    AuditEntry::new(0, event, AuditOutcome::Success)
}

fn entry(event: AuditEvent, detail: Value) -> AuditEntry {
    AuditEntry { detail: Some(detail), ..record(event) }
}

/// Whoever keeps what a process says keeps the heads too, out of reach of those who may write to the store.
fn say(head: &AuditHead) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "audit head {head}")?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::store::{Answering, Millis, Read, RecordKey, StoredAudit};
    use crate::testing::{ADAPTER, Desk, TestBank};

    #[tokio::test(start_paused = true)]
    async fn failures_of_the_store_are_reported_with_the_next_head_though_nobody_asks_for_anything() {
        let sealer = ChainSealer::default();
        let store = Arc::new(MemoryStore::sealed_by(sealer.clone()));
        let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        let lifecycle_audit = LifecycleAudit { sealer, beginning: Beginning::default() };
        let failing = async {
            tokio::time::sleep(2 * EVERY + EVERY / 2).await;
            desk.shared.pending_audit.failed(millis(&desk.shared));
            tokio::time::sleep(2 * EVERY).await;
        };
        tokio::select! {
            () = lifecycle_audit.watch(&desk.shared) => {}
            () = failing => {}
        }
        let entry = store.audit_after(0, 100).await.unwrap();
        let entry: Vec<_> = entry.into_iter().map(|stored| stored.record.event.name()).collect();
        // A head with which anything else was recorded is reported once more, since nobody knows which of them is the end.
        assert_eq!(entry, ["audit.head", "store.failed", "audit.head", "audit.head"]);
    }

    /// A store that does another batch together with the first head, and answers both then.
    struct Grouping(MemoryStore, AtomicBool);

    impl Store for Grouping {
        fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
            self.0.get(key, now)
        }

        fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
            Box::pin(async move {
                let with_another = batch.audit.iter().any(|entry| entry.event == AuditEvent::AuditHead);
                let committed = self.0.commit(batch).await;
                if with_another && !self.1.swap(true, Ordering::SeqCst) {
                    self.0.commit(Batch::at(0).audit(record(AuditEvent::OtpIssued))).await?;
                }
                committed
            })
        }

        fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>> {
            self.0.audit_after(sequence, most)
        }

        fn audit_heads(&self) -> Answering<'_, Vec<AuditHead>> {
            self.0.audit_heads()
        }

        fn purge(&self, now: Millis) -> Answering<'_, usize> {
            self.0.purge(now)
        }

        fn ready(&self) -> Answering<'_, ()> {
            self.0.ready()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_is_repeated_only_while_it_is_the_end() {
        let sealer = ChainSealer::default();
        let store = Arc::new(Grouping(MemoryStore::sealed_by(sealer.clone()), AtomicBool::new(false)));
        let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        let lifecycle_audit = LifecycleAudit { sealer, beginning: Beginning::default() };
        let watched = tokio::time::timeout(5 * EVERY + EVERY / 2, lifecycle_audit.watch(&desk.shared)).await;
        assert!(watched.is_err(), "it watches for as long as it is asked to");
        let entry = store.audit_after(0, 100).await.unwrap();
        let entry: Vec<_> = entry.into_iter().map(|stored| stored.record.event.name()).collect();
        assert_eq!(entry, ["audit.head", "otp.issued", "audit.head", "audit.head"]);
    }

    fn millis(shared: &Shared) -> i64 {
        shared.clock.now().millis()
    }
}
