//! The primitive types of the language, one row each: how it is written, what it is in Rust, and what it can be. No
//! other file lists them.

use std::fmt;

/// A row of [`PRIMITIVES`].
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// As definitions write it.
    pub word: &'static str,
    /// The Rust type: of the language, or of the runtime.
    pub rust: Rust,
    /// What it is like.
    pub family: Family,
    /// Copied rather than moved.
    pub is_copy: bool,
    /// A table may have such a column.
    pub in_tables: bool,
    /// A hook of a bank's own may take and give it.
    pub in_hooks: bool,
    /// Its Rust type has a default.
    pub has_default: bool,
}

/// Where a Rust type is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rust {
    /// Of the language.
    Plain(&'static str),
    /// Of the runtime, by this name.
    Runtime(&'static str),
    /// `Secret<String>` of the runtime.
    Secret,
}

/// What a value is like: values of one family are turned into each other without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A text that anybody may see.
    Text,
    /// A text that nobody may see.
    Secret,
    /// True or false.
    Flag,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A day, a time, a phone: a type of its own with one way to write it.
    Value,
    /// JSON of any shape.
    Json,
    /// Nothing at all.
    Never,
}

/// A primitive type.
#[derive(Clone, Copy)]
pub struct Primitive(&'static Row);

const fn row(word: &'static str, rust: Rust, family: Family) -> Row {
    Row { word, rust, family, is_copy: false, in_tables: true, in_hooks: true, has_default: true }
}

/// All primitive types.
pub static PRIMITIVES: [Row; 17] = [
    row("text", Rust::Plain("String"), Family::Text),
    Row { in_tables: false, ..row("secret", Rust::Secret, Family::Secret) },
    Row { is_copy: true, ..row("boolean", Rust::Plain("bool"), Family::Flag) },
    Row { is_copy: true, ..row("integer", Rust::Plain("i64"), Family::Integer) },
    row("decimal", Rust::Runtime("Decimal"), Family::Decimal),
    Row { is_copy: true, ..row("date", Rust::Runtime("Date"), Family::Value) },
    Row { is_copy: true, ..row("time", Rust::Runtime("Time"), Family::Value) },
    row("url", Rust::Plain("String"), Family::Text),
    row("html", Rust::Plain("String"), Family::Text),
    Row { has_default: false, ..row("phone", Rust::Runtime("Phone"), Family::Value) },
    row("email", Rust::Plain("String"), Family::Text),
    Row { in_tables: false, ..row("code", Rust::Secret, Family::Secret) },
    row("digits", Rust::Plain("String"), Family::Text),
    Row { in_tables: false, ..row("map", Rust::Runtime("Map"), Family::Json) },
    Row { in_tables: false, ..row("pairs", Rust::Runtime("Pairs"), Family::Json) },
    Row { in_tables: false, in_hooks: false, ..row("json", Rust::Runtime("Json"), Family::Json) },
    Row { in_tables: false, in_hooks: false, ..row("never", Rust::Plain("()"), Family::Never) },
];

/// `text`
pub const TEXT: Primitive = Primitive(&PRIMITIVES[0]);
/// `secret`
pub const SECRET: Primitive = Primitive(&PRIMITIVES[1]);
/// `boolean`
pub const BOOLEAN: Primitive = Primitive(&PRIMITIVES[2]);
/// `integer`
pub const INTEGER: Primitive = Primitive(&PRIMITIVES[3]);
/// `json`
pub const JSON: Primitive = Primitive(&PRIMITIVES[15]);

impl Row {
    /// Codes bind and keep it as what it is; everything else as text.
    pub fn in_codes(&self) -> bool {
        matches!(self.family, Family::Value | Family::Decimal | Family::Flag | Family::Integer)
    }

    /// It is written as text in one way, and anybody may see it.
    pub fn has_display(&self) -> bool {
        self.has_default
            && matches!(self.family, Family::Text | Family::Flag | Family::Integer | Family::Decimal | Family::Value)
    }
}

/// The words of all primitive types.
pub fn words() -> impl Iterator<Item = &'static str> {
    PRIMITIVES.iter().map(|row| row.word)
}

impl Primitive {
    /// The primitive of this word.
    pub fn parse(word: &str) -> Option<Primitive> {
        PRIMITIVES.iter().find(|row| row.word == word).map(Primitive)
    }

    /// Its row.
    pub fn row(self) -> &'static Row {
        self.0
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        self.0.word
    }

    /// True for texts that anybody may see.
    pub fn is_text(self) -> bool {
        self.0.family == Family::Text
    }

    /// True for what nobody may see.
    pub fn is_secret(self) -> bool {
        self.0.family == Family::Secret
    }
}

impl PartialEq for Primitive {
    fn eq(&self, other: &Self) -> bool {
        self.0.word == other.0.word
    }
}

impl Eq for Primitive {}

impl PartialEq<str> for Primitive {
    fn eq(&self, other: &str) -> bool {
        self.0.word == other
    }
}

impl PartialEq<&str> for Primitive {
    fn eq(&self, other: &&str) -> bool {
        self.0.word == *other
    }
}

impl fmt::Debug for Primitive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.word)
    }
}

impl fmt::Display for Primitive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_rows_of_their_names() {
        let named = [TEXT, SECRET, BOOLEAN, INTEGER, JSON].map(Primitive::word);
        assert_eq!(named, ["text", "secret", "boolean", "integer", "json"]);
        assert!(words().all(|word| Primitive::parse(word).is_some_and(|one| one == word)));
    }
}
