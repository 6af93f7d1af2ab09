//! The rules that fields have: each a row of the language's table, with its argument, its message and its fault.

use crate::language::rules::{Argument, Constraint, Country, REQUESTED_COUNTRY, RULES, Row};
use crate::model;
use crate::raw::{self, Text};
use crate::report::{ErrorReported, Report};
use crate::yaml::{Node, Value};

/// A rule that a field says, or a line of rules on a meaning.
#[derive(Debug)]
pub(crate) struct Rule<'a> {
    pub raw: &'a raw::Rule,
    /// What it asks, unless its argument is wrong.
    pub constraint: Result<Constraint, ErrorReported>,
}

/// Reads the arguments of rules.
pub(super) fn read<'a>(rules: &'a raw::Field, on_meaning: bool, report: &mut Report) -> Vec<Rule<'a>> {
    let one = |raw: &'a raw::Rule| {
        let constraint = constraint(&raw.row.argument, &raw.value, on_meaning);
        Rule { raw, constraint: constraint.ok_or_else(|| report_wrong_argument(&rules.name.text, raw, report)) }
    };
    rules.rules.iter().map(one).collect()
}

/// The rules whose arguments are right.
pub(crate) fn known<'r>(rules: &'r [Rule<'_>]) -> impl Iterator<Item = (&'r raw::Rule, &'r Constraint)> + Clone {
    rules.iter().filter_map(|rule| Some((rule.raw, rule.constraint.as_ref().ok()?)))
}

/// What a rule asks with this argument; none if that is none of its kind.
fn constraint(argument: &Argument, node: &Node, on_meaning: bool) -> Option<Constraint> {
    let text = || node.as_text().map(str::to_owned);
    match (argument, &node.value) {
        (Argument::Implied(constraint), _) | (Argument::True(constraint), Value::Boolean(true)) => {
            Some(constraint.clone())
        }
        (Argument::Number(of), Value::Number(number)) => Some(of(number.clone())),
        (Argument::Count(of), Value::Number(number)) => number.as_u64()?.try_into().ok().map(of),
        (Argument::Pattern(of), _) => text().map(of),
        (Argument::Text(of), _) => text().filter(|text| !text.is_empty()).map(of),
        (Argument::Values(of), Value::List(items)) if !items.is_empty() => {
            items.iter().map(|item| item.as_text().map(str::to_owned)).collect::<Option<Vec<_>>>().map(of)
        }
        (Argument::Span(of), _) => text().filter(|text| raw::seconds(text).is_some()).map(of),
        (Argument::Country(of), _) => country(node.as_text()?, on_meaning).map(of),
        _ => None,
    }
}

/// A country, or the meaning that says it; a rule of a field sees nothing but the field.
fn country(text: &str, on_meaning: bool) -> Option<Country> {
    let is_code = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    match text {
        REQUESTED_COUNTRY if on_meaning => Some(Country::Requested),
        code => is_code.then(|| Country::Named(code.to_owned())),
    }
}

fn report_wrong_argument(field: &str, rule: &raw::Rule, report: &mut Report) -> ErrorReported {
    let items = if let Value::List(items) = &rule.value.value { items.as_slice() } else { &[] };
    let strange = items.iter().find(|item| item.as_text().is_none());
    if let (Argument::Values(_), Some(strange)) = (&rule.row.argument, strange) {
        let text = format!("a value of `{}` of `{field}` is no text", rule.row.word);
        return report.push_new(
            "wrong-value",
            strange.place,
            text,
            "put it in quotes; rules of numbers are `min` and `max`",
        );
    }
    let (argument, value) = (&rule.row.argument, &rule.value);
    let here = match value.as_text() {
        Some("") => "nothing".to_owned(),
        Some(text) if argument.is_text() => format!("`{text}`"),
        _ => value.kind().to_owned(),
    };
    let message = format!("the rule `{}` of `{field}` is {}, and here is {here}", rule.row.word, argument.wanted());
    report.push_new("wrong-value", value.place, message, help(argument, value))
}

