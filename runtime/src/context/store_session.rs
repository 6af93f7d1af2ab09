//! The store as one request uses it: with the adapter's clock, a deadline, and a count of the requests that it failed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::shared::Shared;
use crate::fault::Fault;
use crate::hooks::Call;
use crate::store::{Batch, Committed, Read, RecordKey, StoreError};
use crate::telemetry;

/// How long a store may take. What it did after that is not known, so the request fails.
const DEADLINE: Duration = Duration::from_secs(5);

/// Reads and commits for one request.
#[derive(Clone, Copy)]
pub(crate) struct StoreSession<'a> {
    pub(super) shared: &'a Shared,
    pub(super) call: &'a Call,
}

impl StoreSession<'_> {
    /// An empty batch at the clock's time, which the store holds against the latest time that it has seen.
    pub fn batch(&self) -> Batch {
        Batch::at(self.shared.clock.now().millis())
    }

    /// Reads a record.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn read(&self, key: &RecordKey) -> Result<Read, Fault> {
        let now = self.shared.clock.now().millis();
        self.in_time(self.shared.store.get(key.clone(), now)).await
    }

    /// Applies a batch.
    ///
    /// # Errors
    /// `store.unavailable`. A conflict is an outcome, not an error.
    pub async fn commit(&self, batch: Batch) -> Result<Committed, Fault> {
        let events: Vec<_> = batch.audit.iter().map(|entry| (entry.event.name(), entry.outcome.name())).collect();
        let committed = self.in_time(self.shared.commit(batch)).await?;
        if matches!(committed, Committed::Applied(_)) {
            telemetry::audited(&events);
        }
        Ok(committed)
    }

    /// What the store answers. That it fails is counted, to be recorded in the audit log once it can be.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, Fault> {
        let fault = match tokio::time::timeout(DEADLINE, answer).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.into(),
            Err(_) => Fault::new("store.unavailable").with_detail("the store did not answer in time").busy(),
        };
        self.count_failure();
        Err(fault)
    }

    /// Counts this request among those that the store failed, once.
    fn count_failure(&self) {
        if !self.call.notes.failed.swap(true, Ordering::Relaxed) {
            self.shared.pending_audit.failed(self.shared.clock.now().millis());
        }
    }
}

/// The fault of a commit that ended as it never should.
pub(crate) fn unexpected(committed: &Committed) -> Fault {
    Fault::new("store.unavailable").with_detail(format!("a batch was not applied: {committed:?}"))
}
