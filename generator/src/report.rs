//! What is wrong so far. Whoever reports a mistake gets a receipt, and whatever could not be found carries one: so no
//! gap in what was resolved is passed over in silence.

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

/// Every mistake, each reported once.
#[derive(Debug, Default)]
pub struct Report {
    wrong: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Option<Place>, String)>,
    /// Endpoint and meaning of which it was reported that nothing gives it.
    gaps: HashSet<(String, String)>,
}

impl Report {
    /// A report that begins with these.
    pub fn with(wrong: Vec<Diagnostic>) -> Self {
        let mut report = Report::default();
        for one in wrong {
            report.push(one);
        }
        report
    }

    /// Reports a mistake; one that was reported already is not reported again.
    pub fn push(&mut self, mistake: Diagnostic) -> ErrorReported {
        if self.seen.insert((mistake.id, mistake.place, mistake.message.clone())) {
            self.wrong.push(mistake);
        }
        ErrorReported(())
    }

    /// Reports a mistake with help.
    pub fn tell(
        &mut self,
        id: &'static str,
        place: impl Into<Option<Place>>,
        text: impl Into<String>,
        help: impl Into<String>,
    ) -> ErrorReported {
        self.push(Diagnostic::new(id, place, text).help(help))
    }

    /// Notes that it was reported that an endpoint has no value of this meaning.
    pub fn record_gap(&mut self, endpoint: &str, meaning: &str) {
        self.gaps.insert((endpoint.to_owned(), meaning.to_owned()));
    }

    /// True if that was reported already.
    pub fn has_gap(&self, endpoint: &str, meaning: &str) -> bool {
        self.gaps.contains(&(endpoint.to_owned(), meaning.to_owned()))
    }

    /// Proof that nothing is wrong, unless something is; and everything that was reported, in the order of the files.
    pub fn finish(self) -> (Option<Clean>, Vec<Diagnostic>) {
        let clean = !self.wrong.iter().any(Diagnostic::is_error);
        (clean.then_some(Clean(())), tidy(self.wrong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_reported_once_and_spoils_the_proof() {
        assert!(Report::default().finish().0.is_some());
        let mut report = Report::default();
        report.tell("empty", None, "there is nothing", "add something");
        report.tell("empty", None, "there is nothing", "add something");
        let (clean, told) = report.finish();
        assert_eq!((clean.is_none(), told.len()), (true, 1));
    }

    #[test]
    fn a_warning_is_reported_and_spoils_nothing() {
        let mut report = Report::default();
        report.tell("unused", None, "nothing uses it", "take it out");
        let (clean, told) = report.finish();
        assert_eq!((clean.is_some(), told.len()), (true, 1));
    }
}
