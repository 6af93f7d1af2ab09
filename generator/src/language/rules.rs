//! The rules of the language: one table, and what each rule asks as a value of its own. Whatever reads, checks, explains
//! or documents a rule reads its row, so a rule that has a row here is known everywhere in the generator.

use serde_json::{Number, Value as Json};

/// The meaning that says for which country a request is.
pub const REQUESTED_COUNTRY: &str = "country.code";

/// What a rule asks of a value, with its argument.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each has its row in the table")]
pub enum Constraint {
    Required,
    Type,
    Const,
    Printable,
    Fits,
    Min(Number),
    Max(Number),
    Pattern(String),
    OneOf(Vec<String>),
    StartsWith(String),
    Above(Number),
    Scale(u32),
    /// A length of time as it is written: `24h`.
    Latest(String),
    /// In years.
    MinAge(u32),
    Agrees,
    Present,
    RegisteredIn(Country),
}

/// A country that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Country {
    /// By its two letters.
    Named(String),
    /// The one that the request says, by [`REQUESTED_COUNTRY`].
    Requested,
}

impl Constraint {
    /// Its argument, as generated attributes and documents have it; none if it takes none.
    pub fn argument(&self) -> Option<Json> {
        Some(match self {
            Constraint::Min(bound) | Constraint::Max(bound) | Constraint::Above(bound) => Json::Number(bound.clone()),
            Constraint::Scale(count) | Constraint::MinAge(count) => Json::from(*count),
            Constraint::Pattern(text) | Constraint::StartsWith(text) | Constraint::Latest(text) => {
                Json::from(text.as_str())
            }
            Constraint::OneOf(texts) => Json::from(texts.as_slice()),
            Constraint::RegisteredIn(Country::Named(code)) => Json::from(code.as_str()),
            Constraint::RegisteredIn(Country::Requested) => Json::from(REQUESTED_COUNTRY),
            Constraint::Required
            | Constraint::Type
            | Constraint::Const
            | Constraint::Printable
            | Constraint::Fits
            | Constraint::Agrees
            | Constraint::Present => return None,
        })
    }
}

/// A row of [`RULES`].
#[derive(Debug)]
pub struct Row {
    /// As definitions and generated attributes write it.
    pub word: &'static str,
    /// What it takes.
    pub argument: Argument,
    /// What is said of a value that breaks it; `{}` is the argument.
    pub broken: &'static str,
    /// What it asks, for the manual.
    pub about: &'static str,
}

/// What a rule takes, and what it asks with that.
#[derive(Debug)]
pub enum Argument {
    /// Nothing: it is said by other keys of a field, and has a message alone.
    Implied(Constraint),
    /// A number.
    Number(fn(Number) -> Constraint),
    /// A whole number, 0 or more.
    Count(fn(u32) -> Constraint),
    /// A regular expression.
    Pattern(fn(String) -> Constraint),
    /// A text that is not empty.
    Text(fn(String) -> Constraint),
    /// A list of texts.
    Values(fn(Vec<String>) -> Constraint),
    /// A length of time.
    Span(fn(String) -> Constraint),
    /// A country by its two letters; on a meaning also `country.code`, the one that the request says.
    Country(fn(Country) -> Constraint),
    /// `true`, which is not handed on.
    True(Constraint),
}

impl Argument {
    /// True for what is written as a text.
    pub fn is_text(&self) -> bool {
        matches!(self, Argument::Pattern(_) | Argument::Text(_) | Argument::Span(_) | Argument::Country(_))
    }

    /// What to write in place of something else.
    pub fn wanted(&self) -> &'static str {
        match self {
            Argument::Implied(_) => "nothing",
            Argument::Number(_) => "a number",
            Argument::Count(_) => "a whole number, 0 or more",
            Argument::Pattern(_) => "a regular expression",
            Argument::Text(_) => "a text",
            Argument::Values(_) => "a list of values",
            Argument::Span(_) => "a length of time, such as `24h`",
            Argument::Country(_) => {
                "a country by its two letters, or, on a meaning such as `user.registration_number:`, `country.code`"
            }
            Argument::True(_) => "`true`",
        }
    }
}

const fn row(word: &'static str, argument: Argument, broken: &'static str, about: &'static str) -> Row {
    Row { word, argument, broken, about }
}

/// All rules.
pub static RULES: [Row; 17] = [
    row("required", Argument::Implied(Constraint::Required), "missing", "a field that is not `optional` is there"),
    row("type", Argument::Implied(Constraint::Type), "of the wrong kind", "the value has the type of the field"),
    row("const", Argument::Implied(Constraint::Const), "anything else", "the value is the field's `const`"),
    row(
        "printable",
        Argument::Implied(Constraint::Printable),
        "with line breaks or control characters",
        "a text is one line, without control and direction characters",
    ),
    row(
        "fits",
        Argument::Implied(Constraint::Fits),
        "too long for the message",
        "the message that shows the value has two parts at most",
    ),
    row("min", Argument::Number(Constraint::Min), "under {}", "a text has so many characters, a number is not smaller"),
    row(
        "max",
        Argument::Number(Constraint::Max),
        "over {}",
        "a text has at most so many characters, a number is not greater",
    ),
    row("pattern", Argument::Pattern(Constraint::Pattern), "not like {}", "a text is like this as a whole"),
    row("one_of", Argument::Values(Constraint::OneOf), "not {}", "the value is one of these"),
    row("starts_with", Argument::Text(Constraint::StartsWith), "not beginning with {}", "a text begins with this"),
    row("above", Argument::Number(Constraint::Above), "not above {}", "a number is greater"),
    row("scale", Argument::Count(Constraint::Scale), "more than {} decimals", "a decimal has at most so many decimals"),
    row("latest", Argument::Span(Constraint::Latest), "more than {} ahead", "a time is at most so far ahead"),
    row("min_age", Argument::Count(Constraint::MinAge), "younger than {}", "a date is at least so many years ago"),
    row(
        "agrees",
        Argument::True(Constraint::Agrees),
        "there twice and different",
        "a meaning has one value wherever it stands",
    ),
    row("present", Argument::True(Constraint::Present), "left out", "the field is there, if only as null"),
    row(
        "registered_in",
        Argument::Country(Constraint::RegisteredIn),
        "no registration number of {}",
        "a text is a registration number of a country",
    ),
];

/// The row of a rule.
pub fn find(word: &str) -> Option<&'static Row> {
    RULES.iter().find(|row| row.word == word)
}

/// The row of a rule that stands as a key at a field.
pub fn of_key(key: &str) -> Option<&'static Row> {
    find(key).filter(|row| !matches!(row.argument, Argument::Implied(_)))
}

/// The words of all rules.
pub fn words() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|row| row.word)
}

/// The words that stand as keys at a field.
pub fn keys() -> impl Iterator<Item = &'static str> {
    RULES.iter().filter(|row| !matches!(row.argument, Argument::Implied(_))).map(|row| row.word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_takes_something_tells_it() {
        for row in &RULES {
            let takes = !matches!(row.argument, Argument::Implied(_) | Argument::True(_));
            assert_eq!(row.broken.contains("{}"), takes, "{}", row.word);
            assert!(!row.about.is_empty(), "{}", row.word);
        }
    }
}
