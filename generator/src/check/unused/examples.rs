//! What examples say that hooks answer, of hooks that nobody calls.

use std::collections::HashSet;

use super::report_unused;
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::Resolved;

/// The code that is made, and hooks that the runtime calls beside those of behaviours.
const OTHERS: [&str; 3] = ["otp", "keep_password_hash", "wallet_created"];

pub(super) fn check(of: &Resolved<'_>, report: &mut Report) {
    let called = of.behaviours.iter().flat_map(|one| &one.spec.calls).map(String::as_str);
    let own = of.own_behaviours.iter().map(String::as_str);
    let known: HashSet<&str> = called.chain(own).chain(OTHERS).collect();
    let calls = of.raw.examples.iter().flat_map(|(_, examples)| examples.iter()).flat_map(|(_, calls)| calls);
    let given = calls.filter_map(|call| call.given.as_ref()?.as_map()).flat_map(|given| &given.entries);
    for entry in given.filter(|entry| entry.key != "+" && !known.contains(entry.key.as_str())) {
        let name = Text { text: entry.key.clone(), place: entry.key_place };
        let mut all: Vec<&str> = known.iter().copied().collect();
        all.sort_unstable();
        let help = format!("name a hook that is called, or take it out: {}", all.join(", "));
        report_unused(of, ("the answer of a hook", &name), all, &help, report);
    }
}
