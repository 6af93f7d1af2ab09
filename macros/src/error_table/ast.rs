//! An error table as it is written: variants that hold a fault, each with the faults that it answers, or with those of its row.

use std::collections::BTreeMap;

use syn::{Data, DeriveInput, Fields, Ident, Path, Variant};

use crate::attr::{Dotted, names};
use crate::report::Report;

/// A table.
pub struct Table {
    /// The enum.
    pub name: Ident,
    /// Its variants, in order.
    pub answers: Vec<Answer>,
}

/// A variant.
pub struct Answer {
    /// Its name.
    pub name: Ident,
    /// The faults that it answers; none if they are those of its row.
    pub faults: Option<Vec<Dotted>>,
    /// The payload that is sent in place of the envelope's failure.
    pub shows: Option<Path>,
}

impl Table {
    /// Reads and checks a table.
    pub fn of(input: &DeriveInput) -> syn::Result<Table> {
        let mut report = Report::default();
        let Data::Enum(body) = &input.data else {
            return Err(syn::Error::new_spanned(&input.ident, "`ErrorTable` is derived on an enum"));
        };
        let answers: Vec<Answer> = body.variants.iter().map(|variant| answer(variant, &mut report)).collect();
        check(&input.ident, &answers, &mut report);
        report.finish()?;
        Ok(Table { name: input.ident.clone(), answers })
    }
}

fn answer(variant: &Variant, report: &mut Report) -> Answer {
    let holds_one = matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    if !holds_one {
        report.mistake(variant, format!("a row holds its fault: write `{}(Fault)`", variant.ident));
    }
    let attribute = |name: &str| variant.attrs.iter().find(|attribute| attribute.path().is_ident(name));
    let faults = attribute("answers").map(|_| names(&variant.attrs, "answers", report));
    let shows = attribute("shows").and_then(|shows| report.noted(shows.parse_args::<Path>()));
    Answer { name: variant.ident.clone(), faults, shows }
}

/// What can be seen here; what rows answer is proved where they are known, by the compiler.
fn check(table: &Ident, answers: &[Answer], report: &mut Report) {
    let mut seen = BTreeMap::new();
    let said = answers.iter().flat_map(|answer| answer.faults.iter().flatten().map(move |fault| (answer, fault)));
    for (answer, fault) in said {
        if let Some(other) = seen.insert(fault.name.as_str(), &answer.name) {
            let what = format!("`{}` is answered by `{other}` already", fault.name);
            report.error(syn::Error::new(fault.span, what));
        }
    }
    let is_whole = answers.iter().all(|answer| answer.faults.is_some());
    if is_whole && !seen.contains_key("unexpected") {
        report.mistake(table, "no row answers `unexpected`, where every fault goes that no row names");
    }
}
