//! Wrong indentation: a line that stands deeper than the one above it, which has a value already: where lines above it
//! were moved out of the map that they belong to, those are reported, else the line itself.

use super::syntax_errors::{indent, key_of, lines};
use crate::diagnostic::Diagnostic;
use crate::source::Place;

/// A line with a key.
struct Line<'t> {
    start: usize,
    column: usize,
    key: &'t str,
    has_value: bool,
}

/// The diagnostic of the line at a place; none if it does not stand deeper than a key with a value.
pub(super) fn diagnose(text: &str, place: Place) -> Option<Diagnostic> {
    let mut above = lines_up_to(text, place.start);
    let here = above.next()??;
    let beside = above.next()??;
    if !beside.has_value || beside.column >= here.column {
        return None;
    }
    let column = beside.column;
    let mut moved = vec![beside];
    let owner = loop {
        match above.next().flatten().filter(|line| line.column == column) {
            Some(line) if line.has_value => moved.push(line),
            other => break other,
        }
    };
    moved.reverse();
    Some(match owner {
        Some(owner) => below(&owner, &moved, &here, place),
        None => beside_it(&here, moved.last()?, place),
    })
}

fn below(owner: &Line<'_>, moved: &[Line<'_>], here: &Line<'_>, place: Place) -> Diagnostic {
    let first = moved.first().unwrap_or(here);
    let text = format!(
        "`{}` stands beside `{}`, which has nothing behind it, and `{}` stands deeper",
        first.key, owner.key, here.key
    );
    let keys: Vec<String> = moved.iter().map(|line| format!("`{}`", line.key)).collect();
    let help = format!("indent {} like `{}`, below `{}:`", keys.join(" and "), here.key, owner.key);
    let start = first.start + first.column;
    let place = Place { start, end: start + first.key.len(), ..place };
    Diagnostic::new("syntax", place, text).help(help)
}

fn beside_it(here: &Line<'_>, above: &Line<'_>, place: Place) -> Diagnostic {
    let text = "this line stands deeper than the one above it, which has a value already";
    Diagnostic::new("syntax", place, text).help(format!("begin `{}` in the column of `{}`", here.key, above.key))
}

/// Lines that say something, from the one at a byte upwards; none for one without a key.
fn lines_up_to(text: &str, at: usize) -> impl Iterator<Item = Option<Line<'_>>> {
    let all: Vec<(usize, &str)> = lines(text).take_while(|(start, _)| *start <= at).collect();
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    all.into_iter().rev().filter(move |(_, line)| says(line)).map(|(start, line)| {
        let (key, value) = key_of(line.trim_start_matches(' '))?;
        let value = value.trim_start();
        Some(Line { start, column: indent(line), key, has_value: !value.is_empty() && !value.starts_with('#') })
    })
}
