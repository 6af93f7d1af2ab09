//! Payloads, unions and enums that no request, no answer and no other type has; members of an enum that are never sent.

use std::collections::HashSet;

use super::report_unused;
use crate::diagnostic::Diagnostic;
use crate::raw::{Member, Variant};
use crate::report::Report;
use crate::resolve::members::{envelope_lines, request_name, response_name};
use crate::resolve::{Enum, Reached, Resolved};

pub(super) fn check(of: &Resolved<'_>, report: &mut Report) {
    let reached = of.reached();
    let used = used_payloads(of, &reached);
    let meant = meant(of);
    for (name, _) in of.raw.payloads.iter().filter(|(name, _)| !used.contains(name.text.as_str())) {
        let help = "let an endpoint or another type use it, or take it out";
        report_unused(of, ("the payload", name), meant.iter().map(String::as_str), help, report);
    }
    let help = "let a field have it, or take it out";
    for (id, union) in of.unions.pairs() {
        if !reached.requests.unions.contains(&id) && !reached.responses.unions.contains(&id) {
            report_unused(of, ("the union", union.name), of.raw.unions.names(), help, report);
        }
    }
    for (id, one) in of.enums.pairs() {
        if reached.requests.enums.contains(&id) {
            continue;
        }
        if reached.responses.enums.contains(&id) {
            check_doubled(of, one, report);
        } else {
            report_unused(of, ("the enum", one.name), of.raw.enums.names(), help, report);
        }
    }
}

/// Payloads that are reached, and those that `+` puts into such a one.
fn used_payloads<'r>(of: &'r Resolved<'_>, reached: &Reached) -> HashSet<&'r str> {
    let payloads = &of.raw.payloads;
    let ids = reached.requests.payloads.iter().chain(&reached.responses.payloads);
    let mut used: HashSet<&str> = ids.map(|id| of.payloads[*id].name.as_str()).collect();
    let mut open: Vec<&str> = Vec::new();
    let unions = of.raw.unions.iter().flat_map(|(_, union)| {
        let own = union.of.iter().filter_map(|(_, variant)| match variant {
            Variant::Fields(members) => Some(members.as_slice()),
            Variant::Like(_) => None,
        });
        own.chain([union.every.as_slice()])
    });
    unions.chain(envelope_lines(of.raw)).for_each(|lines| included(lines, &mut open));
    used.iter().filter_map(|name| payloads.get(name)).for_each(|lines| included(lines, &mut open));
    while let Some(name) = open.pop() {
        if used.insert(name) {
            payloads.get(name).into_iter().for_each(|lines| included(lines, &mut open));
        }
    }
    used
}

fn included<'r>(lines: &'r [Member], into: &mut Vec<&'r str>) {
    for line in lines {
        if let Member::Include(names) = line {
            into.extend(names.iter().map(|name| name.text.as_str()));
        }
    }
}

/// Names that a payload may have been meant to have: those of others, and those that endpoints look for.
fn meant(of: &Resolved<'_>) -> Vec<String> {
    let looked_for =
        of.raw.endpoints.iter().flat_map(|(name, one)| [request_name(name, one), response_name(name, one)]);
    of.raw.payloads.names().map(str::to_owned).chain(looked_for).collect()
}

/// Of two members that show one value, an answer has the first.
fn check_doubled(of: &Resolved<'_>, one: &Enum<'_>, report: &mut Report) {
    for (at, member) in one.members.iter().enumerate().filter(|(_, member)| of.sources.is_own(member.name.place)) {
        let Some(value) = &member.shows else { continue };
        let shows = |other: &crate::raw::EnumMember| other.shows.as_ref().is_some_and(|shown| shown.text == value.text);
        let Some(first) = one.members.iter().take(at).find(|other| shows(other)) else { continue };
        let text = format!(
            "`{}` is never sent: `{}` of `{}` shows `{}` already",
            member.name.text, first.name.text, one.name.text, value.text
        );
        let diagnostic =
            Diagnostic::new("doubled-value", member.name.place, text).also(first.name.place, "this one is sent");
        report.push(diagnostic.help(format!("to rename it, take the other one out: `{}: null`", first.name.text)));
    }
}
