//! What stands for the export in a program that was built without it: nothing that can begin, and nothing that is kept.

use std::time::Duration;

use super::super::Trace;
use super::{OtlpOptions, RequestSpan, Service};

/// Nobody has one.
pub(crate) enum Exporting {}

impl Exporting {
    /// Never.
    pub fn begin(_options: &OtlpOptions, _service: Service<'_>) -> std::io::Result<Self> {
        Err(std::io::Error::other(BUILT_WITHOUT))
    }

    /// Of nobody.
    pub fn metrics(&self, _text: String) {
        match *self {}
    }

    /// Of nobody.
    pub fn end(self) {
        match self {}
    }
}

const BUILT_WITHOUT: &str = "this program was built without the runtime's feature `otlp`";

/// Never good.
///
/// # Errors
/// Always: the program was built without the export.
pub(crate) fn check(_options: &OtlpOptions) -> Result<(), (&'static str, String)> {
    Err(("otlp.endpoint", BUILT_WITHOUT.to_owned()))
}

/// None, as nobody is told.
pub(crate) enum TraceParent {}

/// There is none.
pub(crate) fn parent_of(_trace: &Trace) -> Option<TraceParent> {
    None
}

/// Nobody is told.
pub(crate) fn request_served(_of: RequestSpan<'_>) {}

/// Nobody is told.
pub(crate) fn hook_called(_hook: &'static str, _outcome: &'static str, _took: Duration) {}

/// Nobody is told.
pub(crate) fn store_asked(_operation: &'static str, _outcome: &'static str, _took: Duration) {}
