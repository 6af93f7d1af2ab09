//! Rules that can never hold: bounds that leave nothing between them, patterns that cannot be run, and rules on a type
//! that they cannot look at. Whether a rule has an argument of its kind is asked in `rules`.

use std::cmp::Ordering;

use countersign_engine::pattern::Pattern;
use serde_json::Number;

use crate::language::primitive;
use crate::model::Type;
use crate::raw::{self, Rule, Wire};
use crate::report::Report;
use crate::resolve::{Field, Resolved};
use crate::yaml::{Node, Value};

/// How rules look at a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// A text, by its length.
    Text,
    /// A number, by its value.
    Number,
    /// A list or a map, by how many it has.
    Many,
    Date,
    Time,
    /// What is there or not.
    Other,
}

/// Tells of the rules of a payload's field that nothing can keep.
pub(super) fn check_field(of: &Resolved<'_>, field: &Field<'_>, report: &mut Report) {
    check_rules(field.raw, report);
    let Ok(ty) = &field.ty else { return };
    let family = family_of(ty);
    for rule in &field.raw.rules {
        check_shortest(field.raw, rule, ty, report);
        check_family(of, (field.raw, ty), rule, family, report);
        check_bound(field.raw, rule, family, report);
    }
}

/// The same of rules on a meaning, which may look at anything.
pub(super) fn check_rules(field: &raw::Field, report: &mut Report) {
    for rule in &field.rules {
        check_pattern(field, rule, report);
        check_texts(field, rule, report);
    }
    check_bounds(field, report);
}

/// Tells of a pattern by which times cannot be written.
pub(super) fn check_times(wire: &Wire, report: &mut Report) {
    let Some(times) = wire.times.as_ref().filter(|times| !matches!(times.text.as_str(), "epoch_ms" | "epoch_s")) else {
        return;
    };
    if let Err(why) = countersign_engine::times::check(&times.text) {
        let text = format!("times cannot be written as `{}`: {why}", times.text);
        report.tell(
            "wrong-value",
            times.place,
            text,
            "write `epoch_ms`, `epoch_s` or directives such as `%Y-%m-%dT%H:%M:%SZ`",
        );
    }
}

fn family_of(ty: &Type) -> Family {
    match ty {
        Type::List(_) => Family::Many,
        Type::Enum(_) => Family::Text,
        Type::Payload(_) | Type::Union(_) | Type::Body => Family::Other,
        Type::Primitive(primitive) => match (primitive.word(), primitive.row().family) {
            (_, primitive::Family::Integer | primitive::Family::Decimal) => Family::Number,
            ("map" | "pairs", _) => Family::Many,
            ("date", _) => Family::Date,
            ("time", _) => Family::Time,
            (_, primitive::Family::Flag | primitive::Family::Json | primitive::Family::Never) => Family::Other,
            _ => Family::Text,
        },
    }
}

/// A rule looks at what its type has.
fn check_family(
    of: &Resolved<'_>,
    (field, ty): (&raw::Field, &Type),
    rule: &Rule,
    family: Family,
    report: &mut Report,
) {
    let wire = &of.raw.wire;
    let lenient = !(wire.text_accepts.is_empty() && wire.decimal_accepts.is_empty() && field.accepts.is_empty());
    let fits = match rule.word.text.as_str() {
        "min" | "max" | "above" => matches!(family, Family::Text | Family::Number | Family::Many),
        "pattern" | "one_of" | "starts_with" | "registered_in" => {
            lenient || matches!(family, Family::Text | Family::Date | Family::Time)
        }
        "scale" => family == Family::Number || lenient && family == Family::Text,
        "latest" => family == Family::Time,
        "min_age" => family == Family::Date || is_word(ty, "text"),
        _ => true,
    };
    if !fits {
        let named = type_name(of, ty);
        let text = format!("the rule `{}` cannot look at `{}`, which is {named}", rule.word.text, field.name.text);
        tell(rule, text, "take the rule out, or give the field another type", report);
    }
}

/// True for this primitive. A text may be a day, if it is written as one; an address or a number is none.
fn is_word(ty: &Type, wanted: &str) -> bool {
    matches!(ty, Type::Primitive(primitive) if primitive.word() == wanted)
}

