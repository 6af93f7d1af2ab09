//! The rules that fields have: each a row of the language's table, with its argument, its message and its fault.

use serde_json::Value;

use crate::language::rules::{Argument, RULES, Row, find};
use crate::model::rules::Rule;
use crate::raw::{self, Text};

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
pub fn of(field: &raw::Field, on: Subject, validation: &raw::Validation) -> Vec<Rule> {
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
                on.required && (said || raises("required").is_some())
            }
            "printable" | "fits" if !on.in_message => says(field, row.word),
            "printable" => on.is_text && key("printable").is_some(),
            "fits" => key("fits").is_some(),
            word => says(field, word),
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

/// True if a rule that nobody writes down has a message or a fault of its own.
fn says(field: &raw::Field, word: &str) -> bool {
    matches!(&field.says, raw::Says::Each(keys) if keys.has(word)) || field.raises.has(word)
}

/// The message key of a rule: `k.*` stands for `k` and the rule's word. What holds of every text is told as the rule that
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
                let said = validation.words.get(word).or_else(|| validation.words.get(like));
                format!("{start}{}", said.map_or(like, |word: &Text| word.text.as_str()))
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
