//! The bank's hooks as one request calls them.

use std::future::Future;
use std::sync::Arc;

use crate::fault::Fault;
use crate::hooks::{Call, DynHooks, HookExecutor};

/// Calls hooks for one request.
#[derive(Clone, Copy)]
pub(crate) struct HookCaller<'a> {
    pub(super) executor: &'a HookExecutor,
    pub(super) hooks: &'a Arc<dyn DynHooks>,
    pub(super) call: &'a Arc<Call>,
}

impl HookCaller<'_> {
    /// Calls a hook by its name, with slot, deadline, circuit breaker and panic capture.
    ///
    /// # Errors
    /// The hook's own fault, or `hook.failed`, `hook.timed_out`, `hook.panicked`.
    pub async fn call<T, E, Fut>(
        &self,
        name: &'static str,
        ask: impl FnOnce(Arc<dyn DynHooks>, Arc<Call>) -> Fut,
    ) -> Result<T, Fault>
    where
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let (hooks, call) = self.both();
        self.executor.own(name, ask(hooks, call)).await
    }

    /// The hooks and the request for them, to be called by the executor in another way.
    pub fn both(&self) -> (Arc<dyn DynHooks>, Arc<Call>) {
        (self.hooks.clone(), self.call.clone())
    }
}
