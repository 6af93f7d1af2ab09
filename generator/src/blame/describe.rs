//! A cause and what it causes as one mistake.

use super::attempts::{Attempt, Kind};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// What says less of a cause than others do.
const WEAK: [&str; 3] = ["lost-binding", "unshown-id", "wrong-example"];

/// What a line causes: the mistake that lies in it, or the one of the base that names it, with the number of the rest.
/// `with`: other lines without which it would be right, too.
pub(super) fn at(sources: &Sources, attempt: &Attempt, with: &[&Attempt], caused: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let (own, others): (Vec<Diagnostic>, Vec<Diagnostic>) = caused.into_iter().partition(|one| attempt.holds(one));
    let more: usize = others.iter().map(|one| 1 + one.more).sum();
    let mut own = own.into_iter();
    if let Some(first) = own.next() {
        return std::iter::once(Diagnostic { more: first.more + more, ..first }).chain(own).collect();
    }
    let name = attempt.path.last().map(String::as_str).unwrap_or_default();
    let names_it = |one: &Diagnostic| one.message.contains(&format!("`{name}`"));
    let shown = others.iter().min_by_key(|one| (WEAK.contains(&one.id), !names_it(one)));
    let Some(shown) = shown.cloned() else { return others };
    let mut diagnostic = moved(sources, attempt, shown, more.saturating_sub(1));
    let others = with.iter().map(|other| other.key).chain(attempt.other);
    diagnostic.related.extend(others.map(|place| (place, "together with this line".to_owned())));
    vec![diagnostic]
}

/// A mistake of the base, reported at the line that causes it.
fn moved(sources: &Sources, attempt: &Attempt, shown: Diagnostic, more: usize) -> Diagnostic {
    let label = match attempt.kind {
        Kind::Removes => "this takes away what it needs",
        Kind::Changes => "this change causes it",
        Kind::Adds => "this line causes it",
    };
    let name = attempt.path.last().map(String::as_str).unwrap_or_default();
    if attempt.kind == Kind::Removes && is_about(&shown, name) {
        return taken_away(attempt, name, &shown, more);
    }
    let mut diagnostic = Diagnostic::new(shown.id, attempt.key, shown.message.clone()).label(label);
    let there = shown.label.clone().unwrap_or_else(|| "here".to_owned());
    diagnostic.related.extend(shown.place.map(|place| (place, there)));
    diagnostic.related.extend(shown.related.iter().filter(|(place, _)| !sources.is_own(*place)).cloned());
    diagnostic.help = match (attempt.kind, shown.help) {
        (Kind::Removes, Some(help)) if !help.starts_with("did you") => Some(format!("take this line out, or {help}")),
        (Kind::Removes, _) => Some("take this line out, or change what needs it, too".to_owned()),
        (Kind::Changes | Kind::Adds, help) => help,
    };
    diagnostic.more = more;
    diagnostic
}

/// True for what says that nothing has this name.
fn is_about(one: &Diagnostic, name: &str) -> bool {
    one.id.starts_with("unknown-") && one.message.split('`').nth(1) == Some(name)
}

/// A name that a line takes away, and that is said elsewhere.
fn taken_away(attempt: &Attempt, name: &str, shown: &Diagnostic, more: usize) -> Diagnostic {
    let times = match more {
        0 => "once more".to_owned(),
        _ => format!("{} times", more + 1),
    };
    let text = format!("`{name}` is taken away here, and named {times} in what stays");
    let mut diagnostic =
        Diagnostic::new(shown.id, attempt.key, text).help("take this line out, or take the name out there, too");
    diagnostic.related.extend(shown.place.map(|place| (place, "it is named here".to_owned())));
    diagnostic.more = more;
    diagnostic
}

/// A name that is mended by writing it like one of the base; what points at nothing else stays as it is.
pub(super) fn misspelt(attempt: &Attempt, mended: Vec<Diagnostic>) -> Diagnostic {
    let meant = attempt.resembles.as_deref().unwrap_or_default();
    let (own, others): (Vec<Diagnostic>, Vec<Diagnostic>) = mended.into_iter().partition(|one| one.id == "misspelt");
    let more: usize = others.iter().map(|one| 1 + one.more).sum();
    if let (Some(only), true) = (own.into_iter().next(), others.is_empty()) {
        return only;
    }
    // What is reported at the name itself, with the name that was meant, says it already.
    let says_it = |one: &&Diagnostic| {
        let help = one.help.as_deref().unwrap_or_default();
        let offers = help.starts_with("did you mean") || others.len() == 1;
        attempt.holds(one) && offers && help.contains(&format!("`{meant}`"))
    };
    if let Some(same) = others.iter().find(says_it) {
        return Diagnostic { more: more.saturating_sub(1), ..same.clone() };
    }
    let mut path = attempt.path.iter().rev().map(String::as_str);
    let (name, around) = (path.next().unwrap_or(meant), path.next().unwrap_or_default());
    let text = format!("`{name}` is new in `{around}`, and almost `{meant}`, which is there");
    let mut diagnostic = Diagnostic::new("misspelt", attempt.key, text).help(format!("did you mean `{meant}`?"));
    if let Some(first) = others.first() {
        diagnostic.label = Some(first.message.clone());
        diagnostic.more = more.saturating_sub(1);
    }
    diagnostic
}
