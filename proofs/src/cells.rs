//! What definitions are written of: every behaviour alone and in pairs, every type in every position, every rule, form of
//! envelope, kind of text and form of error. The list is made from the vocabulary and the tables of the language, so what
//! is added there is written here.

mod behaviours;
mod errors;
mod nested;
mod rules;
mod shapes;
mod types;

use countersign::vocabulary::Vocabulary;

use crate::tape::Tape;
use crate::writer::Writer;

/// One thing to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A behaviour, whose refusals are raised or shown.
    Alone(String, bool),
    /// One behaviour after another.
    Pair(String, String),
    /// A value of a type at a place.
    Typed(&'static str, &'static str),
    /// A rule on a type, and its argument.
    Ruled(&'static str, &'static str, &'static str),
    /// A shipped meaning, asked for and sent back.
    Echoed(String),
    /// A form of something: what, and which.
    Shaped(&'static str, &'static str),
}

/// All of them.
pub fn all(words: &Vocabulary) -> Vec<Cell> {
    let names: Vec<String> = words.behaviours.names().map(str::to_owned).collect();
    let mut cells = Vec::new();
    cells.extend(names.iter().flat_map(|name| [false, true].map(|shows| Cell::Alone(name.clone(), shows))));
    cells.extend(types::all());
    cells.extend(rules::all());
    cells.extend(shapes::all());
    cells.extend(words.meanings.names().map(|meaning| Cell::Echoed(meaning.to_owned())));
    cells.extend(names.iter().flat_map(|first| names.iter().map(|second| Cell::Pair(first.clone(), second.clone()))));
    cells
}

impl Cell {
    /// True for what the language refuses on purpose.
    pub fn is_odd(&self) -> bool {
        match self {
            Cell::Typed(ty, position) => types::is_odd(ty, position),
            Cell::Ruled(rule, ty, argument) => !rules::fits(rule, ty, argument),
            Cell::Shaped(what, form) => shapes::is_odd(what, form),
            Cell::Alone(..) | Cell::Pair(..) | Cell::Echoed(_) => false,
        }
    }
}

/// Writes one cell into a definition.
pub fn write(writer: &mut Writer<'_>, cell: &Cell) {
    let before = writer.draft.features.clone();
    match cell {
        Cell::Alone(name, shows) => behaviours::alone(writer, name, *shows),
        Cell::Pair(first, second) => behaviours::pair(writer, first, second),
        Cell::Typed(ty, position) => types::write(writer, ty, position),
        Cell::Ruled(rule, ty, argument) => rules::write(writer, rule, ty, argument),
        Cell::Echoed(meaning) => shapes::echo(writer, meaning),
        Cell::Shaped(what, form) => shapes::write(writer, what, form),
    }
    // What is refused on purpose says nothing of the behaviours that stand around it.
    if cell.is_odd() {
        writer.draft.features.retain(|feature| feature.starts_with("odd ") || before.contains(feature));
    }
}

/// The definition of a seed: below the number of cells that cell, beyond it a mixture that grows with the seed.
pub fn of_seed(words: &Vocabulary, cells: &[Cell], seed: u64) -> (crate::draft::Draft, Tape) {
    of_tape(words, cells, seed, Tape::of(seed))
}

/// The same with the choices of a tape.
pub fn of_tape(words: &Vocabulary, cells: &[Cell], seed: u64, tape: Tape) -> (crate::draft::Draft, Tape) {
    let mut writer = Writer::new(words, tape);
    match usize::try_from(seed).ok().and_then(|seed| cells.get(seed)) {
        Some(cell) => write(&mut writer, cell),
        None => mixture(&mut writer, cells),
    }
    writer.finish()
}

/// One to four cells beside each other, or a long row of behaviours.
fn mixture(writer: &mut Writer<'_>, cells: &[Cell]) {
    let parts = 1 + writer.tape.below(4);
    for part in 0..parts {
        writer.part = part;
        if writer.tape.one_in(4) {
            behaviours::row(writer);
            continue;
        }
        let odd = writer.tape.one_in(8);
        let mut cell = writer.tape.pick(cells);
        for _ in 0..8 {
            if odd || cell.is_none_or(|cell| !cell.is_odd()) {
                break;
            }
            cell = writer.tape.pick(cells);
        }
        let Some(cell) = cell.cloned() else { return };
        write(writer, &cell);
    }
}
