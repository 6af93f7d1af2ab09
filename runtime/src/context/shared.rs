//! What all requests of an adapter share: its facts, settings, store, keys, hooks and clock.

use std::sync::Arc;

use crate::adapter::Adapter;
use crate::crypto::Keys;
use crate::hooks::{DynHooks, HookExecutor};
use crate::settings::Options;
use crate::store::{Batch, Committed, Store, StoreError};
use crate::texts::Texts;
use crate::values::Time;

/// What all requests of an adapter share.
pub struct Shared {
    /// What the definition fixes.
    pub adapter: &'static Adapter,
    /// What the settings say of the runtime: limits, codes, passwords.
    pub options: Options,
    /// Name, version and time of the build.
    pub build: Build,
    /// Where state is kept.
    pub store: Arc<dyn Store>,
    /// The secrets that codes and counters are bound with.
    pub keys: Keys,
    /// How much memory the large things of all requests take together; [`Default`] will do.
    pub budget: Arc<crate::budget::Budget>,
    /// Where passwords are compared, a few at a time; [`Default`] will do.
    pub passwords: crate::crypto::password::PasswordChecker,
    /// How long real messages take, so that those which are not sent take as long; [`Default`] will do.
    pub latency: crate::latency::Latency,
    /// How many of the codes that were sent are used; [`Default`] will do.
    pub conversion: crate::conversion::Conversion,
    /// Audit entries that are still to be written, such as of requests that the store failed; [`Default`] will do.
    pub pending_audit: crate::pending_audit::PendingAudit,
    /// Where hooks run.
    pub guard: HookExecutor,
    /// What the bank wrote.
    pub hooks: Arc<dyn DynHooks>,
    /// Whether the bank keeps hashes of passwords, as it said at the start.
    pub keeps_password_hashes: bool,
    /// The definition's texts, compiled.
    pub texts: Arc<Texts>,
    /// In place of the gateway, with `--dev`.
    pub outbox: Option<crate::dev::Outbox>,
    /// The clock; tests pass their own.
    pub clock: Arc<dyn Clock>,
}

impl Shared {
    /// Applies a batch. The first after failures of the store also writes the audit entries that were pending.
    pub(crate) async fn commit(&self, mut batch: Batch) -> Result<Committed, StoreError> {
        let pending = self.pending_audit.take_batch();
        batch.audit.splice(0..0, pending.records(batch.now));
        let committed = self.store.commit(batch).await?;
        if matches!(committed, Committed::Applied(_)) {
            pending.entry();
        }
        Ok(committed)
    }
}

/// A clock.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
}

/// What was built.
#[derive(Debug, Clone)]
pub struct Build {
    /// The adapter crate's version.
    pub version: &'static str,
    /// When it was built; `SOURCE_DATE_EPOCH` if that was set.
    pub time: Time,
}
