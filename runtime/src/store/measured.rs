//! A store whose reads and commits are timed for the metrics. What is done is the engine's business.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use super::{Answering, AuditHead, Batch, Committed, Millis, Read, RecordKey, Store, StoreError, StoredAudit};
use crate::telemetry;

/// An engine that is timed.
pub(crate) struct Measured(pub Arc<dyn Store>);

impl Store for Measured {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        let reading = self.0.get(key, now);
        Box::pin(timed("read", reading, |_| "done"))
    }

    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        let committing = self.0.commit(batch);
        Box::pin(timed("commit", committing, |committed| match committed {
            Committed::Applied(_) => "done",
            _ => "refused",
        }))
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

    fn is_replicated(&self) -> Option<bool> {
        self.0.is_replicated()
    }

    fn lost(&self) -> Pin<Box<dyn Future<Output = StoreError> + Send + '_>> {
        self.0.lost()
    }
}

/// Times what a store is asked; what is given up is not counted.
async fn timed<T>(
    operation: &'static str,
    asked: Answering<'_, T>,
    became: impl FnOnce(&T) -> &'static str,
) -> Result<T, StoreError> {
    let began = Instant::now();
    let answer = asked.await;
    let outcome = answer.as_ref().map_or("failed", became);
    let took = began.elapsed();
    telemetry::store_took(operation, outcome, took);
    telemetry::store_asked(operation, outcome, took);
    answer
}
