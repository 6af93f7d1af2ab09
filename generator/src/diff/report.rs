//! What changed and whom it breaks, for people and for programs.

use serde_json::{Value as Json, json as object};

use super::{Diff, Judged, Party};
use crate::compare::{Change, FactValue, Side, line};
use crate::source::Sources;

/// For people: what breaks, by whom; what is accepted; what breaks nobody; the sums.
pub fn text(diff: &Diff, old: &Side<'_>, new: &Side<'_>) -> String {
    let mut lines = Vec::new();
    let breaking: Vec<&Judged> = diff.changes.iter().filter(|judged| judged.is_breaking()).collect();
    let accepted: Vec<&Judged> = diff.changes.iter().filter(|judged| judged.accepted.is_some()).collect();
    let other: Vec<&Judged> = diff.changes.iter().filter(|judged| judged.breaks.is_empty()).collect();
    for (title, judged) in [("breaking", &breaking), ("accepted", &accepted), ("not breaking", &other)] {
        if !judged.is_empty() {
            lines.push(format!("{title}:"));
            judged.iter().for_each(|judged| one(judged, old, new, &mut lines));
        }
    }
    lines.extend(diff.unused.iter().map(|one| format!("accepted, and no change any more: {}", one.change)));
    if diff.changes.is_empty() {
        lines.push("nothing changed".to_owned());
    }
    let counts = Party::ALL.map(|party| {
        let count = breaking.iter().filter(|judged| judged.breaks.iter().any(|(who, _)| *who == party)).count();
        format!("{count} for {}", party.word())
    });
    lines.push(format!(
        "{} breaking ({}), {} accepted, {} not breaking",
        breaking.len(),
        counts.join(", "),
        accepted.len(),
        other.len()
    ));
    lines.join("\n") + "\n"
}

fn one(judged: &Judged, old: &Side<'_>, new: &Side<'_>, lines: &mut Vec<String>) {
    lines.push(format!("  {}{}", line(&judged.change), places(&judged.change, old, new)));
    lines.extend(judged.breaks.iter().map(|(party, why)| format!("      {}: {why}", party.word())));
    lines.extend(judged.accepted.iter().map(|reason| format!("      accepted: {reason}")));
}

fn places(change: &Change, old: &Side<'_>, new: &Side<'_>) -> String {
    let trace =
        |fact: &Option<FactValue>, sources: &Sources| fact.as_ref()?.place.map(|place| sources.trace_here(place));
    let before = trace(&change.old, old.sources);
    let now = trace(&change.new, new.sources).or_else(|| change.removed_at.map(|place| new.sources.trace_here(place)));
    let both = [now, before.map(|before| format!("before at {before}"))];
    match both.into_iter().flatten().collect::<Vec<_>>().join("; ") {
        places if places.is_empty() => String::new(),
        places => format!(" ({places})"),
    }
}

/// For programs: every change with its values, places and whom it breaks.
pub fn json(diff: &Diff, old: &Side<'_>, new: &Side<'_>) -> String {
    let side = |fact: &Option<FactValue>, sources: &Sources| match fact {
        None => Json::Null,
        Some(fact) => object!({ "value": fact.value, "place": fact.place.map(|place| sources.trace_here(place)) }),
    };
    let changes = diff.changes.iter().map(|judged| {
        let breaks = judged.breaks.iter().map(|(party, why)| object!({ "who": party.word(), "because": why }));
        object!({
            "change": line(&judged.change),
            "path": judged.change.path,
            "old": side(&judged.change.old, old.sources),
            "new": side(&judged.change.new, new.sources),
            "breaks": breaks.collect::<Vec<_>>(),
            "accepted": judged.accepted,
        })
    });
    let changes: Vec<Json> = changes.collect();
    let unused: Vec<&str> = diff.unused.iter().map(|one| one.change.as_str()).collect();
    format!("{:#}\n", object!({ "breaking": diff.breaking(), "changes": changes, "accepted_and_no_change": unused }))
}
