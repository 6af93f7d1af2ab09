//! How behaviours speak with the store: with the request's time, with a deadline, and with audit entries that say
//! whose request it was.

use std::time::Duration;

use super::retry::unexpected;
use crate::context::Core;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{Key, KeyName};
use crate::fault::Fault;
use crate::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Millis, Read, Record, RecordKey, StoreError,
};
use crate::telemetry;
use crate::values::{Json, Time};

/// How long a store may take. What it did after that is not known, so the request fails.
const DEADLINE: Duration = Duration::from_secs(5);

/// When what is kept for good is forgotten: at the end of the year 9999.
pub(crate) const FOREVER: Millis = 253_402_300_799_000;

impl Core {
    /// The clock's time, for the store to hold against the latest that it has seen.
    pub(crate) fn clock_millis(&self) -> Millis {
        millis(self.shared.clock.now())
    }

    /// Reads a record.
    pub(crate) async fn read(&self, key: &RecordKey) -> Result<Read, Fault> {
        self.in_time(self.shared.store.get(key.clone(), self.clock_millis())).await
    }

    /// Applies a batch.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<Committed, Fault> {
        let entry: Vec<_> = batch.audit.iter().map(|record| (record.event, record.outcome)).collect();
        let committed = self.in_time(self.shared.commit(batch)).await?;
        if matches!(committed, Committed::Applied(_)) {
            telemetry::audited(&entry);
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
        self.failed_by_store();
        Err(fault)
    }

    /// Applies a batch that has no conditions, counters or capped records, such as one of audit entries alone.
    pub(crate) async fn record(&self, records: Vec<AuditEntry>) -> Result<(), Fault> {
        let batch = Batch { audit: records, ..Batch::at(self.clock_millis()) };
        match self.commit(batch).await? {
            Committed::Applied(_) => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    /// Tells of a hook that gave no answer where the caller is answered all the same. That it cannot be told changes
    /// nothing for the caller either.
    pub(crate) async fn audit_hook_failure(&self, hook: &'static str, user: &str, fault: &Fault) {
        let because = fault.inner.as_deref().unwrap_or_default();
        tracing::warn!(
            hook,
            fault = fault.name,
            because,
            "a hook gave no answer, and the caller is answered all the same"
        );
        let detail = serde_json::json!({ "endpoint": self.call.endpoint, "hook": hook });
        let entry = AuditEntry {
            user: Some(user.to_owned()),
            detail: Some(detail),
            ..self.event(AuditEvent::HookFailed, AuditOutcome::Failure)
        };
        if let Err(error) = self.record(vec![entry.with_reason(fault.name)]).await {
            let because = error.inner.unwrap_or_default();
            tracing::error!(because, "the audit log could not record a hook");
        }
    }

    /// An audit entry of this request.
    pub(crate) fn event(&self, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
        let mut record = AuditEntry::new(self.clock_millis(), event, outcome);
        record.request.clone_from(&self.call.request_id);
        record.caller.clone_from(&self.call.caller);
        record.source = self.call.source.map(|address| address.to_string());
        record
    }

    /// The key that makes new things of this purpose.
    pub(crate) fn current_key(&self, name: KeyName) -> Result<Key, Fault> {
        self.shared.keys.current(name).map_err(|error| Fault::new("unexpected").with_detail(error))
    }

    /// What stands in the store for a user, a phone or an operation.
    pub(crate) fn pseudonym(&self, purpose: &str, fields: &[Field<'_>]) -> Result<String, Fault> {
        // A newer key would stand for everybody anew, and free those who are blocked.
        let key = self.shared.keys.ring().oldest(KeyName::Counters);
        let key = key.map_err(|error| Fault::new("unexpected").with_detail(error))?;
        Ok(mac_text(&key, purpose, fields))
    }
}

/// A stored value as its type.
pub(crate) fn decoded<T: serde::de::DeserializeOwned>(record: &Record) -> Result<T, Fault> {
    serde_json::from_str(record.value.as_str()).map_err(|error| Fault::new("store.unavailable").with_detail(error))
}

/// A value as it is stored.
pub(crate) fn encoded(value: &impl serde::Serialize) -> Result<Json, Fault> {
    let written = serde_json::to_string(value).map(Json::written);
    written.map_err(|error| Fault::new("unexpected").with_detail(error))
}

/// Seconds of a setting in milliseconds; few enough to calculate with.
pub(crate) fn millis_of(seconds: u64) -> Millis {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(FOREVER).min(FOREVER)
}

/// A time in milliseconds since 1970.
pub(crate) fn millis(time: Time) -> Millis {
    time.millis()
}

/// The time of so many milliseconds since 1970.
pub(crate) fn time(millis: Millis) -> Time {
    Time::from_millis(millis)
}
