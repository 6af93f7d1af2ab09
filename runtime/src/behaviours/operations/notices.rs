//! `notify`: events that the caller reports, handed to the bank.

use crate::context::Core;
use crate::entities::Operation;
use crate::fault::Fault;
use crate::hooks::Event;
use crate::wire::{Payload, record};

/// [`Core::notify`].
pub(in crate::behaviours) async fn notify(
    core: &Core,
    event: &'static str,
    request: &impl Payload,
) -> Result<(), Fault> {
    let event = Event {
        name: event,
        operation: Operation::of(request),
        user: request.find("user.id"),
        request: record(core.adapter(), request),
    };
    tracing::info!(event = event.name, "an event was reported");
    core.hooks().call("notify", |hooks, call| async move { hooks.notify(&call, &event).await }).await
}
