//! Faults that rows name exist, and what happens outside every endpoint is answered.

use crate::derive::row_outside;
use crate::diagnostic::Diagnostic;
use crate::report::Report;
use crate::resolve::{Resolved, matches};

/// Asks of every row which faults it answers.
pub(super) fn check_rows(of: &Resolved<'_>, report: &mut Report) {
    for fault in ["route.unknown", "method.wrong", "overloaded", "unexpected"] {
        if row_outside(of, fault).is_none() {
            let when = of.words.faults.get(fault).cloned().unwrap_or_default();
            let text = format!("no error answers `{fault}`, and it occurs outside every endpoint");
            let help = format!("add an error that is `for: [{fault}]`: it is answered when {when}");
            report.push_new("unanswered-fault", of.raw.place, text, help);
        }
    }
    check_blame(of, report);
    let definition = of.raw;
    let patterns = definition.errors.iter().flat_map(|(_, row)| &row.faults);
    let here = definition.endpoints.iter().map(|(_, endpoint)| endpoint).chain([&definition.every_endpoint]);
    let here = here.flat_map(|endpoint| endpoint.errors.iter().flat_map(|(_, faults)| faults));
    let says = definition.says.iter().map(|(fault, _)| fault);
    // A fault of one's own whose name is none is reported where it stands.
    let own = definition.behaviours.iter().flat_map(|(_, own)| &own.fails);
    let badly_named: Vec<&str> = own.map(|fault| fault.text.as_str()).filter(|name| !name.contains('.')).collect();
    for pattern in patterns.chain(here).chain(says) {
        let follows = badly_named.iter().any(|name| pattern.text.ends_with(&format!(".{name}")));
        if !follows && !of.words.faults.names().any(|fault| matches(fault, &pattern.text)) {
            let help = crate::naming::near(&pattern.text, of.words.faults.names())
                .map(|near| format!("did you mean `{near}`?"));
            let help =
                help.or_else(|| Some("a fault of your own stands under `fails` of a behaviour of your own".to_owned()));
            report.push(
                Diagnostic::new("unknown-fault", pattern.place, format!("no fault `{}`", pattern.text)).help_if(help),
            );
        }
    }
}

/// A wrong path and a wrong method are the caller's fault, and are answered so, unless the row says why not.
fn check_blame(of: &Resolved<'_>, report: &mut Report) {
    for (fault, status) in [("route.unknown", 404), ("method.wrong", 405)] {
        let Some((name, row)) = row_outside(of, fault).map(|id| of.rows[id]) else { continue };
        let every = of.raw.every_error.as_ref();
        let own_status = row.status.or(every.and_then(|every| every.status));
        let Some((set_status, place)) = own_status.filter(|(own_status, _)| *own_status >= 500) else { continue };
        let because = row.because.as_ref().or(every.and_then(|every| every.because.as_ref()));
        if because.is_some_and(|why| !why.text.trim().is_empty()) {
            continue;
        }
        let text = format!("`{}` answers `{fault}`, which is the caller's fault, with {set_status}", name.text);
        let help = format!(
            "let an error with the status {status} be `for: [{fault}]`; if the API is so, say `because: <reason>` here"
        );
        let own = if row.status.is_some() { place } else { name.place };
        report.push(Diagnostic::new("callers-fault", own, text).help(help));
    }
}
