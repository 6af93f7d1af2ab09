//! Whom a change of an endpoint breaks.

use super::judge::{Breaks, How, how, one};
use super::{Both, Party};
use crate::compare::Change;
use crate::model::{Adapter, ErrorRow};

/// Whom it breaks.
pub(super) fn breaks(both: &Both<'_>, name: &str, rest: &[&str], change: &Change) -> Breaks {
    match (rest, how(change)) {
        ([], How::Removed) => vec![
            (Party::Callers, "the endpoint is gone".to_owned()),
            (Party::Bank, "a method of the bank's own belongs to no trait".to_owned()),
        ],
        (["route"], How::Changed) => one(Party::Callers, "it has another route"),
        (["when"], _) => one(Party::Callers, "other requests of its route are for it"),
        (["success"], How::Changed) => one(Party::Callers, "a success has another status"),
        (["request" | "response"], How::Removed) => one(Party::Callers, "a body is gone"),
        (["request" | "response"], How::Changed) => one(Party::Bank, "a method of the bank's own has another type"),
        (["envelope"], _) => one(Party::Callers, "failures look otherwise"),
        (["callers"], _) => one(Party::Callers, "callers show who they are in another way"),
        (["does"], How::Changed) => one(Party::Callers, "it does something else"),
        (["answers", _], How::Changed) => one(Party::Callers, "the answer is filled from something else"),
        ([gets, _], How::Removed) if gets.ends_with(" gets") => one(Party::Bank, "a check or a hook is given less"),
        (["refusals shown", fault], _) => shown(both, name, fault),
        (["errors", row], _) => errors(both, name, row),
        _ => Vec::new(),
    }
}

/// The row of an endpoint that answers a fault.
fn answering<'a>(of: &'a Adapter, endpoint: &str, fault: &str) -> Option<&'a ErrorRow> {
    let endpoint = of.endpoints.iter().find(|one| one.name == endpoint)?;
    let answer = endpoint.plan.answers.iter().find(|answer| answer.faults.iter().any(|own| own == fault))?;
    Some(&of.rows[answer.row])
}

fn is_shown(of: &Adapter, endpoint: &str, fault: &str) -> bool {
    let found = of.endpoints.iter().find(|one| one.name == endpoint);
    found.is_some_and(|endpoint| endpoint.plan.shown.iter().any(|(own, _)| own == fault))
}

/// A fault that was an error and is shown, or the other way round; one that is new breaks nobody.
fn shown(both: &Both<'_>, endpoint: &str, fault: &str) -> Breaks {
    let (was, is) = (is_shown(both.old, endpoint, fault), is_shown(both.new, endpoint, fault));
    let moved = was && !is || is && answering(both.old, endpoint, fault).is_some();
    if moved { one(Party::Callers, &format!("`{fault}` is answered in another way")) } else { Vec::new() }
}

/// Faults that another answer has than before. Faults that are new break nobody, and neither do those that are gone.
fn errors(both: &Both<'_>, endpoint: &str, row: &str) -> Breaks {
    let Some(found) = both.new.endpoints.iter().find(|one| one.name == endpoint) else { return Vec::new() };
    let faults = found
        .plan
        .answers
        .iter()
        .filter(|answer| both.new.rows[answer.row].name == row)
        .flat_map(|answer| &answer.faults);
    let moved = faults.filter(|fault| {
        let (was, is) = (answering(both.old, endpoint, fault), answering(both.new, endpoint, fault));
        match (was, is) {
            (Some(was), Some(is)) => was.name != is.name && (was.status, &was.code) != (is.status, &is.code),
            (None, Some(_)) => is_shown(both.old, endpoint, fault),
            _ => false,
        }
    });
    let moved: Vec<String> = moved.map(|fault| format!("`{fault}`")).collect();
    if moved.is_empty() {
        Vec::new()
    } else {
        one(Party::Callers, &format!("{} is answered by another error", moved.join(", ")))
    }
}
