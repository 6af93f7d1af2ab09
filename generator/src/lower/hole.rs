//! What a definition lacks although nothing is wrong with it: some check was forgotten. It is told as such, and never
//! becomes a silent 0 or an empty text.

use crate::report::ErrorReported;

/// What is missing, for whoever mends the generator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hole(pub String);

impl From<ErrorReported> for Hole {
    fn from(_: ErrorReported) -> Self {
        Hole("a name that is bound to nothing".to_owned())
    }
}

/// What a check asks for.
pub(super) fn required<T>(part: Option<T>, what: &str) -> Result<T, Hole> {
    part.ok_or_else(|| Hole(what.to_owned()))
}
