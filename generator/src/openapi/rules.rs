//! Rules as keywords of JSON Schema, where it has one, and all of them as `x-rules` with what is said of a value that
//! breaks them.

use serde_json::{Map, Number, Value as Json, json};

use super::{Version, pattern};
use crate::language::primitive::Family;
use crate::language::rules::Constraint;
use crate::model::{Adapter, Field, Payload, Rule, Then, Type};

/// How a rule looks at a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Length,
    Count,
    Value,
    Other,
}

fn measure(ty: &Type) -> Measure {
    match ty {
        Type::List(_) => Measure::Count,
        Type::Primitive(primitive) => match primitive.row().family {
            Family::Text | Family::Secret => Measure::Length,
            Family::Integer | Family::Decimal => Measure::Value,
            _ if *primitive == "phone" => Measure::Length,
            _ if *primitive == "pairs" => Measure::Count,
            _ => Measure::Other,
        },
        _ => Measure::Other,
    }
}

/// The keywords that say the rules of a field.
pub fn keywords(of: &Adapter, field: &Field, version: Version) -> Map<String, Json> {
    let measure = measure(&field.ty);
    let mut all = Map::new();
    for rule in &field.rules {
        keyword(rule, measure, version, &mut all);
    }
    let asked = field.rules.iter().any(|rule| rule.constraint == Constraint::Required);
    if asked && of.validation.blank_is_empty && measure == Measure::Length {
        all.entry("minLength").or_insert(Json::from(1));
    }
    all
}

fn keyword(rule: &Rule, measure: Measure, version: Version, all: &mut Map<String, Json>) {
    let number = |bound: &Number| Json::Number(bound.clone());
    let mut add = |name: &str, value: Json| drop(all.insert(name.to_owned(), value));
    match (&rule.constraint, measure) {
        (Constraint::Min(bound), Measure::Length) => add("minLength", number(bound)),
        (Constraint::Max(bound), Measure::Length) => add("maxLength", number(bound)),
        (Constraint::Min(bound), Measure::Count) => add("minItems", number(bound)),
        (Constraint::Max(bound), Measure::Count) => add("maxItems", number(bound)),
        (Constraint::Min(bound), Measure::Value) => add("minimum", number(bound)),
        (Constraint::Max(bound), Measure::Value) => add("maximum", number(bound)),
        (Constraint::Above(bound), Measure::Value) if version == Version::V3_1 => {
            add("exclusiveMinimum", number(bound));
        }
        (Constraint::Above(bound), Measure::Value) => {
            add("minimum", number(bound));
            add("exclusiveMinimum", Json::Bool(true));
        }
        (Constraint::OneOf(texts), Measure::Length) => add("enum", json!(texts)),
        (Constraint::Pattern(pattern), Measure::Length) => {
            if let Some(whole) = pattern::whole(pattern) {
                add("pattern", Json::from(whole));
            }
        }
        (Constraint::StartsWith(start), Measure::Length) => {
            all.entry("pattern").or_insert_with(|| Json::from(pattern::beginning(start)));
        }
        _ => {}
    }
}

/// Every rule of a field.
pub fn of_field(field: &Field) -> Option<Json> {
    let rules: Vec<Json> = field.rules.iter().map(|rule| Json::Object(rule_members(rule))).collect();
    (!rules.is_empty()).then(|| Json::Array(rules))
}

/// Rules on meanings, wherever in a request they stand.
pub fn of_meanings(of: &Adapter, payload: &Payload) -> Option<Json> {
    let rules: Vec<Json> = payload.then.iter().flat_map(|then| of_meaning(of, then)).collect();
    (!rules.is_empty()).then(|| Json::Array(rules))
}

fn of_meaning(of: &Adapter, then: &Then) -> Vec<Json> {
    let one = |rule: &Rule| {
        let mut line = Map::new();
        line.insert("meaning".to_owned(), Json::from(of.meanings[then.meaning].name.as_str()));
        line.extend(rule_members(rule));
        line.extend(then.at.as_ref().map(|at| ("at".to_owned(), Json::from(at.as_str()))));
        line.extend(
            then.when
                .as_ref()
                .map(|(meaning, value)| ("when".to_owned(), json!({ of.meanings[*meaning].name.as_str(): value }))),
        );
        if then.if_needed {
            let needing = of.operations.iter().filter(|operation| operation.needs.contains(&then.meaning));
            let names: Vec<&str> = needing.map(|operation| operation.name.as_str()).collect();
            line.insert("operations".to_owned(), json!(names));
        }
        Json::Object(line)
    };
    then.rules.iter().map(one).collect()
}

/// `{ "rule": "max", "value": 40, "message": "login.username.long" }`
fn rule_members(rule: &Rule) -> Map<String, Json> {
    let mut line = Map::new();
    line.insert("rule".to_owned(), Json::from(rule.word()));
    line.extend(rule.constraint.argument().map(|argument| ("value".to_owned(), argument)));
    line.extend(rule.key.as_ref().map(|key| ("message".to_owned(), Json::from(key.as_str()))));
    line.extend(rule.raises.as_ref().map(|fault| ("raises".to_owned(), Json::from(fault.as_str()))));
    line
}
