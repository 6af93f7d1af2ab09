//! The diagnostics so far. Whoever reports one gets a receipt, and whatever could not be found carries one: so no gap
//! in what was resolved is passed over in silence.

use std::collections::HashSet;

use crate::arena::Id;
use crate::diagnostic::{Diagnostic, tidy};
use crate::source::Place;

/// The receipt for a mistake that was reported. Only [`Report`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorReported(());

/// A name: bound to what it names, or reported as wrong.
pub type Known<T> = Result<Id<T>, ErrorReported>;

/// Proof that nothing is wrong. Only an empty [`Report`] makes one.
#[derive(Debug)]
pub struct Clean(());

/// Every diagnostic, each reported once.
#[derive(Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Option<Place>, String)>,
    /// Endpoint and meaning of which it was reported that nothing gives it.
    gaps: HashSet<(String, String)>,
}

impl Report {
    /// A report that begins with these.
    pub fn with(diagnostics: Vec<Diagnostic>) -> Self {
        let mut report = Report::default();
        for one in diagnostics {
            report.push(one);
        }
        report
    }

    /// Reports a diagnostic; one that was reported already is not reported again.
    pub fn push(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        if self.seen.insert((diagnostic.id, diagnostic.place, diagnostic.message.clone())) {
            self.diagnostics.push(diagnostic);
        }
        ErrorReported(())
    }

    /// Makes a diagnostic with help, and reports it.
    pub fn push_new(
        &mut self,
        id: &'static str,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> ErrorReported {
        self.push(Diagnostic::new(id, place, message).help(help))
    }

    /// Notes that it was reported that an endpoint has no value of this meaning.
    pub fn record_gap(&mut self, endpoint: &str, meaning: &str) {
        self.gaps.insert((endpoint.to_owned(), meaning.to_owned()));
    }

    /// True if that was reported already.
    pub fn has_gap(&self, endpoint: &str, meaning: &str) -> bool {
        self.gaps.contains(&(endpoint.to_owned(), meaning.to_owned()))
    }

    /// True if nothing is wrong so far.
    pub fn is_good(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Proof that nothing is wrong, unless something is; and everything that was reported, in the order of the files.
    pub fn finish(self) -> (Option<Clean>, Vec<Diagnostic>) {
        (self.is_good().then_some(Clean(())), tidy(self.diagnostics))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_reported_once_and_spoils_the_proof() {
        assert!(Report::default().finish().0.is_some());
        let mut report = Report::default();
        report.push_new("empty", None, "there is nothing", "add something");
        report.push_new("empty", None, "there is nothing", "add something");
        let (clean, diagnostics) = report.finish();
        assert_eq!((clean.is_none(), diagnostics.len()), (true, 1));
    }

    #[test]
    fn a_warning_is_reported_and_spoils_nothing() {
        let mut report = Report::default();
        report.push_new("unused", None, "nothing uses it", "take it out");
        let (clean, diagnostics) = report.finish();
        assert_eq!((clean.is_some(), diagnostics.len()), (true, 1));
    }
}
