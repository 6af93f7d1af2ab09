//! Tables whose rows are settings: what a key and a column may be.

use crate::language::primitive::Primitive;
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Home, Named, Resolved};
use crate::vocabulary::{Natural, Vocabulary, fault_of_table};

pub(super) fn check_tables(of: &Resolved<'_>, report: &mut Report) {
    for table in &of.declarations.tables {
        let name = table.name;
        if table.key.is_empty() {
            let text = format!("the table `{}` does not say its `key`", name.text);
            report.push_new("missing-key", table.raw.place, text, "add `key: [<meaning>]`: what a row is found by");
        }
        let of_key = |give: &&Text| table.key.iter().any(|key| key.text.text == give.text);
        for twice in table.gives.iter().map(|give| give.text).filter(of_key) {
            let text = format!("the table `{}` has `{}` in its key, and gives it", name.text, twice.text);
            report.push_new("wrong-value", twice.place, text, "leave it out of `gives`");
        }
        for key in &table.key {
            let fits = |natural: &Natural| matches!(natural, Natural::Primitive(one) if one.is_text());
            check_column(of, key, fits, ("the key", "a key is made of texts"), report);
        }
        for give in &table.gives {
            let help = "a column holds a text, a number, true or false, a date, a time, a phone, or a list of these";
            check_column(of, give, |natural| holds(natural, &of.words), ("a column", help), report);
        }
        check_fault(of, name, report);
    }
}

fn check_column(
    of: &Resolved<'_>,
    named: &Named<'_>,
    fits: impl Fn(&Natural) -> bool,
    (what, help): (&str, &str),
    report: &mut Report,
) {
    let natural = named.id.ok().map(|id| of.meaning(id)).filter(|one| one.home != Home::Setting);
    if natural.is_some_and(|meaning| !fits(&meaning.natural)) {
        let text = format!("`{}` cannot be {what} of a table", named.text.text);
        report.push_new("column-type", named.text.place, text, help);
    }
}

/// The fault of a table is its own.
fn check_fault(of: &Resolved<'_>, name: &Text, report: &mut Report) {
    let fault = fault_of_table(&name.text);
    let mut behaviours = of.behaviours.iter().map(|one| &one.spec);
    if behaviours.any(|one| one.refuses.contains(&fault) || one.fails.contains(&fault)) {
        let text = format!("the table `{}` would fail with `{fault}`, which means something else", name.text);
        report.push_new("name-clash", name.place, text, "give the table another name");
    }
}

/// True for what a column holds: a plain value, or a list of plain values or of entities that rows may list.
fn holds(natural: &Natural, words: &Vocabulary) -> bool {
    match natural {
        Natural::Primitive(one) => one.row().in_tables,
        Natural::List(inner) => match Primitive::parse(inner) {
            Some(one) => one.row().in_tables,
            None => words.entity(inner).is_some_and(|entity| entity.in_tables),
        },
        Natural::Key | Natural::OneOf(_) | Natural::Entity(_) => false,
    }
}
