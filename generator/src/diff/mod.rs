//! What breaks between two definitions: every change of `compare`, judged for those who would notice. Callers notice the
//! wire, the bank its hooks and settings, stored state the codes and sessions that were made before.

mod accepted;
mod endpoints;
mod fields;
mod judge;
mod report;

use crate::compare::{self, Change, Side};
use crate::model::Adapter;

pub use accepted::{Accepted, AcceptedError, FILE, accepted};
pub use report::{json, text};

/// Who notices a change that breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Whoever calls the API.
    Callers,
    /// The bank: its hooks, its own methods, its settings.
    Bank,
    /// What an adapter of the old definition has stored.
    State,
}

impl Party {
    /// All of them.
    pub const ALL: [Party; 3] = [Party::Callers, Party::Bank, Party::State];

    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Party::Callers => "callers",
            Party::Bank => "bank",
            Party::State => "state",
        }
    }
}

/// A change, whom it breaks, and why that is accepted if it is.
#[derive(Debug)]
pub struct Judged {
    /// The change.
    pub change: Change,
    /// Whom it breaks, and how.
    pub breaks: Vec<(Party, String)>,
    /// Why it is accepted.
    pub accepted: Option<String>,
}

impl Judged {
    /// True if somebody would notice, and nobody has accepted it.
    pub fn is_breaking(&self) -> bool {
        !self.breaks.is_empty() && self.accepted.is_none()
    }
}

/// All changes with what they break.
#[derive(Debug)]
pub struct Diff {
    /// In the order of the document.
    pub changes: Vec<Judged>,
    /// What was accepted and is no change any more.
    pub unused: Vec<Accepted>,
}

impl Diff {
    /// How many changes break somebody and are not accepted.
    pub fn breaking(&self) -> usize {
        self.changes.iter().filter(|judged| judged.is_breaking()).count()
    }
}

/// Compares and judges.
pub fn diff(old: &Side<'_>, new: &Side<'_>, accepted: Vec<Accepted>) -> Diff {
    let both = Both { old: old.adapter, new: new.adapter };
    let mut unused = accepted;
    let mut changes = Vec::new();
    for change in compare::changes(old, new) {
        let breaks = judge::breaks(&both, &change);
        let line = compare::line(&change);
        let at = unused.iter().position(|one| one.change == line).filter(|_| !breaks.is_empty());
        let accepted = at.map(|at| unused.remove(at).reason);
        changes.push(Judged { change, breaks, accepted });
    }
    Diff { changes, unused }
}

/// The two models.
struct Both<'a> {
    old: &'a Adapter,
    new: &'a Adapter,
}
