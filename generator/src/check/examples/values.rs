//! Values of examples keep the rules of their fields, as far as that can be seen without a clock and without a
//! request around them.

use countersign_engine::pattern::Pattern;
use serde_json::Value as Json;

use crate::language::primitive::Family;
use crate::model::Type;
use crate::raw::Rule;
use crate::resolve::{Field, Resolved};
use crate::yaml::Value;

/// The rule that a value breaks, as words.
pub(super) fn broken(of: &Resolved<'_>, field: &Field<'_>, value: &Json) -> Option<String> {
    // Other forms are read as another text than the one that stands here.
    if !field.raw.accepts.is_empty() {
        return None;
    }
    let mut rules = field.raw.rules.iter().filter(|rule| !keeps(of, field, rule, value));
    let rule = rules.next()?;
    let wanted = rule.value.to_json();
    let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
    Some(format!("{value}, which breaks its rule `{}: {wanted}`", rule.word.text))
}

fn keeps(of: &Resolved<'_>, field: &Field<'_>, rule: &Rule, value: &Json) -> bool {
    let Ok(ty) = &field.ty else { return true };
    match (ty, value) {
        (Type::List(_), Json::Array(items)) => within(rule, items.len() as f64),
        (Type::Primitive(primitive), _) => match primitive.row().family {
            Family::Integer | Family::Decimal => number(value).is_none_or(|number| within(rule, number)),
            Family::Text => text(value).is_none_or(|text| text_keeps(of, rule, &text)),
            _ => true,
        },
        _ => true,
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

fn text_keeps(of: &Resolved<'_>, rule: &Rule, text: &str) -> bool {
    // White space alone may count as nothing.
    if text.trim().is_empty() {
        return true;
    }
    let length = if of.raw.wire.length_utf16 { text.encode_utf16().count() } else { text.chars().count() };
    match (rule.word.text.as_str(), &rule.value.value) {
        ("min" | "max", _) => within(rule, length as f64),
        ("pattern", Value::Text(pattern)) => Pattern::new(pattern).map_or(true, |pattern| pattern.matches(text)),
        ("one_of", Value::List(items)) => items.iter().any(|item| item.as_text() == Some(text)),
        ("starts_with", Value::Text(start)) => text.starts_with(start.as_str()),
        _ => true,
    }
}

fn within(rule: &Rule, is: f64) -> bool {
    let Value::Number(bound) = &rule.value.value else { return true };
    let Some(bound) = bound.as_f64() else { return true };
    match rule.word.text.as_str() {
        "min" => is >= bound,
        "max" => is <= bound,
        "above" => is > bound,
        _ => true,
    }
}
