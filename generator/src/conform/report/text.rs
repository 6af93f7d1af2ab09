//! For people: every deviation, what was not run with the reasons, and the sums.

use std::collections::BTreeMap;

use super::super::{Case, Outcome};
use super::{count, endpoints};

/// The report as lines.
pub fn text(cases: &[Case]) -> String {
    let mut lines = Vec::new();
    for endpoint in endpoints(cases) {
        for case in cases.iter().filter(|case| case.endpoint == endpoint) {
            if let Outcome::Deviates(differences) = &case.outcome {
                lines.push(format!("deviates  {endpoint}, {}", case.name));
                lines.extend(differences.iter().map(|difference| format!("          {difference}")));
            }
        }
    }
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for case in cases {
        if let Outcome::NotRun(why) = &case.outcome {
            reasons.entry(why).or_default().push(format!("{}, {}", case.endpoint, case.name));
        }
    }
    for (why, names) in reasons {
        lines.push(format!("not run   {why}"));
        lines.extend(names.into_iter().map(|name| format!("          {name}")));
    }
    let (conform, deviate, not_run) = count(cases);
    lines.push(format!("{conform} cases conform, {deviate} deviate, {not_run} were not run"));
    lines.join("\n") + "\n"
}
