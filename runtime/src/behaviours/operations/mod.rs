//! What belongs to operations beside codes: their consent forms, what the bank adds to their forms, and events that
//! the bank is told of.

mod accounts;
mod consent;
mod notices;
mod shown;
#[cfg(test)]
mod tests;

pub use accounts::DecorateForm;
pub use consent::{ConsentForm, ConsentVerdict, CreateConsent, SaveConsent, ValidateConsent};

use crate::adapter::OperationKind;
use crate::context::Core;
use crate::fault::Fault;

impl Core {
    /// What the definition says of an operation.
    ///
    /// # Errors
    /// `operation.unknown`, if it has none of this name.
    pub(crate) fn operation_kind(&self, name: Option<&str>) -> Result<&'static OperationKind, Fault> {
        let kinds = self.adapter().operations.iter();
        let found = name.and_then(|name| kinds.into_iter().find(|kind| kind.name == name));
        found.ok_or_else(|| Fault::new("operation.unknown"))
    }
}
