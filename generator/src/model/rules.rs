//! The rules that fields have.

use serde_json::Value as Json;

use crate::language::rules::{Argument, Constraint, RULES, Row};

/// A rule with its message key and the fault that it raises in place of `input.invalid`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its row of the language's table.
    pub row: &'static Row,
    /// What it asks.
    pub constraint: Constraint,
    /// The key of its message.
    pub key: Option<String>,
    /// The fault that a broken one raises.
    pub raises: Option<String>,
}

impl Rule {
    /// A rule that nobody writes down and that says nothing of its own; none if it is one that is written.
    pub fn implied(constraint: Constraint) -> Option<Self> {
        let of = |row: &&Row| matches!(&row.argument, Argument::Implied(other) if *other == constraint);
        let row = RULES.iter().find(of)?;
        Some(Rule { row, constraint, key: None, raises: None })
    }

    /// As definitions and generated attributes write it.
    pub fn word(&self) -> &'static str {
        self.row.word
    }

    /// What is said of a value that breaks it: `over 40`.
    pub fn broken(&self) -> String {
        let argument = self.constraint.argument().as_ref().map(plain).unwrap_or_default();
        self.row.broken.replace("{}", &argument)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (&self.constraint, &self.key, &self.raises) == (&other.constraint, &other.key, &other.raises)
    }
}

/// A value as people read it: texts without quotes, lists with `or`.
pub(crate) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" or "),
        other => other.to_string(),
    }
}
