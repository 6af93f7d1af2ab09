//! The audit log as one request writes it: entries that say whose request it was, and entries that are committed alone.

use super::store_session::{StoreSession, unexpected};
use crate::fault::Fault;
use crate::hooks::Call;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed};
use crate::values::address_text;

/// Writes the audit log for one request.
#[derive(Clone, Copy)]
pub(crate) struct AuditWriter<'a> {
    pub(super) store: StoreSession<'a>,
    pub(super) call: &'a Call,
}

impl AuditWriter<'_> {
    /// An entry of this request, to be added to a batch or recorded.
    pub fn entry(&self, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
        let mut entry = AuditEntry::new(self.store.batch().now, event, outcome);
        entry.request.clone_from(&self.call.request_id);
        entry.caller.clone_from(&self.call.caller);
        entry.source = self.call.source.map(address_text);
        entry
    }

    /// Commits entries alone, without conditions, counters or records.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn record(&self, entries: Vec<AuditEntry>) -> Result<(), Fault> {
        let batch = Batch { audit: entries, ..self.store.batch() };
        match self.store.commit(batch).await? {
            Committed::Applied(_) => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    /// Records that a hook failed where the caller is answered all the same. If that cannot be recorded, the caller is
    /// answered, too.
    pub async fn record_hook_failure(&self, hook: &'static str, user: &str, fault: &Fault) {
        let because = fault.inner.as_deref().unwrap_or_default();
        tracing::warn!(hook, fault = fault.name, because, "a hook failed, and the caller is answered all the same");
        let detail = serde_json::json!({ "endpoint": self.call.endpoint, "hook": hook });
        let entry = AuditEntry {
            user: Some(user.to_owned()),
            detail: Some(detail),
            ..self.entry(AuditEvent::HookFailed, AuditOutcome::Failure)
        };
        if let Err(error) = self.record(vec![entry.with_reason(fault.name)]).await {
            let because = error.inner.unwrap_or_default();
            tracing::error!(because, "the audit log could not record that a hook failed");
        }
    }
}
