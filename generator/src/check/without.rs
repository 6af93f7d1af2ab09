//! `without` says what is true: a behaviour would use the value, and there is none.

use crate::derive::Derived;
use crate::plan::{Input, Step};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Endpoint, Resolved, matches};

/// Asks every endpoint, and what all of them say.
pub(super) fn check_without(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    for pattern in &of.raw.every_endpoint.without {
        known_pattern(of, pattern, report);
    }
    for (endpoint, one) in of.endpoints.iter().zip(derived).filter(|(_, one)| !one.broken) {
        for pattern in &endpoint.raw.without {
            if known_pattern(of, pattern, report) {
                needless(of, endpoint, one, pattern, report);
            }
        }
    }
}

/// Reports a pattern that stands for nothing.
fn known_pattern(of: &Resolved<'_>, pattern: &Text, report: &mut Report) -> bool {
    let entity = pattern.text.strip_suffix(".*");
    let whole = entity.is_some_and(|entity| of.meanings.attributes(entity).next().is_some());
    whole || of.meanings.known(pattern, report).is_ok()
}

fn needless(of: &Resolved<'_>, endpoint: &Endpoint<'_>, one: &Derived, pattern: &Text, report: &mut Report) {
    let is_meant = |id| matches(&of.meaning(id).name, &pattern.text);
    let expects = |step: &&Step| of.behaviours[step.behaviour].expects.iter().any(|id| is_meant(*id));
    let bound = |step: &Step| step.inputs.iter().find(|input| is_meant(input.meaning)).cloned();
    // Whoever expects the value and goes without it needs the word.
    let expecting: Vec<&Step> = one.plan.steps.iter().filter(expects).collect();
    let found: Option<Vec<Input>> = expecting.iter().map(|step| bound(step)).collect();
    let why = match found.and_then(|inputs| inputs.into_iter().next()) {
        _ if expecting.is_empty() => {
            format!("nothing that `{}` does expects `{}`", endpoint.name.text, pattern.text)
        }
        Some(input) if !pattern.text.ends_with('*') => {
            format!("`{}` is bound in `{}`", of.meaning(input.meaning).name, endpoint.name.text)
        }
        _ => return,
    };
    report.push_new("needless-without", pattern.place, why, "take it out of `without`");
}