fn type_name(of: &Resolved<'_>, ty: &Type) -> String {
    match ty {
        Type::List(_) => "a list".to_owned(),
        Type::Primitive(primitive) => format!("`{primitive}`"),
        Type::Payload(id) => format!("`{}`", of.payloads[*id].name),
        Type::Union(id) => format!("`{}`", of.unions[*id].name.text),
        Type::Enum(id) => format!("`{}`", of.enums[*id].name.text),
        Type::Body => "the body".to_owned(),
    }
}

/// Lengths and counts are whole and not below zero.
fn check_bound(field: &raw::Field, rule: &Rule, family: Family, report: &mut Report) {
    let counts = matches!(family, Family::Text | Family::Many);
    let bound = matches!(rule.word.text.as_str(), "min" | "max" | "above") && counts || is_count(rule);
    let Value::Number(number) = &rule.value.value else { return };
    if bound && number.as_u64().is_none_or(|number| u32::try_from(number).is_err()) {
        let text = format!("the rule `{}` of `{}` counts, and `{number}` is no count", rule.word.text, field.name.text);
        tell(rule, text, "write a whole number, 0 or more", report);
    }
}

/// No phone is as short as that.
const SHORTEST_PHONE: u64 = 5;

/// A length that no value of the type has.
fn check_shortest(field: &raw::Field, rule: &Rule, ty: &Type, report: &mut Report) {
    let phone = is_word(ty, "phone");
    let most = number_of(&rule.value).and_then(Number::as_u64);
    if phone && rule.word.text == "max" && most.is_some_and(|most| most < SHORTEST_PHONE) {
        let text = format!("no phone is as short as `{}` may be", field.name.text);
        tell(rule, text, "take the rule out", report);
    }
}

fn is_count(rule: &Rule) -> bool {
    matches!(rule.word.text.as_str(), "scale" | "min_age")
}

/// Something is left between the bounds.
fn check_bounds(field: &raw::Field, report: &mut Report) {
    let find = |word: &str| field.rules.iter().find(|rule| rule.word.text == word);
    let Some((max, most)) = find("max").and_then(|rule| Some((rule, number_of(&rule.value)?))) else { return };
    for (word, none_left) in [("min", Ordering::Greater), ("above", Ordering::Equal)] {
        let Some(least) = find(word).and_then(|rule| number_of(&rule.value)) else { continue };
        if compare(least, most).is_some_and(|order| order >= none_left) {
            let text = format!("nothing keeps both `{word}: {least}` and `max: {most}` of `{}`", field.name.text);
            tell(max, text, "change one of them", report);
        }
    }
}

fn number_of(node: &Node) -> Option<&Number> {
    if let Value::Number(number) = &node.value { Some(number) } else { None }
}

fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// A pattern is one that the runtime can run, and some text of `one_of` is like it.
fn check_pattern(field: &raw::Field, rule: &Rule, report: &mut Report) {
    let Some(written) = rule.value.as_text().filter(|_| rule.word.text == "pattern") else { return };
    let pattern = match Pattern::remembered(written) {
        Ok(pattern) => pattern,
        Err(why) => {
            let text = format!("the pattern of `{}` cannot be run: {why}", field.name.text);
            let help = "write a regular expression without look-around, references back and Unicode classes";
            report.tell("wrong-value", rule.value.place, text, help);
            return;
        }
    };
    let texts = field.rules.iter().filter(|rule| rule.word.text == "one_of").flat_map(|rule| texts_of(&rule.value));
    let mut texts = texts.peekable();
    if texts.peek().is_some() && !texts.any(|text| pattern.matches(text)) {
        let text = format!("no text of `one_of` is like the pattern of `{}`", field.name.text);
        tell(rule, text, "change one of them", report);
    }
}

fn texts_of(node: &Node) -> Vec<&str> {
    let Value::List(items) = &node.value else { return Vec::new() };
    items.iter().filter_map(Node::as_text).collect()
}

/// The values of `one_of` are texts.
fn check_texts(field: &raw::Field, rule: &Rule, report: &mut Report) {
    let Value::List(items) = &rule.value.value else { return };
    if let Some(item) = items.iter().find(|item| rule.word.text == "one_of" && item.as_text().is_none()) {
        let text = format!("a value of `one_of` of `{}` is no text", field.name.text);
        report.tell("wrong-value", item.place, text, "put it in quotes; rules of numbers are `min` and `max`");
    }
}

fn tell(rule: &Rule, text: String, help: &str, report: &mut Report) {
    report.tell("impossible-rule", rule.value.place, text, help);
}
