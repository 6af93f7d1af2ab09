//! Documents that users accept, such as terms of service: that one was accepted, and of which day it is, is recorded
//! before the caller is answered. What is shown of a document comes from a table of the settings.

use super::codes::token::audited_id;
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
use crate::values::{Date, Time};

/// A document that was accepted.
#[derive(Debug, Clone, Default)]
pub struct AcceptDocument {
    /// When, as the user's app says.
    pub accepted: Option<Time>,
    /// Of which day it is.
    pub updated: Option<Date>,
    /// In which app.
    pub app: Option<String>,
    /// The code that was sent along with it, by its id.
    pub otp: Option<String>,
}

/// [`Core::accept_document`].
pub(super) async fn accept_document(core: &Core, input: AcceptDocument) -> Result<(), Fault> {
    let (Some(accepted), Some(updated)) = (input.accepted, input.updated) else {
        return Err(Fault::new("input.invalid").with_detail("a document without a day was accepted"));
    };
    let entry = AuditEntry {
        organization: input.app,
        challenge: input.otp.map(|id| audited_id(core.adapter().otps, id)),
        ..core.audit().entry(AuditEvent::DocumentAccepted, AuditOutcome::Success)
    };
    core.audit().record(vec![entry.with_reason(format!("version {updated}, accepted {accepted}"))]).await
}
