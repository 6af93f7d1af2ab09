//! Values that are carried rather than understood.

use std::collections::BTreeMap;

/// Any JSON value. Numbers keep their literal, objects their order.
pub use serde_json::Value as Json;

/// Texts by name, in the order in which they came; a text may be null.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map(pub Vec<(String, Option<String>)>);

impl Map {
    /// The text of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.as_deref())
    }

    /// Sets the text of this name, in its old place if it had one.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), Some(value.into()));
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some(entry) => entry.1 = value,
            None => self.0.push((name, value)),
        }
    }
}

/// Names and texts: a list of `{"key": ..., "value": ...}`, in which a name may come twice. One of these alone is read
/// too, and so is a plain object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(pub Vec<(String, Option<String>)>);

impl From<BTreeMap<String, String>> for Pairs {
    fn from(texts: BTreeMap<String, String>) -> Self {
        Pairs(texts.into_iter().map(|(name, text)| (name, Some(text))).collect())
    }
}

/// A member that is always sent as the same value, which stands in its attribute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Const;

/// The members of an object that its payload does not know, kept and sent back after the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rest(pub serde_json::Map<String, Json>);
