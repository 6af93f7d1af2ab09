//! Behaviours that are about an operation: without any operation every request would end with one that is not known.

use crate::report::Report;
use crate::resolve::{Behaviour, Resolved, Step};

/// Reports behaviours that need an operation where the definition has none.
pub(super) fn check_operations(of: &Resolved<'_>, report: &mut Report) {
    if !of.declarations.operations.is_empty() {
        return;
    }
    let steps = of.endpoints.iter().flat_map(|endpoint| endpoint.does.iter().flatten());
    for step in steps.filter(|step| is_about_one(&of.behaviours[step.behaviour])) {
        report_no_operation(step, report);
    }
}

/// True for what is asked for an operation by its name, and fails where there is no such one.
fn is_about_one(behaviour: &Behaviour) -> bool {
    let has = |words: &[String], word: &str| words.iter().any(|one| one == word);
    has(&behaviour.spec.needs, "operation.name") && has(&behaviour.spec.fails, "operation.unknown")
}

fn report_no_operation(step: &Step<'_>, report: &mut Report) {
    let text = format!("`{}` is about an operation, and the definition has none", step.name.text);
    let help = "declare one under `operations:`, or take the behaviour out: every name would be unknown";
    report.push_new("no-operation", step.name.place, text, help);
}
