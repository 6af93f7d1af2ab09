//! Message keys of rules that no answer shows. A broken rule is answered by the row of `input.invalid`, which shows the key of
//! a violation if it lists it, or if failures show `violations.*` or `violation.*`.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::raw::{Field, RowSays, Says, Text};
use crate::report::Report;
use crate::resolve::{Resolved, failure_meanings};

pub(super) fn check(of: &Resolved<'_>, report: &mut Report) {
    let shows_violations = failure_meanings(of).iter().any(|(meaning, _)| {
        let meaning = of.meaning(*meaning);
        meaning.is_of("violations") || meaning.is_of("violation")
    });
    if shows_violations {
        return;
    }
    let listed: HashSet<&str> = of.raw.errors.iter().flat_map(|(_, row)| listed(row.says.as_ref())).collect();
    let fields = of.raw.payloads.iter().flat_map(|(_, lines)| lines).filter_map(|line| line.field());
    for key in fields.flat_map(keys).filter(|key| of.sources.is_own(key.place)) {
        let is_shown = match key.text.strip_suffix('*') {
            Some(stem) => listed.iter().any(|one| one.starts_with(stem)),
            None => listed.contains(key.text.as_str()),
        };
        if !is_shown {
            let text = format!("no answer shows the message key `{}`", key.text);
            let help = format!(
                "list it in the error that answers `input.invalid`: `says: [{}, …]`; or let failures show `violations.codes`",
                key.text
            );
            report.push(Diagnostic::new("unused", key.place, text).help(help));
        }
    }
}

fn listed(says: Option<&RowSays>) -> impl Iterator<Item = &str> {
    let all = if let Some(RowSays::FirstOf(all)) = says { all.as_slice() } else { &[] };
    // A line may ask for several at once.
    all.iter().flat_map(|line| line.text.split_whitespace())
}

/// The keys of a field, but those of rules that raise a fault of their own.
fn keys(field: &Field) -> Vec<&Text> {
    match &field.says {
        Says::Nothing => Vec::new(),
        Says::All(key) => vec![key],
        Says::Each(keys) => keys.iter().filter(|(rule, _)| !field.raises.has(&rule.text)).map(|(_, key)| key).collect(),
    }
}
