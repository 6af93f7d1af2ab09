//! Which line causes a mistake. What follows from another mistake is left out; what a tailoring breaks in the lines
//! that it extends is reported once, at the tailoring's own line, with how many more have the same cause. Causes are
//! found by trial: a line of the tailoring is taken back, or its name written like the one that it resembles, and what
//! is no longer wrong then was its doing.

mod attempts;
mod cascading;
mod describe;

pub(crate) use cascading::without_cascading;

use std::cell::Cell;

use crate::check::Bound;
use crate::diagnostic::{Diagnostic, tidy};
use crate::load::Loaded;
use crate::yaml::Node;
use attempts::Attempt;

/// How many lines of a tailoring are tried that may be causes. Who breaks more at once finds mistakes where they show.
const MOST: usize = 64;

/// How many tailorings are tried in all, each of which proves the whole definition again; for a long one fewer. What is
/// not found by then is reported where it shows.
const MAX_TRIALS: usize = 256;

/// How many bytes of definitions are proved again at most, all trials together.
const MOST_BYTES: usize = 3_000_000;

/// How many lines are tried one by one rather than by halves.
const FEW: usize = 4;

/// How many of them are tried two by two.
const MOST_IN_PAIRS: usize = 8;

/// How many other lines are named that have a part in a mistake.
const MOST_NAMED: usize = 2;

/// Reports what a tailoring breaks at the tailoring's own lines.
pub(crate) fn at_their_causes(loaded: &Loaded, before: &[Bound], diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let foreign = |one: &Diagnostic| one.is_error() && !one.place.is_some_and(|place| loaded.sources.is_own(place));
    let (Some(base), Some(patch)) = (&loaded.base, &loaded.patch) else { return diagnostics };
    let trial = Trial { loaded, before, left: Cell::new(max_trials(loaded)) };
    let (mut left, mut done) = (diagnostics, Vec::new());
    // Names that only resemble one of the base may show anywhere, also at their own line.
    for attempt in attempts::renamed(base, patch) {
        if left.iter().any(Diagnostic::is_error) {
            trial.settle(&attempt, &mut left, &mut done);
        }
    }
    if left.iter().any(foreign) {
        let suspects = trial.suspects(base, patch, &left);
        let pairs = attempts::pairs(patch, suspects.get(..MOST_IN_PAIRS.min(suspects.len())).unwrap_or_default());
        settle_all(loaded, trial.outcomes(suspects, &left), &mut left, &mut done);
        // What no single line mends, two of them may.
        if left.iter().any(foreign) {
            settle_all(loaded, trial.outcomes(pairs, &left), &mut left, &mut done);
        }
    }
    done.extend(left);
    tidy(done)
}

/// How often a definition may be proved again.
fn max_trials(loaded: &Loaded) -> usize {
    let bytes: usize = loaded.sources.files().iter().map(|file| file.text.len()).sum();
    MAX_TRIALS.min(MOST_BYTES / bytes.max(1))
}

/// The lines that may be a cause: a half of them that mends nothing when it is taken back has none, unless the other half
/// mends nothing either.
fn narrowed(mut lines: Vec<Attempt>, mends: &impl Fn(&[Attempt]) -> bool) -> Vec<Attempt> {
    if lines.len() < FEW {
        return lines;
    }
    let mut second = lines.split_off(lines.len() / 2);
    match (mends(&lines), mends(&second)) {
        (true, true) => {
            let mut all = narrowed(lines, mends);
            all.extend(narrowed(second, mends));
            all
        }
        (true, false) => narrowed(lines, mends),
        (false, true) => narrowed(second, mends),
        (false, false) => {
            lines.append(&mut second);
            lines
        }
    }
}

