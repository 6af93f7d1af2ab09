//! Message keys of the definition's own that are almost like another one. Keys may be any, so this is no more than a
//! hint: whoever looks them up finds nothing under one with a slip in it.

use std::collections::BTreeSet;

use crate::raw::{RowSays, Says, Text};
use crate::report::Report;
use crate::resolve::Resolved;

/// A part as short as this has neighbours by chance: `min`, `max`.
const SHORTEST: usize = 5;

/// `before`: what the extended definition says.
pub(super) fn check(of: &Resolved<'_>, before: &BTreeSet<&str>, report: &mut Report) {
    let keys = keys(of);
    let mut known: BTreeSet<&str> = of.raw.messages.iter().flat_map(|(_, texts)| texts.names()).collect();
    known.extend(before.iter().copied().filter(|key| key.contains('.')));
    for (at, key) in keys.iter().enumerate() {
        if !of.sources.is_own(key.place) || known.contains(key.text.as_str()) {
            continue;
        }
        // Of two that are new and alike, the one that is there more often is right, else the first.
        let times = |stem: &str| keys.iter().filter(|other| has_stem(&other.text, stem)).count();
        let found = known.iter().find_map(|other| almost(&key.text, other)).or_else(|| {
            keys.iter().enumerate().find_map(|(before, other)| {
                let (meant, own) = (almost(&key.text, &other.text)?, almost(&other.text, &key.text)?);
                let (meant_times, own_times) = (times(&meant), times(&own));
                (meant_times > own_times || meant_times == own_times && before < at).then_some(meant)
            })
        });
        let Some(meant) = found else { continue };
        let own = key.text.split('.').take(meant.split('.').count()).collect::<Vec<_>>().join(".");
        let text = format!("the message key `{}` is new, and almost `{meant}`", key.text);
        report.push_new(
            "similar-key",
            key.place,
            text,
            format!("did you mean `{}`?", key.text.replacen(&own, &meant, 1)),
        );
    }
}

/// Every key that a field, a row or a fault says.
fn keys<'r>(of: &'r Resolved<'_>) -> Vec<&'r Text> {
    let fields = of.raw.payloads.iter().flat_map(|(_, lines)| lines).filter_map(|line| line.field());
    let mut all: Vec<&Text> = Vec::new();
    for field in fields {
        match &field.says {
            Says::Nothing => {}
            Says::All(key) => all.push(key),
            Says::Each(keys) => all.extend(keys.iter().map(|(_, key)| key)),
        }
    }
    all.extend(of.raw.says.iter().map(|(_, key)| key));
    let rows = of.raw.errors.iter().filter_map(|(_, row)| row.says.as_ref());
    all.extend(rows.filter_map(|says| if let RowSays::One(key) = says { Some(key) } else { None }));
    all.retain(|key| !key.text.contains([' ', '{']));
    all
}

/// The beginning of another key, up to a part that differs by one slip from the same part of this one.
fn almost(key: &str, other: &str) -> Option<String> {
    let (mut parts, mut others) = (key.split('.'), other.split('.'));
    let mut before: Vec<&str> = Vec::new();
    loop {
        let (part, other) = (parts.next()?, others.next()?);
        before.push(other);
        if part == other {
            continue;
        }
        let long = part.len().min(other.len()) >= SHORTEST;
        let plain = |text: &str| !text.chars().any(|letter| letter.is_ascii_digit());
        let typo = long && plain(part) && plain(other) && strsim::damerau_levenshtein(part, other) == 1;
        return typo.then(|| before.join("."));
    }
}

fn has_stem(key: &str, stem: &str) -> bool {
    key.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_in_one_part_is_almost_the_same() {
        assert_eq!(almost("login.brnachCode.invalid", "login.branchCode.empty"), Some("login.branchCode".to_owned()));
        assert_eq!(almost("sms.expierd", "sms.expired"), Some("sms.expired".to_owned()));
        for (one, other) in [("a.min", "a.max"), ("login.name", "login.username"), ("line1.long", "line2.long")] {
            assert_eq!(almost(one, other), None, "{one} {other}");
        }
    }
}
