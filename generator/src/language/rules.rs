//! The rules of the language: one table. Whatever reads, checks, explains or documents a rule reads its row, so a rule
//! that has a row here is known everywhere in the generator.

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

/// What a rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Nothing: it is said by other keys of a field, and has a message alone.
    Implied,
    /// A number.
    Number,
    /// A regular expression.
    Pattern,
    /// A text that is not empty.
    Text,
    /// A list of values.
    Values,
    /// A length of time.
    Span,
    /// A country by its two letters; on a meaning also `country.code`, the one that the request says.
    Country,
    /// `true`, which is not handed on.
    True,
}

impl Argument {
    /// What somebody who wrote something else is told to write.
    pub fn wanted(self) -> &'static str {
        match self {
            Argument::Implied => "nothing",
            Argument::Number => "a number",
            Argument::Pattern => "a regular expression",
            Argument::Text => "a text",
            Argument::Values => "a list of values",
            Argument::Span => "a length of time, such as `24h`",
            Argument::Country => {
                "a country by its two letters, or, on a meaning such as `user.registration_number:`, `country.code`"
            }
            Argument::True => "`true`",
        }
    }
}

const fn row(word: &'static str, argument: Argument, broken: &'static str, about: &'static str) -> Row {
    Row { word, argument, broken, about }
}

/// All rules.
pub static RULES: [Row; 17] = [
    row("required", Argument::Implied, "missing", "a field that is not `optional` is there"),
    row("type", Argument::Implied, "of the wrong kind", "the value has the type of the field"),
    row("const", Argument::Implied, "anything else", "the value is the field's `const`"),
    row(
        "printable",
        Argument::Implied,
        "with line breaks or control characters",
        "a text is one line, without control and direction characters",
    ),
    row(
        "fits",
        Argument::Implied,
        "too long for the message",
        "the message that shows the value has two parts at most",
    ),
    row("min", Argument::Number, "under {}", "a text has so many characters, a number is not smaller"),
    row("max", Argument::Number, "over {}", "a text has at most so many characters, a number is not greater"),
    row("pattern", Argument::Pattern, "not like {}", "a text is like this as a whole"),
    row("one_of", Argument::Values, "not {}", "the value is one of these"),
    row("starts_with", Argument::Text, "not beginning with {}", "a text begins with this"),
    row("above", Argument::Number, "not above {}", "a number is greater"),
    row("scale", Argument::Number, "more than {} decimals", "a decimal has at most so many decimals"),
    row("latest", Argument::Span, "older than {}", "a time is at most so far ahead"),
    row("min_age", Argument::Number, "younger than {}", "a date is at least so many years ago"),
    row("agrees", Argument::True, "there twice and different", "a meaning has one value wherever it stands"),
    row("present", Argument::True, "left out", "the field is there, if only as null"),
    row(
        "registered_in",
        Argument::Country,
        "no registration number of {}",
        "a text is a registration number of a country",
    ),
];

/// The row of a rule.
pub fn find(word: &str) -> Option<&'static Row> {
    RULES.iter().find(|row| row.word == word)
}

/// The words of all rules.
pub fn words() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|row| row.word)
}

/// The words that stand as keys at a field.
pub fn keys() -> impl Iterator<Item = &'static str> {
    RULES.iter().filter(|row| row.argument != Argument::Implied).map(|row| row.word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_takes_something_tells_it() {
        for row in &RULES {
            let takes = !matches!(row.argument, Argument::Implied | Argument::True);
            assert_eq!(row.broken.contains("{}"), takes, "{}", row.word);
            assert!(!row.about.is_empty(), "{}", row.word);
        }
    }
}
