//! Texts that a failure or a response shows: those of rows and their columns, those of refusals, and those of broken rules.

use std::collections::HashSet;

use countersign_engine::texts::{Form, Template};

use super::proof::{Given, Sort, fillings};
use super::{LONGEST, Written, exists, report_unfillable, written};
use crate::derive::Derived;
use crate::diagnostic::Diagnostic;
use crate::naming::near;
use crate::plan::Lack;
use crate::raw::{RowSays, Text};
use crate::report::Report;
use crate::resolve::{Resolved, failure_meanings, templates};

/// What every text of an error has.
const OF_ERRORS: [(&str, Sort); 7] = [
    ("build.time", Sort::Text(LONGEST)),
    ("build.version", Sort::Text(LONGEST)),
    ("error.code", Sort::Text(LONGEST)),
    ("error.status", Sort::Integer),
    ("request.id", Sort::Text(LONGEST)),
    ("request.language", Sort::Text(LONGEST)),
    ("request.time", Sort::Text(LONGEST)),
];

/// What only some faults carry.
const CARRIED: [(&str, Sort); 3] =
    [("otp.attempts", Sort::Integer), ("otp.attempts_left", Sort::Integer), ("otp.id", Sort::Text(LONGEST))];

pub(super) fn check_shown_texts(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let shown = failure_meanings(of);
    let shows = |name: &str| shown.iter().any(|(meaning, _)| of.meaning(*meaning).name == name);
    let (text, by_field) = (shows("error.text"), shows("violations.by_field") || shows("violation.message"));
    let refusals = texts_of_refusals(of, derived, report);
    let mut keys: Vec<&Text> = refusals.iter().map(|(_, key)| *key).collect();
    if text {
        let rows = keys_of_rows(of);
        rows.iter().for_each(|key| exists(of, key, report));
        keys.extend(rows);
        // Where a fault says what it is called, that is the text.
        keys.extend(of.raw.says.iter().map(|(_, key)| key));
    }
    let mut done = HashSet::new();
    for key in keys.into_iter().filter(|key| done.insert(key.text.as_str())) {
        let carries = text && !refusals.iter().any(|(_, refusal)| refusal.text == key.text);
        let given = given(text.then_some("error.key"), carries);
        written(of, key).for_each(|written| check_one(of, &written, "an error", &given, report));
    }
    if by_field {
        check_texts_of_rules(of, &done, report);
    }
    check_columns(of, report);
}

/// What a text has: what every error has, one more, and what faults carry.
fn given(more: Option<&str>, carries: bool) -> Vec<Given> {
    let one = |(meaning, sort): (&str, Sort), lack| Given { meaning: meaning.to_owned(), sort, lack };
    let carried = CARRIED.into_iter().filter(|_| carries).map(|each| one(each, Some(Lack::Refused)));
    let always = OF_ERRORS.into_iter().chain(more.map(|name| (name, Sort::Text(LONGEST))));
    always.map(|each| one(each, None)).chain(carried).collect()
}

/// The keys of the texts that errors have, where no fault says otherwise.
fn keys_of_rows<'r>(of: &'r Resolved<'_>) -> Vec<&'r Text> {
    let key = |(code, row): &'r (Text, crate::raw::Row)| match &row.says {
        None => Some(code),
        Some(RowSays::One(text)) if text.text.contains("{{") => None,
        Some(RowSays::One(key)) => Some(key),
        Some(RowSays::FirstOf(_)) => None,
    };
    of.raw.errors.iter().filter_map(key).collect()
}

