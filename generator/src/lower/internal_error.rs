//! An internal error: something that the model needs is missing although no diagnostic says so, because a check was
//! forgotten. It is reported as such, and never becomes a silent 0 or an empty text.

use crate::report::ErrorReported;

/// What is missing, for whoever mends the generator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InternalError(pub String);

impl From<ErrorReported> for InternalError {
    fn from(_: ErrorReported) -> Self {
        InternalError("a name that is bound to nothing".to_owned())
    }
}

/// What a check asks for.
pub(super) fn required<T>(part: Option<T>, what: &str) -> Result<T, InternalError> {
    part.ok_or_else(|| InternalError(what.to_owned()))
}
