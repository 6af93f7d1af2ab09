//! What a request says of a code that there is not, for the audit log.

use crate::behaviours::codes::token::MOST_SIGNS_OF_ID;
use crate::behaviours::users::name::{LONGEST_NAME, counted};
use crate::context::Core;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
use crate::values::{is_hidden, without};

/// What a request says of a code, for the audit: in part, and not in letters that nobody sees.
#[derive(Debug, Clone, Default)]
pub(super) struct ClaimedContext {
    user: Option<String>,
    organization: Option<String>,
    operation_id: Option<String>,
    operation_name: Option<String>,
}

impl ClaimedContext {
    /// Of the values that a code would be bound to, and of the user whom a request names beside them.
    pub fn of(bound: &[(&'static str, Option<String>)], user: Option<&str>) -> Self {
        let said = |meaning: &str| {
            let (_, value) = bound.iter().find(|(name, _)| *name == meaning)?;
            value.as_deref().filter(|value| !value.is_empty())
        };
        let short = |text: &str| without(text, is_hidden, LONGEST_NAME);
        ClaimedContext {
            user: user.filter(|user| !user.is_empty()).or_else(|| said("user.id")).map(counted),
            organization: said("organization.id").map(short),
            operation_id: said("operation.id").map(short),
            operation_name: said("operation.name").map(short),
        }
    }

    /// An audit entry with what was said.
    pub fn entry(self, kind: &str, entry: AuditEntry) -> AuditEntry {
        AuditEntry {
            user: self.user,
            organization: self.organization,
            operation_id: self.operation_id,
            operation_name: self.operation_name,
            method: Some(kind.to_owned()),
            ..entry
        }
    }
}

/// An audit entry of a code that there is not: whose it would be, and for what, is what the request says.
pub(super) fn unknown_code_entry(
    core: &Core,
    id: &str,
    kind: &str,
    said: ClaimedContext,
    event: AuditEvent,
) -> AuditEntry {
    AuditEntry {
        challenge: Some(without(id, char::is_control, MOST_SIGNS_OF_ID)),
        ..said.entry(kind, core.audit().entry(event, AuditOutcome::Failure))
    }
}