/// What to write for a rule that takes something else.
fn help(argument: &Argument, value: &Node) -> String {
    let as_kind = |wanted: &str| raw::right_kind(value, wanted);
    let known = match (argument, value.as_text()) {
        (Argument::Number(_) | Argument::Count(_), _) => as_kind("a number"),
        (Argument::True(_), _) => as_kind("true or false").filter(|_| !matches!(value.value, Value::Boolean(false))),
        (Argument::Span(_), Some(text)) => Some(raw::length_help(text)),
        (Argument::Values(_), Some(text)) => Some(format!("write a list: `[{text}]`")),
        _ if argument.is_text() => as_kind("a text"),
        _ => None,
    };
    known.unwrap_or_else(|| format!("write {}, or take the rule out", argument.wanted()))
}

/// What rules are on.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// It must be there.
    pub required: bool,
    /// It is a text, or holds texts.
    pub is_text: bool,
    /// A message shows it.
    pub in_message: bool,
}

/// The rules of a field with their keys. What has no key of its own and no fault takes `validation.says`.
///
/// # Errors
/// The argument of one of them is wrong.
pub(crate) fn of(
    field: &raw::Field,
    rules: &[Rule<'_>],
    on: Subject,
    validation: &raw::Validation,
) -> Result<Vec<model::Rule>, ErrorReported> {
    let rule = |row: &'static Row, constraint| {
        let raises = field.raises.get(row.word).map(|fault| fault.text.clone());
        model::Rule { row, constraint, key: key_of(field, row.word, validation), raises }
    };
    let implied = RULES.iter().filter_map(|row| match &row.argument {
        Argument::Implied(constraint) => Some(rule(row, constraint.clone())),
        _ => None,
    });
    let mut all: Vec<model::Rule> = implied.filter(|rule| is_said(field, rule, on, validation)).collect();
    for written in rules {
        all.push(rule(written.raw.row, written.constraint.clone()?));
    }
    Ok(all)
}

/// True if a rule that nobody writes down has something to say here.
fn is_said(field: &raw::Field, rule: &model::Rule, on: Subject, validation: &raw::Validation) -> bool {
    let answered = rule.key.is_some() || rule.raises.is_some();
    match rule.constraint {
        Constraint::Const => field.constant.is_some() && answered,
        Constraint::Required => on.required && (answered || validation.says.has(rule.word())),
        Constraint::Printable | Constraint::Fits if !on.in_message => says(field, rule.word()),
        Constraint::Printable => on.is_text && rule.key.is_some(),
        Constraint::Fits => rule.key.is_some(),
        _ => says(field, rule.word()),
    }
}

/// True if a rule that nobody writes down has a message or a fault of its own.
fn says(field: &raw::Field, word: &str) -> bool {
    matches!(&field.says, raw::Says::Each(keys) if keys.has(word)) || field.raises.has(word)
}

/// The message key of a rule: `k.*` stands for `k` and the rule's word. What holds of every text is reported as the rule that
/// asks for more of the same kind, if nothing is said of it.
fn key_of(field: &raw::Field, word: &str, validation: &raw::Validation) -> Option<String> {
    let like = match word {
        "printable" => "pattern",
        "fits" => "max",
        word => word,
    };
    match &field.says {
        raw::Says::Nothing => None,
        raw::Says::Each(keys) => keys.get(word).or_else(|| keys.get(like)).map(|key| key.text.clone()),
        raw::Says::All(key) => Some(match key.text.strip_suffix('*') {
            Some(start) => {
                let own_word = validation.words.get(word).or_else(|| validation.words.get(like));
                format!("{start}{}", own_word.map_or(like, |word: &Text| word.text.as_str()))
            }
            None => key.text.clone(),
        }),
    }
}

/// True for a field that must be there. A constant must, unless it is null.
pub fn is_required(field: &raw::Field) -> bool {
    let never = field.ty.as_ref().is_some_and(|ty| ty.name().text == "never");
    let nothing = field.constant.as_ref().is_some_and(|always| matches!(always.value, crate::yaml::Value::Null));
    !field.optional && !nothing && field.default.is_none() && !never
}
