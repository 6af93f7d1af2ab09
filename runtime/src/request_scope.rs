//! What is known of the request that a task works on, for those who are asked without it: whose share of slots and places it
//! takes, what must not be logged, the trace that it is told in.

use std::cell::RefCell;
use std::future::Future;

use crate::crypto::Promise;
use crate::shares::Asker;
use crate::telemetry::{Scrubber, TraceParent};

tokio::task_local! {
    /// In a box, since it is moved in and out whenever the task is polled.
    static SCOPE: Box<RequestScope>;
}

/// What is known of a request.
#[derive(Default)]
pub(crate) struct RequestScope {
    /// Who asks.
    pub asker: Asker,
    /// What must not be logged.
    pub scrubber: Scrubber,
    /// The place in a trace below which calls of hooks and of the store are told, if they are.
    #[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "without the export nobody is told"))]
    pub trace: Option<TraceParent>,
    /// The place that it was promised before hashing, until it is taken.
    pub promised: RefCell<Option<Promise>>,
}

impl RequestScope {
    /// Works on a request of which this is known. What was promised and not taken is given back at its end.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        SCOPE.scope(Box::new(self), work).await
    }

    /// Asks it of the request that this task works on; none outside of all.
    pub fn ask<T>(ask: impl FnOnce(&RequestScope) -> T) -> Option<T> {
        SCOPE.try_with(|scope| ask(scope)).ok()
    }
}