/// Reports what attempts mend: what mends most and breaks least is the cause; of two such, the one that says less.
fn settle_all(
    loaded: &Loaded,
    mut outcomes: Vec<(Attempt, Outcome)>,
    left: &mut Vec<Diagnostic>,
    done: &mut Vec<Diagnostic>,
) {
    let foreign = |one: &Diagnostic| one.is_error() && !one.place.is_some_and(|place| loaded.sources.is_own(place));
    outcomes.sort_by_key(|(attempt, outcome)| (outcome.broken, usize::MAX - outcome.mended.len(), attempt.weight()));
    for (at, (attempt, outcome)) in outcomes.iter().enumerate() {
        let mended = |one: &Diagnostic| outcome.mended.iter().any(|other| other == one);
        if !left.iter().any(|one| foreign(one) && mended(one)) {
            continue;
        }
        let whole = outcome.broken == 0 && attempt.changes_the_base();
        let (caused, rest): (Vec<Diagnostic>, _) = std::mem::take(left)
            .into_iter()
            .partition(|one| mended(one) && (foreign(one) || whole || attempt.holds(one)));
        *left = rest;
        // Another line that mends the same by itself has its part in it.
        let shares = |(other, theirs): &&(Attempt, Outcome)| {
            theirs.broken == 0 && !other.is_with(attempt) && caused.iter().all(|one| theirs.mended.contains(one))
        };
        let with: Vec<&Attempt> =
            outcomes.iter().skip(at + 1).filter(shares).map(|(other, _)| other).take(MOST_NAMED).collect();
        done.extend(describe::at(&loaded.sources, attempt, &with, caused));
    }
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
    /// How often more may be tried.
    left: Cell<usize>,
}

impl Trial<'_> {
    /// The lines that may be a cause, found by taking back more and more of them at once.
    fn suspects(&self, base: &Node, patch: &Node, diagnostics: &[Diagnostic]) -> Vec<Attempt> {
        let sources = &self.loaded.sources;
        let foreign = |one: &Diagnostic| !one.place.is_some_and(|place| sources.is_own(place));
        let mends = |patch: Option<Node>| {
            let mended = self.outcome_of(patch, diagnostics).map(|outcome| outcome.mended);
            mended.is_some_and(|mended| mended.iter().any(foreign))
        };
        // A section that mends nothing when it is taken back has no line that would.
        let sections = attempts::sections(patch).into_iter().filter(|section| mends(Some(section.patch.clone())));
        let guilty: Vec<String> = sections.flat_map(|section| section.path).collect();
        let mut lines = attempts::taken_back(base, patch);
        let is_guilty = |line: &Attempt| line.path.first().is_some_and(|section| guilty.contains(section));
        lines.retain(|line| guilty.is_empty() || is_guilty(line));
        let mut suspects = narrowed(lines, &|lines| mends(attempts::without(patch, lines)));
        suspects.truncate(MOST);
        suspects
    }

    /// The attempts that mend something, with what they mend.
    fn outcomes(&self, tries: Vec<Attempt>, diagnostics: &[Diagnostic]) -> Vec<(Attempt, Outcome)> {
        tries.into_iter().map(|attempt| (self.outcome(&attempt, diagnostics), attempt)).filter_map(worth).collect()
    }

    /// Which of the mistakes are gone after an attempt; none if the definition cannot be read then.
    fn outcome(&self, attempt: &Attempt, diagnostics: &[Diagnostic]) -> Option<Outcome> {
        self.outcome_of(Some(attempt.patch.clone()), diagnostics)
    }

    /// The same with another tailoring; none if enough was tried.
    fn outcome_of(&self, patch: Option<Node>, diagnostics: &[Diagnostic]) -> Option<Outcome> {
        self.left.set(self.left.get().checked_sub(1)?);
        let after = attempts::judged(self.loaded, patch?, self.before)?;
        let same = |one: &Diagnostic, other: &Diagnostic| {
            (one.id, one.place, &one.message) == (other.id, other.place, &other.message)
        };
        let errors = diagnostics.iter().filter(|one| one.is_error());
        let mended = errors.filter(|one| !after.iter().any(|other| same(one, other))).cloned().collect();
        let new = |one: &&Diagnostic| one.is_error() && !diagnostics.iter().any(|other| same(one, other));
        Some(Outcome { mended, broken: after.iter().filter(new).count() })
    }

    /// A name that is mended by writing it like one of the base is the only cause of what is gone then.
    fn settle(&self, attempt: &Attempt, left: &mut Vec<Diagnostic>, done: &mut Vec<Diagnostic>) {
        let outcome = self.outcome(attempt, left).filter(|one| one.broken == 0 && !one.mended.is_empty());
        let Some(outcome) = outcome else { return };
        left.retain(|one| !outcome.mended.contains(one));
        done.push(describe::misspelt(attempt, outcome.mended));
    }
}
