//! The error table: every fault that can occur has exactly one answer, and the refusals of one behaviour go one way.

use super::Cx;
use super::derive::Derived;
use super::words::matches;
use crate::diagnostic::Diagnostic;
use crate::model::Answer;
use crate::raw::{Endpoint, Text};
use crate::source::Place;

/// An error that an endpoint declares, and the faults that it answers there.
struct Declared {
    code: String,
    patterns: Vec<String>,
    place: Place,
}

impl<'a> Cx<'a> {
    /// Proves the table of an endpoint and makes it.
    pub fn answer(&mut self, made: &mut Derived, endpoint: &'a Endpoint) {
        let declared = self.declared(endpoint);
        let mut answers: Vec<Answer> =
            declared.iter().map(|row| Answer { row: row.code.clone(), faults: Vec::new() }).collect();
        let mut ways: Vec<(Vec<String>, Vec<String>, Vec<String>)> = Vec::new();
        for (fault, outcomes) in made.faults.clone() {
            let rows = rows_for(&declared, &fault);
            let fields: Vec<String> = outcomes.iter().filter_map(|outcome| shown_path(made, outcome)).collect();
            if !outcomes.is_empty() {
                note_way(&mut ways, &outcomes, &fault, !rows.is_empty());
            }
            match rows.as_slice() {
                [row] => answers
                    .iter_mut()
                    .filter(|answer| answer.row == **row)
                    .for_each(|answer| answer.faults.push(fault.clone())),
                [] if !fields.is_empty() => made.shown_faults.push((fault, fields)),
                [] => self.unanswered(made, endpoint, &fault),
                [first, second, ..] => {
                    let text = format!("`{}` answers `{fault}` with {first} and {second}", made.name.text);
                    let places =
                        [first, second].map(|code| declared.iter().find(|row| row.code == **code).map(|row| row.place));
                    let mut told = Diagnostic::new("two-answers", endpoint.errors_place, text)
                        .help("take the fault from one of them");
                    told.related.extend(places.into_iter().flatten().map(|place| (place, "declared here".to_owned())));
                    self.push(told);
                }
            }
        }
        for (_, answered, shown) in ways.iter().filter(|(_, answered, shown)| !answered.is_empty() && !shown.is_empty())
        {
            let text = format!(
                "`{}` answers {} with an error and shows {} in a field",
                made.name.text,
                answered.join(", "),
                shown.join(", ")
            );
            let told = Diagnostic::new("half-reported", endpoint.errors_place, text)
                .help("let errors answer them all, or none");
            let rows = declared
                .iter()
                .filter(|row| row.patterns.iter().any(|pattern| answered.iter().any(|fault| matches(fault, pattern))));
            let rows = rows.filter_map(|row| self.definition.errors.entry(&row.code)).map(|(name, _)| name.place);
            let told = rows.fold(told, |told, place| told.also(place, "this error answers some"));
            self.push(told);
        }
        self.in_order(&mut answers, &declared);
        made.answers = answers;
    }

    /// The errors that an endpoint declares, its own first.
    fn declared(&mut self, endpoint: &'a Endpoint) -> Vec<Declared> {
        let every = &self.definition.every_endpoint.errors;
        let own = endpoint.errors.iter();
        let shared = every.iter().filter(|(code, _)| !endpoint.errors.has(&code.text));
        let mut all = Vec::new();
        for (code, more) in own.chain(shared) {
            let Some(row) = self.definition.errors.get(&code.text) else {
                self.unknown_error(code);
                continue;
            };
            let more = more.iter().chain(every.get(&code.text).into_iter().flatten());
            let patterns = row.faults.iter().chain(more).map(|fault| fault.text.clone()).collect();
            all.push(Declared { code: code.text.clone(), patterns, place: code.place });
        }
        all
    }

    fn unknown_error(&mut self, code: &Text) {
        let near = crate::naming::near(&code.text, self.definition.errors.names());
        let help = near.map_or("declare it under `errors:`".to_owned(), |near| format!("did you mean `{near}`?"));
        self.tell("unknown-error", code.place, format!("no error `{}`", code.text), help);
    }

    fn unanswered(&mut self, made: &Derived, endpoint: &Endpoint, fault: &str) {
        let errors = self.definition.errors.iter();
        let others: Vec<&str> = errors
            .filter(|(_, row)| row.faults.iter().any(|pattern| matches(fault, &pattern.text)))
            .map(|(code, _)| code.text.as_str())
            .collect();
        let help = match others.as_slice() {
            [] => format!("add an error that is `for: [{fault}]`, and declare it"),
            some => format!("declare {}", some.join(" or ")),
        };
        let text = format!("`{}` can end with `{fault}`, and no error that it declares answers it", made.name.text);
        let when = self.words.all.faults.get(fault).map(|when| format!("it does when {when}"));
        let told = Diagnostic::new("unanswered-fault", endpoint.errors_place, text).help(help);
        self.push(match when {
            Some(when) => told.label(when),
            None => told,
        });
    }

