//! Values of examples keep the rules of their fields, as far as that can be seen without a request around them. Rules
//! about today ask the clock: what keeps one of them once keeps it for ever.

use countersign_engine::pattern::Pattern;
use countersign_engine::{duration, times};
use serde_json::{Number, Value as Json};

use crate::language::primitive::Family;
use crate::language::rules::{Constraint, Country};
use crate::model::Type;
use crate::resolve::rules::known;
use crate::resolve::{Field, Resolved};

/// The rule that a value breaks, as words.
pub(in crate::check) fn broken(of: &Resolved<'_>, field: &Field<'_>, value: &Json) -> Option<String> {
    // Other forms are read as another text than the one that stands here.
    if !field.raw.accepts.is_empty() {
        return None;
    }
    let mut rules = known(&field.rules).filter(|(_, constraint)| !keeps(of, field, constraint, value));
    let (rule, _) = rules.next()?;
    let wanted = rule.value.to_json();
    let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
    Some(format!("{value}, which breaks its rule `{}: {wanted}`", rule.row.word))
}

fn keeps(of: &Resolved<'_>, field: &Field<'_>, rule: &Constraint, value: &Json) -> bool {
    let Ok(ty) = &field.ty else { return true };
    match (ty, value) {
        (Type::List(_), Json::Array(items)) => within(rule, items.len() as f64),
        (Type::Primitive(primitive), _) => match primitive.row().family {
            Family::Integer | Family::Decimal => number_keeps(rule, value),
            Family::Text => text(value).is_none_or(|text| text_keeps(of, rule, &text)),
            Family::Value => value.as_str().is_none_or(|text| day_keeps(rule, text)),
            _ => true,
        },
        _ => true,
    }
}

fn number_keeps(rule: &Constraint, value: &Json) -> bool {
    match rule {
        Constraint::Scale(most) => scale(value).is_none_or(|is| is <= usize::try_from(*most).unwrap_or(usize::MAX)),
        _ => number(value).is_none_or(|number| within(rule, number)),
    }
}

fn number(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// A number or a boolean may be read as text, by its letters.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// True if a text keeps a rule, or the rule cannot look at it.
pub(in crate::check) fn text_keeps(of: &Resolved<'_>, rule: &Constraint, text: &str) -> bool {
    // White space alone may count as nothing.
    if text.trim().is_empty() {
        return true;
    }
    let length = if of.raw.wire.length_utf16 { text.encode_utf16().count() } else { text.chars().count() };
    match rule {
        Constraint::Min(_) | Constraint::Max(_) => within(rule, length as f64),
        Constraint::Pattern(pattern) => Pattern::remembered(pattern).map_or(true, |pattern| pattern.matches(text)),
        Constraint::OneOf(texts) => texts.iter().any(|one| one == text),
        Constraint::StartsWith(start) => text.starts_with(start.as_str()),
        Constraint::RegisteredIn(Country::Named(country)) => is_of_country(country, text),
        _ => true,
    }
}

/// How many decimals a number is written with, zeros at its end apart.
fn scale(value: &Json) -> Option<usize> {
    let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len());
    number(value).map(|_| decimals)
}

/// A day is long enough ago, and a time is not too far ahead.
fn day_keeps(rule: &Constraint, text: &str) -> bool {
    match rule {
        Constraint::MinAge(years) => times::years_since(text).is_none_or(|is| is >= i64::from(*years)),
        Constraint::Latest(span) => {
            let most = duration::seconds(span).and_then(|most| i64::try_from(most).ok());
            times::seconds_ahead(text).zip(most).is_none_or(|(is, most)| is <= most)
        }
        _ => true,
    }
}

/// The forms of registration numbers, as far as they are seen without their control digits.
const REGISTRATION_NUMBERS: [(&str, &str); 3] = [
    ("SE", "([0-9]{2})?[0-9]{6}[-+]?[0-9]{4}"),
    ("NO", "[0-9]{11}|[0-9]{9}"),
    ("FI", "[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]|[0-9]{7}-[0-9]"),
];

/// The countries whose registration numbers are known.
pub(in crate::check) fn countries() -> impl Iterator<Item = &'static str> {
    REGISTRATION_NUMBERS.iter().map(|(code, _)| *code)
}

fn is_of_country(country: &str, text: &str) -> bool {
    let written: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let form = REGISTRATION_NUMBERS.iter().find(|(code, _)| code.eq_ignore_ascii_case(country));
    form.is_none_or(|(_, form)| {
        Pattern::remembered(form).map_or(true, |form| form.matches(&written.to_ascii_uppercase()))
    })
}

fn within(rule: &Constraint, is: f64) -> bool {
    let keeps = |bound: &Number, keeps: fn(&f64, &f64) -> bool| bound.as_f64().is_none_or(|bound| keeps(&is, &bound));
    match rule {
        Constraint::Min(bound) => keeps(bound, f64::ge),
        Constraint::Max(bound) => keeps(bound, f64::le),
        Constraint::Above(bound) => keeps(bound, f64::gt),
        _ => true,
    }
}
