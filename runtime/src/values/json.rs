//! Values that are carried rather than understood.

use std::collections::BTreeMap;
use std::fmt;

/// Any JSON value, as it was written: numbers keep their literals, objects their order, and white space stays.
#[derive(Clone)]
pub struct Json(Box<str>);

impl Json {
    /// What was written as JSON by somebody who has checked it.
    pub(crate) fn written(text: impl Into<Box<str>>) -> Json {
        Json(text.into())
    }

    /// `null`
    pub fn null() -> Json {
        Json("null".into())
    }

    /// Reads a text as JSON; nothing if it is none.
    pub fn parse(text: &str) -> Option<Json> {
        let text = text.trim_ascii();
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok().map(|_| Json(text.into()))
    }

    /// The value as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, to be looked into.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// True for `null`.
    pub fn is_null(&self) -> bool {
        &*self.0 == "null"
    }
}

impl Default for Json {
    fn default() -> Self {
        Json::null()
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Json(value.to_string().into())
    }
}

/// Two are equal if their values are.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.value() == other.value()
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

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

/// The members of an object that its payload does not know, kept and sent back after the others as they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest(String);

impl Rest {
    /// These members, with commas between them.
    pub(crate) fn written(members: String) -> Rest {
        Rest(members)
    }

    /// The members as they were written, with commas between them.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
