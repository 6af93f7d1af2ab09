//! Which line causes a mistake. What follows from another mistake is left out; what a tailoring breaks in the lines
//! that it extends is reported once, at the tailoring's own line, with how many more have the same cause. Causes are
//! found by trial: a line of the tailoring is taken back, or its name written like the one that it resembles, and what
//! is no longer wrong then was its doing.

mod attempts;
mod followers;
mod tell;

pub(crate) use followers::without_followers;

use crate::check::Bound;
use crate::diagnostic::{Diagnostic, tidy};
use crate::load::Loaded;
use attempts::Attempt;

/// How many lines of a tailoring are tried. Who changes more at once finds mistakes where they show.
const MOST: usize = 64;

/// Tells what a tailoring breaks at the tailoring's own lines.
pub(crate) fn at_their_causes(loaded: &Loaded, before: &[Bound], told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let foreign = |one: &Diagnostic| one.is_error() && !one.place.is_some_and(|place| loaded.sources.is_own(place));
    let (Some(base), Some(patch)) = (&loaded.base, &loaded.patch) else { return told };
    let trial = Trial { loaded, before };
    let (mut left, mut done) = (told, Vec::new());
    // Names that only resemble one of the base may show anywhere, also at their own line.
    for attempt in attempts::renamed(base, patch) {
        if left.iter().any(Diagnostic::is_error) {
            trial.settle(&attempt, &mut left, &mut done);
        }
    }
    if left.iter().any(foreign) {
        // A section that mends nothing when it is taken back has no line that would.
        let mends = |section: &Attempt| {
            let mended = trial.outcome(section, &left).map(|outcome| outcome.mended);
            mended.is_some_and(|mended| mended.iter().any(foreign))
        };
        let guilty: Vec<String> =
            attempts::sections(patch).into_iter().filter(mends).flat_map(|section| section.path).collect();
        let mut tries = attempts::taken_back(base, patch);
        tries.retain(|attempt| attempt.path.first().is_some_and(|section| guilty.contains(section)));
        tries.truncate(MOST);
        let mut outcomes: Vec<(Attempt, Outcome)> =
            tries.into_iter().map(|attempt| (trial.outcome(&attempt, &left), attempt)).filter_map(worth).collect();
        // What mends most and breaks least is the cause; of two such, the one that says less.
        outcomes
            .sort_by_key(|(attempt, outcome)| (outcome.broken, usize::MAX - outcome.mended.len(), attempt.weight()));
        for (attempt, outcome) in outcomes {
            let mended = |one: &Diagnostic| outcome.mended.iter().any(|other| other == one);
            if left.iter().any(|one| foreign(one) && mended(one)) {
                let whole = outcome.broken == 0 && attempt.changes_the_base();
                let (caused, rest): (Vec<Diagnostic>, _) =
                    left.into_iter().partition(|one| mended(one) && (foreign(one) || whole || attempt.holds(one)));
                left = rest;
                done.extend(tell::at(&loaded.sources, &attempt, caused));
            }
        }
    }
    done.extend(left);
    tidy(done)
}

/// What an attempt does.
struct Outcome {
    mended: Vec<Diagnostic>,
    /// How many mistakes it makes in their place.
    broken: usize,
}

fn worth((outcome, attempt): (Option<Outcome>, Attempt)) -> Option<(Attempt, Outcome)> {
    outcome.filter(|outcome| !outcome.mended.is_empty()).map(|outcome| (attempt, outcome))
}

/// What is tried with.
struct Trial<'l> {
    loaded: &'l Loaded,
    /// What the checks of the base get.
    before: &'l [Bound],
}

impl Trial<'_> {
    /// Which of the mistakes are gone after an attempt; none if the definition cannot be read then.
    fn outcome(&self, attempt: &Attempt, told: &[Diagnostic]) -> Option<Outcome> {
        let after = attempt.judged(self.loaded, self.before)?;
        let same = |one: &Diagnostic, other: &Diagnostic| {
            (one.id, one.place, &one.message) == (other.id, other.place, &other.message)
        };
        let errors = told.iter().filter(|one| one.is_error());
        let mended = errors.filter(|one| !after.iter().any(|other| same(one, other))).cloned().collect();
        let new = |one: &&Diagnostic| one.is_error() && !told.iter().any(|other| same(one, other));
        Some(Outcome { mended, broken: after.iter().filter(new).count() })
    }

    /// A name that is mended by writing it like one of the base is the only cause of what is gone then.
    fn settle(&self, attempt: &Attempt, left: &mut Vec<Diagnostic>, done: &mut Vec<Diagnostic>) {
        let outcome = self.outcome(attempt, left).filter(|one| one.broken == 0 && !one.mended.is_empty());
        let Some(outcome) = outcome else { return };
        left.retain(|one| !outcome.mended.contains(one));
        done.push(tell::misspelt(attempt, outcome.mended));
    }
}
