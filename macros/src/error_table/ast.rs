//! An error table as it is written: variants that hold a fault, each with the faults that it answers.

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
    /// The faults that it answers.
    pub faults: Vec<Dotted>,
    /// The payload that is sent in place of the envelope's failure.
    pub shows: Option<Path>,
}

impl Answer {
    /// Whether it answers this fault.
    pub fn names(&self, fault: &str) -> bool {
        self.faults.iter().any(|own| own.name == fault)
    }
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
    if !variant.attrs.iter().any(|attribute| attribute.path().is_ident("answers")) {
        report.mistake(
            &variant.ident,
            "say which faults it answers: `#[answers(user.unknown)]`, or `#[answers()]` for none",
        );
    }
    let own = variant.attrs.iter().find(|attribute| attribute.path().is_ident("shows"));
    let shows = own.and_then(|own| report.noted(own.parse_args::<Path>()));
    Answer { name: variant.ident.clone(), faults: names(&variant.attrs, "answers", report), shows }
}

fn check(table: &Ident, answers: &[Answer], report: &mut Report) {
    let mut seen = BTreeMap::new();
    for (answer, fault) in answers.iter().flat_map(|answer| answer.faults.iter().map(move |fault| (answer, fault))) {
        if let Some(other) = seen.insert(fault.name.as_str(), &answer.name) {
            let what = format!("`{}` is answered by `{other}` already", fault.name);
            report.error(syn::Error::new(fault.span, what));
        }
    }
    if !seen.contains_key("unexpected") {
        report.mistake(table, "no row answers `unexpected`, where every fault goes that no row names");
    }
}