/// The texts by which responses report refusals: the name of the fault, and the key. They have what is available
/// everywhere.
fn texts_of_refusals<'r>(of: &'r Resolved<'_>, derived: &[Derived], report: &mut Report) -> Vec<(&'r Text, &'r Text)> {
    let definition = of.raw;
    let mut all: Vec<(&Text, &Text)> = Vec::new();
    for step in derived.iter().flat_map(|one| &one.plan.steps) {
        let behaviour = &of.behaviours[step.behaviour].spec;
        let shows = behaviour.gives.iter().any(|meaning| meaning.ends_with(".error_text"));
        for fault in behaviour.refuses.iter().filter(|_| shows) {
            let Some((name, key)) = definition.says.entry(fault) else {
                let name = &of.behaviours[step.behaviour].name;
                let text = format!("`{name}` shows the user why, and nothing says what `{fault}` is called");
                let help = format!("add `{fault}: <message key>` under `says:`");
                report.push_new("missing-text", definition.place, text, help);
                continue;
            };
            if !all.iter().any(|(before, _)| before.text == name.text) {
                all.push((name, key));
                exists(of, key, report);
            }
        }
    }
    all
}

/// A text of broken rules may say what is allowed.
fn check_texts_of_rules(of: &Resolved<'_>, done: &HashSet<&str>, report: &mut Report) {
    let allowed = given(Some("allowed"), true);
    for (language, texts) in of.raw.messages.iter() {
        for (key, text) in texts.iter().filter(|(key, _)| !done.contains(key.text.as_str())) {
            let shows = of.texts.get(&language.text, &key.text);
            if shows.is_some_and(|text| text.shows().iter().any(|name| name == "allowed")) {
                check_one(of, &Written { key, language, text }, "a broken rule", &allowed, report);
            }
        }
    }
}

fn check_one(of: &Resolved<'_>, written: &Written<'_>, whose: &str, given: &[Given], report: &mut Report) {
    let Some(template) = of.texts.get(&written.language.text, &written.key.text) else { return };
    if let Some(unknown) = unknown(&template, given) {
        let (key, language) = (&written.key.text, &written.language.text);
        let message = format!("`{key}` ({language}) shows `{unknown}`, which {whose} does not have");
        report_unknown_value(written.text, message, unknown, given, report);
    } else if let Err(wrong) = fillings(&template, given) {
        report_unfillable(written, given, wrong, report);
    }
}

/// Texts that stand in the table itself: messages and columns.
fn check_columns(of: &Resolved<'_>, report: &mut Report) {
    let rows = of.raw.errors.iter().map(|(_, row)| row).chain(&of.raw.every_error);
    for row in rows {
        if let Some(RowSays::One(text)) = &row.says {
            check_text_of_row(of, "the message", text, &given(None, true), report);
        }
        for (column, text) in row.columns.iter() {
            let what = format!("the column `{}`", column.text);
            check_text_of_row(of, &what, text, &given(Some("error.key"), true), report);
        }
    }
}

fn check_text_of_row(of: &Resolved<'_>, what: &str, text: &Text, given: &[Given], report: &mut Report) {
    let template = match of.texts.engine().read(Form::Plain, &text.text) {
        Ok(template) => template,
        Err(mistake) => {
            report.push(templates::wrong(what, text, &mistake));
            return;
        }
    };
    if let Some(unknown) = unknown(&template, given) {
        report_unknown_value(
            text,
            format!("{what} shows `{unknown}`, which an error does not have"),
            unknown,
            given,
            report,
        );
    } else if let Err(wrong) = fillings(&template, given) {
        let (key, language) = (Text { text: what.to_owned(), ..text.clone() }, of.default_language());
        let language = Text { text: language.to_owned(), ..text.clone() };
        report_unfillable(&Written { key: &key, language: &language, text }, given, wrong, report);
    }
}

fn unknown<'t>(template: &'t Template<'_>, given: &[Given]) -> Option<&'t str> {
    let mut shows = template.shows().iter();
    shows.find(|name| !given.iter().any(|one| one.meaning == **name)).map(String::as_str)
}

fn report_unknown_value(text: &Text, message: String, unknown: &str, given: &[Given], report: &mut Report) {
    let names = || given.iter().map(|one| one.meaning.as_str());
    let help = near(unknown, names()).map(|near| format!("did you mean `{near}`?"));
    let has = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    report.push(Diagnostic::new("unknown-value", text.place, message).help(format!("it has {has}")).help_if(help));
}
