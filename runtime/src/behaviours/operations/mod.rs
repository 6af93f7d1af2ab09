//! What belongs to operations beside codes: their consent forms, what the bank adds to their forms, and events of which
//! the bank is notified.

mod accounts;
mod consent;
pub(super) mod kind;
mod notices;
mod shown;
#[cfg(test)]
mod tests;

pub use accounts::DecorateForm;
pub(super) use accounts::decorate_form;
pub use consent::{ConsentForm, ConsentVerdict, CreateConsent, SaveConsent, ValidateConsent};
pub(super) use consent::{create_consent, save_consent, validate_consent};
pub(super) use notices::notify;