    /// Faults in the order of the row that answers them.
    fn in_order(&self, answers: &mut [Answer], declared: &[Declared]) {
        for answer in answers {
            let patterns = declared
                .iter()
                .find(|row| row.code == answer.row)
                .map(|row| row.patterns.as_slice())
                .unwrap_or_default();
            answer.faults.sort_by_key(|fault| patterns.iter().position(|pattern| matches(fault, pattern)));
        }
    }

    /// What is answered outside every endpoint.
    pub fn outside(&self) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::new();
        for fault in ["route.unknown", "method.wrong", "overloaded", "unexpected", "store.unavailable"] {
            if let Some(row) = self.row_outside(fault) {
                match answers.iter_mut().find(|answer| answer.row == row) {
                    Some(answer) => answer.faults.push(fault.to_owned()),
                    None => answers.push(Answer { row: row.to_owned(), faults: vec![fault.to_owned()] }),
                }
            }
        }
        answers
    }

    fn row_outside(&self, fault: &str) -> Option<&'a str> {
        let every = &self.definition.every_endpoint.errors;
        let fits = |exact: bool, code: &str| {
            let row = self.definition.errors.get(code);
            let mut patterns = row.into_iter().flat_map(|row| &row.faults).chain(every.get(code).into_iter().flatten());
            patterns.any(|pattern| if exact { pattern.text == fault } else { matches(fault, &pattern.text) })
        };
        let all = || self.definition.errors.names();
        let shared = || all().filter(|code| every.has(code));
        let mut found = shared().filter(|code| fits(true, code)).chain(shared().filter(|code| fits(false, code)));
        found.next().or_else(|| all().find(|code| fits(true, code))).or_else(|| all().find(|code| fits(false, code)))
    }

    pub(super) fn check_rows(&mut self) {
        for fault in ["route.unknown", "method.wrong", "overloaded", "unexpected"] {
            if self.row_outside(fault).is_none() {
                let when = self.words.all.faults.get(fault).cloned().unwrap_or_default();
                let text = format!("no error answers `{fault}`, and it occurs outside every endpoint");
                let help = format!("add an error that is `for: [{fault}]`: it is answered when {when}");
                self.tell("unanswered-fault", self.definition.place, text, help);
            }
        }
        let definition = self.definition;
        let patterns = definition.errors.iter().flat_map(|(_, row)| &row.faults);
        let here = definition.endpoints.iter().map(|(_, endpoint)| endpoint).chain([&definition.every_endpoint]);
        let here = here.flat_map(|endpoint| endpoint.errors.iter().flat_map(|(_, faults)| faults));
        let says = definition.says.iter().map(|(fault, _)| fault);
        for pattern in patterns.chain(here).chain(says) {
            if !self.words.all.faults.names().any(|fault| matches(fault, &pattern.text)) {
                let help = crate::naming::near(&pattern.text, self.words.all.faults.names())
                    .map(|near| format!("did you mean `{near}`?"));
                let help = help
                    .or_else(|| Some("a fault of your own stands under `fails` of a behaviour of your own".to_owned()));
                self.push(
                    Diagnostic::new("unknown-fault", pattern.place, format!("no fault `{}`", pattern.text))
                        .help_if(help),
                );
            }
        }
    }
}

/// The rows that answer a fault; an exact name wins over `noun.*`.
fn rows_for<'b>(declared: &'b [Declared], fault: &str) -> Vec<&'b String> {
    let with = |fits: &dyn Fn(&String) -> bool| -> Vec<&'b String> {
        declared.iter().filter(|row| row.patterns.iter().any(fits)).map(|row| &row.code).collect()
    };
    let exact = with(&|pattern| pattern == fault);
    if exact.is_empty() { with(&|pattern| matches(fault, pattern)) } else { exact }
}

fn shown_path(made: &Derived, outcome: &str) -> Option<String> {
    made.shown.iter().find(|(meaning, _)| meaning == outcome).map(|(_, path)| path.join("."))
}

fn note_way(ways: &mut Vec<(Vec<String>, Vec<String>, Vec<String>)>, outcomes: &[String], fault: &str, answered: bool) {
    if !ways.iter().any(|(other, ..)| other == outcomes) {
        ways.push((outcomes.to_vec(), Vec::new(), Vec::new()));
    }
    for (_, with_error, in_field) in ways.iter_mut().filter(|(other, ..)| other == outcomes) {
        if answered { with_error.push(fault.to_owned()) } else { in_field.push(fault.to_owned()) }
    }
}
