//! The rules that fields have: each a row of the language's table, with its argument, its message and its fault.

use serde_json::Value;

use crate::language::rules::{Argument, RULES, Row, find};
use crate::raw::{self, Text};

/// A rule with its message key and the fault that it raises in place of `input.invalid`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Which one.
    pub row: &'static Row,
    /// Its argument; null where there is none to hand on.
    pub value: Value,
    /// The key of its message.
    pub key: Option<String>,
    /// The fault that a broken one raises.
    pub raises: Option<String>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (self.row.word, &self.value, &self.key, &self.raises)
            == (other.row.word, &other.value, &other.key, &other.raises)
    }
}

/// The rules of a field with their keys. What has no key of its own and no fault takes `validation.says`.
pub fn of(field: &raw::Field, required: bool, validation: &raw::Validation) -> Vec<Rule> {
    let key = |word: &str| key_of(field, word, validation);
    let raises = |word: &str| field.raises.get(word).map(|fault| fault.text.clone());
    let rule = |row: &'static Row, value| Rule { row, value, key: key(row.word), raises: raises(row.word) };
    let mut all: Vec<Rule> = Vec::new();
    for row in RULES.iter().filter(|row| row.argument == Argument::Implied) {
        let said = match row.word {
            "const" if field.constant.is_none() => false,
            "const" => key("const").is_some() || raises("const").is_some(),
            "required" => {
                let said = key("required").is_some() || validation.says.has("required");
                required && (said || raises("required").is_some())
            }
            word => matches!(&field.says, raw::Says::Each(keys) if keys.has(word)) || field.raises.has(word),
        };
        all.extend(said.then(|| rule(row, Value::Null)));
    }
    for written in &field.rules {
        let Some(row) = find(&written.word.text) else { continue };
        let value = if row.argument == Argument::True { Value::Null } else { written.value.to_json() };
        all.push(rule(row, value));
    }
    all
}

/// The message key of a rule: `k.*` stands for `k` and the rule's word.
fn key_of(field: &raw::Field, word: &str, validation: &raw::Validation) -> Option<String> {
    match &field.says {
        raw::Says::Nothing => None,
        raw::Says::Each(keys) => keys.get(word).map(|key| key.text.clone()),
        raw::Says::All(key) => Some(match key.text.strip_suffix('*') {
            Some(start) => {
                let word = validation.words.get(word).map_or(word, |word: &Text| word.text.as_str());
                format!("{start}{word}")
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
