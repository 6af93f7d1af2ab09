//! Whether a store takes what is written, and whether its files are still there: what the writer finds out, and readiness
//! and the process ask. A store that failed to write tries a small write by itself until one succeeds; one whose files
//! are gone never works again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::store::StoreError;

/// What is known of a store, shared by its threads.
#[derive(Debug, Clone)]
pub(super) struct Health(Arc<State>);

#[derive(Debug)]
struct State {
    path: PathBuf,
    /// Why the latest write failed, if it did.
    failing: Mutex<Option<String>>,
    lost: watch::Sender<Option<StoreError>>,
}

impl Health {
    pub fn of(path: &Path) -> Self {
        Health(Arc::new(State { path: path.to_owned(), failing: Mutex::default(), lost: watch::Sender::default() }))
    }

    /// A write succeeded.
    pub fn wrote(&self) {
        if self.failing().take().is_some() {
            tracing::info!(path = %self.0.path.display(), "the store can be written to again");
        }
    }

    /// A write failed, or the files could not be looked at.
    pub fn failed(&self, error: &StoreError) {
        if let StoreError::Lost { .. } = error {
            return self.lost(error);
        }
        let first = self.failing().replace(error.to_string()).is_none();
        if first {
            tracing::error!(path = %self.0.path.display(), %error, "the store cannot be written to; it goes on trying");
        }
    }

    fn lost(&self, error: &StoreError) {
        let first = self.0.lost.send_if_modified(|lost| lost.replace(error.clone()).is_none());
        if first {
            tracing::error!(%error, "nothing is written any more");
        }
    }

    /// True while the latest write failed.
    pub fn is_failing(&self) -> bool {
        self.failing().is_some()
    }

    /// True once the files are gone.
    pub fn is_lost(&self) -> bool {
        self.0.lost.borrow().is_some()
    }

    /// Fails unless writes succeed.
    ///
    /// # Errors
    /// Why the latest did not.
    pub fn check(&self) -> Result<(), StoreError> {
        if let Some(lost) = self.0.lost.borrow().clone() {
            return Err(lost);
        }
        match self.failing().clone() {
            Some(why) => Err(StoreError::Unavailable(format!("the latest write failed: {why}"))),
            None => Ok(()),
        }
    }

    /// Waits until the files are gone; gives what became of them.
    pub async fn until_lost(&self) -> StoreError {
        let mut lost = self.0.lost.subscribe();
        match lost.wait_for(Option::is_some).await.map(|lost| lost.clone()) {
            Ok(Some(error)) => error,
            _ => std::future::pending().await,
        }
    }

    fn failing(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
