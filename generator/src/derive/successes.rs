//! The statuses of successes by an outcome: the one that the response shows instead of raising its refusals.

use super::Draft;
use crate::plan::{Conversion, Read, SuccessBy, Want};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::Resolved;
use crate::vocabulary::Natural;

/// The statuses, with the outcome that they follow.
pub(super) fn by_outcome(of: &Resolved<'_>, draft: &Draft<'_, '_>, report: &mut Report) -> Option<SuccessBy> {
    let by_outcome = &draft.endpoint.raw.success_by;
    let (first, _) = by_outcome.first()?;
    let name = &draft.endpoint.name.text;
    let shown = draft.steps.iter().filter(|step| !step.raises);
    let mut outcomes = shown.flat_map(|step| of.behaviours[step.of.behaviour].outcome.iter().copied());
    let (Some(outcome), None) = (outcomes.next(), outcomes.next()) else {
        let text = format!("`{name}` has several statuses, and no outcome, or more than one, that says which");
        let help = "show the refusals of one behaviour by a field that is its outcome, or say one status";
        report.push_new("unknown-value", first.place, text, help);
        return None;
    };
    let meaning = of.meaning(outcome);
    let values: &[String] = if let Natural::OneOf(values) = &meaning.natural { values } else { &[] };
    // An outcome of the definition's own that names no values is reported where it is declared.
    let is_never = |value: &Text| !values.is_empty() && !values.contains(&value.text);
    for (value, _) in by_outcome.iter().filter(|(value, _)| is_never(value)) {
        let text = format!("`{}` is never `{}`", meaning.name, value.text);
        report.push_new("unknown-value", value.place, text, format!("it is one of: {}", values.join(", ")));
    }
    let value = draft.available.get(outcome)?.value;
    let statuses = by_outcome.iter().map(|(value, status)| (value.text.clone(), *status)).collect();
    Some(SuccessBy { outcome: Read { value, conversion: Conversion::Keep, want: Want::Plain }, statuses })
}
