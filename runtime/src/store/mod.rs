//! Where state is kept: one small trait in plain data, the same for every engine. An engine knows nothing of codes or
//! users; it compares, writes, counts and appends, all of a batch or nothing of it.
//!
//! # What an engine promises
//! - [`Store::commit`] is atomic and, once it has answered, durable (the memory engine apart).
//! - A batch is applied only if every [`Condition`] holds and every [`Count`] stays within its windows. What was read
//!   before is safe to build upon if the batch says which version was read.
//! - Time never goes back: a record's life is measured with the latest time that the store has seen.
//! - An error, a timeout or an unknown end is no success. Callers fail closed.
//!
//! An engine with transactions of its own, such as PostgreSQL, does a batch in one of them: it locks the rows of the
//! conditions, writes and counters in the order of their keys (`SELECT … FOR UPDATE`), looks at them, writes, and takes
//! the time from its own clock.
//!
//! # Records
//! A record is a JSON value under a [`Kind`] and an id, with a version that the store never gives twice, and a time
//! after which it counts as absent and may be purged. Counters are kept apart, since they are added to without being
//! read first. Names of users, phones and operations occur in ids only as MACs. Audit entries are appended in the same
//! batch as the change that they record.

mod apply;
mod audit;
mod audit_text;
mod batch;
mod chain;
mod counter;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod engine;
mod measured;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
mod spec;
#[cfg(any(feature = "embedded", feature = "postgres"))]
mod time;
mod verify;
#[cfg(any(feature = "embedded", feature = "postgres"))]
mod writes;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

pub use apply::Caps;
pub use audit::{AuditEntry, AuditEvent, AuditOutcome, Micros, StoredAudit};
pub use batch::{
    Applied, Batch, Committed, Condition, Count, Counted, Kind, Millis, Read, Record, RecordKey, Window, Write,
};
pub use chain::{AuditHead, AuditRow, ChainSealer, Origin, RECORDS_A_HEAD, Seal};
pub use engine::{Engine, Opening};
pub(crate) use measured::Measured;
pub use spec::{ReadSecret, StoreSpec, open};
#[cfg(any(feature = "embedded", feature = "postgres"))]
pub use time::Clocked;
pub use verify::{AuditSource, Flaw, Verified, verify};

/// What a store answers, in time.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Where state is kept.
///
/// `now` is the caller's clock in milliseconds since 1970. Engines with a clock of their own may pass over it.
pub trait Store: Send + Sync + 'static {
    /// Reads a record, and gives the store's time. An expired record is absent.
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read>;

    /// Applies a batch, wholly or not at all.
    fn commit(&self, batch: Batch) -> Answering<'_, Committed>;

    /// Reads audit entries after the given sequence number, the oldest first.
    fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>>;

    /// The ends of all chains of which records were written since the last `audit.head`, and the end of whatever this
    /// process writes on. An engine with a single chain has nothing to say beyond that one.
    fn audit_heads(&self) -> Answering<'_, Vec<AuditHead>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Removes what has expired, and gives how much that was. Engines also do so by themselves from time to time.
    fn purge(&self, now: Millis) -> Answering<'_, usize>;

    /// Answers if the store can be read, and the latest write succeeded. A store that failed to write tries again by
    /// itself until it succeeds.
    fn ready(&self) -> Answering<'_, ()>;

    /// Whether what is committed is at a second place too before it is answered; nothing if the engine has no such places,
    /// or has not looked yet.
    fn is_replicated(&self) -> Option<bool> {
        None
    }

    /// Waits until the store is gone for good, such as a file that somebody removed; then the process must end. An engine
    /// that cannot be lost waits for ever.
    fn lost(&self) -> Pin<Box<dyn Future<Output = StoreError> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

/// Why a store did not answer, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process has the store. Stop that, or use another place.
    #[error("the store `{}` is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The store is not whole. Restore a copy; nothing was changed.
    #[error("the store `{}` is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The store's files are not those any more that were opened: removed, replaced, or linked under another name. What
    /// was answered before may be gone with them; nothing is written any more.
    #[error("the store `{}` is lost: {why}", path.display())]
    Lost {
        /// The file.
        path: PathBuf,
        /// What became of it.
        why: String,
    },
    /// The setting names no store that can be opened.
    #[error("cannot open the store: {0}")]
    Unusable(String),
    /// It does not answer now. Nothing is known of what was asked.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
}

impl From<StoreError> for crate::fault::Fault {
    fn from(error: StoreError) -> Self {
        let passes = matches!(error, StoreError::Unavailable(_) | StoreError::InUse(_));
        let fault = crate::fault::Fault::new("store.unavailable").with_detail(error);
        if passes { fault.busy() } else { fault }
    }
}
