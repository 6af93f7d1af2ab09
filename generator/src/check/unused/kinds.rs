//! Kinds of codes and of sessions, tables and envelopes that no endpoint names.

use super::report_unused;
use crate::model::Choice;
use crate::report::Report;
use crate::resolve::Resolved;

pub(super) fn check(of: &Resolved<'_>, report: &mut Report) {
    // What an unknown step would have named is not known.
    if of.endpoints.iter().any(|endpoint| endpoint.does.iter().any(Result::is_err)) {
        return;
    }
    let steps = || of.endpoints.iter().flat_map(|endpoint| endpoint.does.iter().flatten());
    let (raw, help) = (of.raw, "let an endpoint name it, or take it out");
    for (id, kind) in of.declarations.otps.pairs() {
        if !steps().any(|step| step.choice == Choice::Code(id)) {
            report_unused(of, ("the kind of code", kind.name), raw.otps.names(), help, report);
        }
    }
    for (id, kind) in of.declarations.sessions.pairs() {
        let asked = of.endpoints.iter().any(|endpoint| endpoint.session == Some(id));
        if !asked && !steps().any(|step| step.choice == Choice::Session(id)) {
            report_unused(of, ("the kind of session", kind.name), raw.sessions.names(), help, report);
        }
    }
    for (id, table) in of.declarations.tables.pairs() {
        if !steps().any(|step| step.choice == Choice::Table(id)) {
            report_unused(of, ("the table", table.name), raw.tables.names(), help, report);
        }
    }
    let named = |name: &str| {
        let mut endpoints = raw.endpoints.iter().filter_map(|(_, endpoint)| endpoint.envelope.as_ref());
        endpoints.any(|envelope| envelope.text == name)
    };
    for (name, _) in raw.envelopes.iter().filter(|(name, _)| !named(&name.text)) {
        report_unused(of, ("the envelope", name), raw.envelopes.names(), help, report);
    }
}
