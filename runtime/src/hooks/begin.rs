//! What the function that makes a bank's hooks is given, and how it may fail. Who calls it is decided by `start`.

use std::fmt;

/// What the function that makes a bank's hooks is given.
#[derive(Debug, Clone, Copy)]
pub struct Start<B = ()> {
    /// The bank's own settings, a struct that derives [`Settings`](macro@crate::Settings).
    pub settings: B,
    /// Whether this is `--dev`.
    pub dev: bool,
}

/// Why a bank's hooks cannot be made. `?` makes [`BankError::Unavailable`] of every other error.
#[derive(Debug, Clone)]
pub enum BankError {
    /// Something is set or installed wrongly: the adapter ends with 78, and starting it again does not help.
    Misconfigured(String),
    /// Something is not there now: the adapter ends with 75, and may be started again.
    Unavailable(String),
}

impl fmt::Display for BankError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (BankError::Misconfigured(why) | BankError::Unavailable(why)) = self;
        out.write_str(why)
    }
}

impl<E: std::error::Error> From<E> for BankError {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut inner = error.source();
        while let Some(source) = inner {
            text = format!("{text}: {source}");
            inner = source.source();
        }
        BankError::Unavailable(text)
    }
}
