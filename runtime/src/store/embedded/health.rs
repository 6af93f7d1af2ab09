//! Whether a store takes what is written, and whether its files are still there: what the writer finds out, and readiness
//! and the process ask. A store that failed to write tries a small write by itself until one succeeds; one whose files
//! are gone never works again.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use crate::store::StoreError;
use crate::store::writes::Writes;

/// What is known of a store, shared by its threads.
#[derive(Debug, Clone)]
pub(super) struct Health(Arc<State>);

#[derive(Debug)]
struct State {
    writes: Writes,
    lost: watch::Sender<Option<StoreError>>,
}

impl Health {
    pub fn of(path: &Path) -> Self {
        Health(Arc::new(State { writes: Writes::to(path.display().to_string()), lost: watch::Sender::default() }))
    }

    /// A write succeeded.
    pub fn wrote(&self) {
        self.0.writes.succeeded();
    }

    /// A write failed, or the files could not be looked at.
    pub fn failed(&self, error: &StoreError) {
        if let StoreError::Lost { .. } = error {
            return self.lost(error);
        }
        self.0.writes.failed(error);
    }

    /// The files are gone, or damaged.
    pub fn lost(&self, error: &StoreError) {
        let first = self.0.lost.send_if_modified(|lost| lost.replace(error.clone()).is_none());
        if first {
            tracing::error!(%error, "nothing is written any more");
        }
    }

    /// True while the latest write failed.
    pub fn is_failing(&self) -> bool {
        self.0.writes.are_failing()
    }

    /// True once the files are gone or known to be damaged.
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
        self.0.writes.check()
    }

    /// Waits until the files are gone or damaged; gives what became of them.
    pub async fn until_lost(&self) -> StoreError {
        let mut lost = self.0.lost.subscribe();
        match lost.wait_for(Option::is_some).await.map(|lost| lost.clone()) {
            Ok(Some(error)) => error,
            _ => std::future::pending().await,
        }
    }
}
