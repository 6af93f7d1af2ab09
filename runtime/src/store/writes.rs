//! Whether a store takes what is written: what its latest write found out, which readiness asks. After a failed write the
//! engine tries a small one by itself until one succeeds.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;

/// What became of the latest write.
#[derive(Debug)]
pub(super) struct Writes {
    /// What the log calls the store.
    store: String,
    /// Why it failed, if it did.
    failing: Mutex<Option<String>>,
}

impl Writes {
    /// Those to a store that nothing was written to yet.
    pub fn to(store: impl Into<String>) -> Self {
        Writes { store: store.into(), failing: Mutex::default() }
    }

    /// One succeeded.
    pub fn succeeded(&self) {
        if self.locked().take().is_some() {
            tracing::info!(store = self.store, "the store can be written to again");
        }
    }

    /// One failed.
    pub fn failed(&self, error: &StoreError) {
        let first = self.locked().replace(error.to_string()).is_none();
        if first {
            tracing::error!(store = self.store, %error, "the store cannot be written to; it goes on trying");
        }
    }

    /// True while the latest failed.
    pub fn are_failing(&self) -> bool {
        self.locked().is_some()
    }

    /// Fails unless they succeed.
    ///
    /// # Errors
    /// Why the latest did not.
    pub fn check(&self) -> Result<(), StoreError> {
        match self.locked().clone() {
            Some(why) => Err(StoreError::Unavailable(format!("the latest write failed: {why}"))),
            None => Ok(()),
        }
    }

    fn locked(&self) -> MutexGuard<'_, Option<String>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
