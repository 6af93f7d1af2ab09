//! Examples of calls that no endpoint takes: unknown paths and wrong methods.

use std::collections::BTreeSet;

use super::examples::{code_of, inserted};
use crate::raw::{Example, Text};
use crate::report::Report;
use crate::resolve::Resolved;

/// A call that no endpoint takes is answered by a row for unknown routes or wrong methods.
pub(super) fn check_unmatched_call(of: &Resolved<'_>, title: &Text, route: &Text, call: &Example, report: &mut Report) {
    let taken = of
        .raw
        .endpoints
        .iter()
        .find(|(_, endpoint)| endpoint.route.as_ref().is_some_and(|taken| taken.text == route.text));
    if let Some((name, _)) = taken {
        let text = format!("`{}` says that no endpoint takes `{}`, and `{}` does", title.text, route.text, name.text);
        report.push_new("wrong-example", route.place, text, format!("say `endpoint: {}`", name.text));
        return;
    }
    let Some(error) = call.error.as_ref().map(|node| inserted(of, node)) else {
        let text = format!("`{}` calls what no endpoint takes, and shows no error", title.text);
        report.push_new("wrong-example", route.place, text, "add `error: { ... }`".to_owned());
        return;
    };
    let (Some(code), unmatched_calls) = (code_of(of, &error), unmatched_codes(of)) else { return };
    if !unmatched_calls.contains(&code) {
        let text =
            format!("the error of `{}` is `{code}`, and no row with that code answers unknown routes", title.text);
        report.push_new("wrong-example", call.place, text, format!("there are: {}", unmatched_calls.join(", ")));
    }
}

/// The codes of the rows that answer `route.unknown` and `method.wrong`.
fn unmatched_codes(of: &Resolved<'_>) -> Vec<String> {
    let rows = of.raw.errors.iter();
    let unmatched_calls = rows.filter(|(_, row)| {
        let mut faults = row.faults.iter().map(|fault| fault.text.as_str());
        faults.any(|fault| matches!(fault, "route.unknown" | "method.wrong" | "route.*" | "method.*"))
    });
    let codes: BTreeSet<String> = unmatched_calls
        .map(|(name, row)| row.code.as_ref().map_or(name.text.clone(), |code| code.text.clone()))
        .collect();
    codes.into_iter().collect()
}
