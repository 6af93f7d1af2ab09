//! The rules that fields have.

use serde_json::Value;

use crate::language::rules::Row;

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
