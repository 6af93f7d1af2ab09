//! Events that the caller tells and the bank may want to know of.

use crate::context::Core;
use crate::entities::Operation;
use crate::fault::Fault;
use crate::hooks::Event;
use crate::wire::{Payload, record};

impl Core {
    /// Tells the bank of an event before the caller is answered. It may be told twice; the operation's number and the
    /// event's name make a repetition known.
    ///
    /// # Errors
    /// Those of the hook.
    pub async fn notify(&self, event: &'static str, request: &impl Payload) -> Result<(), Fault> {
        let event = Event {
            name: event,
            operation: Operation::of(request),
            user: request.find("user.id"),
            request: record(self.adapter(), request),
        };
        tracing::info!(event = event.name, "told");
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        self.shared.guard.own("notify", async move { hooks.notify(&call, &event).await }).await
    }
}
