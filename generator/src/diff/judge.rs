//! Whom a change breaks, by where it stands. What is not listed breaks nobody.

use super::{Both, Party, endpoints, fields};
use crate::compare::Change;

/// What a change breaks.
pub type Breaks = Vec<(Party, String)>;

/// How something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Added,
    Removed,
    Changed,
}

/// How it changed.
pub fn how(change: &Change) -> How {
    match (&change.old, &change.new) {
        (None, _) => How::Added,
        (_, None) => How::Removed,
        _ => How::Changed,
    }
}

/// One party, one reason.
pub fn one(party: Party, why: &str) -> Breaks {
    vec![(party, why.to_owned())]
}

/// Whom a change breaks.
pub(super) fn breaks(both: &Both<'_>, change: &Change) -> Breaks {
    let path: Vec<&str> = change.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["adapter"] => one(Party::State, "the store and the audit are called by the name"),
        ["base"] if change.old.is_some() => one(Party::Callers, "paths below the old base are gone"),
        ["callers"] => callers(change),
        ["wire", rest @ ..] => wire(rest, change),
        ["envelope", "failure_type"] => one(Party::Callers, "failures have another media type"),
        ["envelope", part, rest @ ..] => fields::of_envelope(both, part, rest, change),
        ["envelopes", ..] => one(Party::Callers, "failures look otherwise"),
        ["validation", ..] => one(Party::Callers, "broken rules are reported otherwise"),
        ["settings", ..] => settings(change),
        ["otps", _, rest @ ..] => otps(rest, change),
        ["sessions", _, rest @ ..] => sessions(rest, change),
        ["tables", _, rest @ ..] => tables(rest, change),
        ["operations", _, rest @ ..] => operations(rest, change),
        ["meanings", ..] if how(change) != How::Added => one(Party::Bank, "hooks get or give it by this name and type"),
        ["behaviours", _, rest @ ..] => hooks(rest, change),
        ["endpoints", name, rest @ ..] => endpoints::breaks(both, name, rest, change),
        ["payloads", name, rest @ ..] => fields::of_payload(both, name, rest, change),
        ["unions", name, rest @ ..] => fields::of_union(both, name, rest, change),
        ["enums", name, rest @ ..] => fields::of_enum(both, name, rest, change),
        ["says", ..] => one(Party::Callers, "the fault is answered with another message key"),
        ["errors", _, _, ..] => one(Party::Callers, "the error is answered otherwise"),
        ["outside every endpoint", ..] if how(change) != How::Added => {
            one(Party::Callers, "what no endpoint takes is answered otherwise")
        }
        _ => Vec::new(),
    }
}

fn callers(change: &Change) -> Breaks {
    let opens = change.new.as_ref().is_some_and(|new| new.value.starts_with("none"));
    if opens { Vec::new() } else { one(Party::Callers, "callers show who they are in another way") }
}

fn wire(rest: &[&str], change: &Change) -> Breaks {
    let is = |value: &str| change.new.as_ref().is_some_and(|new| new.value == value);
    let why = match rest {
        ["unknown_fields"] if is("reject") => "members that were passed over are refused",
        ["field_names" | "enum_names"] if is("exact") => "names in another case are not read",
        ["nulls"] => "what an answer does not have is sent otherwise",
        ["text_accepts" | "decimal_accepts", _] if how(change) == How::Removed => "a form that was read is refused",
        ["length"] => "lengths are counted otherwise",
        ["times"] => "times are written otherwise",
        ["phones"] => "phones are written otherwise",
        ["empty_body"] if is("refused") => "an empty body is refused",
        ["body_limit"] if is_less(change) => "bodies that were taken are too large",
        _ => return Vec::new(),
    };
    one(Party::Callers, why)
}

/// True if a number became smaller, or came where there was none.
pub fn is_less(change: &Change) -> bool {
    let number =
        |fact: &Option<crate::compare::FactValue>| fact.as_ref().and_then(|fact| fact.value.parse::<f64>().ok());
    match (number(&change.old), number(&change.new)) {
        (Some(old), Some(new)) => new < old,
        (None, Some(_)) => true,
        _ => false,
    }
}

fn settings(change: &Change) -> Breaks {
    let sort = |value: &str| (value.starts_with('"'), value == "true" || value == "false");
    match (&change.old, &change.new) {
        (Some(_), None) => one(Party::Bank, "a settings file that sets it is refused"),
        (Some(old), Some(new)) if sort(&old.value) != sort(&new.value) => {
            one(Party::Bank, "a settings file that sets it has the wrong type")
        }
        _ => Vec::new(),
    }
}

fn otps(rest: &[&str], change: &Change) -> Breaks {
    match (rest, how(change)) {
        ([], How::Removed) => one(Party::State, "codes of this kind that are under way are not known"),
        (["alphabet" | "digits"], How::Changed) => {
            vec![
                (Party::Callers, "codes look otherwise".to_owned()),
                (Party::State, "codes that are under way were made otherwise".to_owned()),
            ]
        }
        (["id"], How::Changed) => {
            vec![
                (Party::Callers, "codes are found by something else".to_owned()),
                (Party::State, "codes that are under way are not found".to_owned()),
            ]
        }
        (["binds", _], _) => one(Party::State, "codes that are under way are bound to something else, and fail"),
        (["keeps", _], How::Added) => one(Party::State, "codes that are under way do not have it"),
        (["one_per", _], _) => one(Party::State, "a new code does not void one that is under way"),
        _ => Vec::new(),
    }
}

fn sessions(rest: &[&str], change: &Change) -> Breaks {
    match (rest, how(change)) {
        ([], How::Removed) | (["binds", _], _) => one(Party::State, "sessions that are open end"),
        _ => Vec::new(),
    }
}

fn tables(rest: &[&str], change: &Change) -> Breaks {
    match (rest, how(change)) {
        ([], How::Added) => one(Party::Bank, "the settings must have its rows, unless it is optional"),
        ([], How::Removed) => one(Party::Bank, "settings that have its rows are refused"),
        (["key"] | ["gives", _], _) => one(Party::Bank, "the rows of the settings have other columns"),
        (["optional"], _) if change.new.as_ref().is_some_and(|new| new.value == "false") => {
            one(Party::Bank, "the settings must have its rows")
        }
        _ => Vec::new(),
    }
}

fn operations(rest: &[&str], change: &Change) -> Breaks {
    match (rest, how(change)) {
        ([], How::Removed) => one(Party::Callers, "the operation is unknown"),
        (["needs", _], How::Added) => one(Party::Callers, "a request without it is refused"),
        (["unknown_user"], How::Changed) => one(Party::Callers, "unknown users are answered otherwise"),
        (["consent"], How::Removed) => one(Party::Callers, "there is no consent form"),
        (["consent", "options", _], How::Added | How::Removed) => {
            one(Party::State, "a consent that was shown is not the one that is saved")
        }
        _ => Vec::new(),
    }
}

fn hooks(rest: &[&str], change: &Change) -> Breaks {
    let why = match (rest, how(change)) {
        ([], How::Added) => "the bank must write the hook",
        ([], How::Removed) => "the bank's hook belongs to no trait",
        (["takes", _], How::Removed | How::Changed) => "the hook is given something else",
        (["gives", _], _) => "the hook gives something else",
        (["fails", _], How::Removed) => "the hook may not fail so",
        _ => return Vec::new(),
    };
    one(Party::Bank, why)
}
