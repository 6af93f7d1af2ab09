//! What a text may be made of: values, `{% if %}` and `{% set %}`, the filters and the tests that are listed here. A word
//! that is none of them is reported before anything is filled in, also where it stands in a branch that is never taken.

use std::fmt;

use super::tokens::{OPERATORS, Token, in_braces};

/// What may stand in `{% %}`.
const STATEMENTS: [&str; 5] = ["if", "elif", "else", "endif", "set"];

/// What may stand after `|`.
const FILTERS: [&str; 19] = [
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "first",
    "float",
    "format",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "round",
    "split",
    "title",
    "trim",
    "upper",
];

/// What may stand after `is`.
const TESTS: [&str; 14] = [
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "ge",
    "gt",
    "le",
    "lt",
    "ne",
    "odd",
    "startingwith",
    "undefined",
];

/// Why something is no text that can be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// It cannot be read: why.
    Syntax(String),
    /// A statement that texts do not have.
    Statement(String),
    /// A filter that texts do not have.
    Filter(String),
    /// A test that texts do not have.
    Test(String),
    /// Something is called.
    Call(String),
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mistake::Syntax(why) => out.write_str(why),
            Mistake::Statement(word) => write!(out, "texts have no `{{% {word} %}}`"),
            Mistake::Filter(word) => write!(out, "texts have no filter `{word}`"),
            Mistake::Test(word) => write!(out, "texts have no test `{word}`"),
            Mistake::Call(word) => write!(out, "texts cannot call `{word}()`"),
        }
    }
}

impl Mistake {
    /// The word that texts do not have, and those that they have in its place.
    pub fn instead(&self) -> Option<(&str, &'static [&'static str])> {
        match self {
            Mistake::Syntax(_) | Mistake::Call(_) => None,
            Mistake::Statement(word) => Some((word, &STATEMENTS)),
            Mistake::Filter(word) => Some((word, &FILTERS)),
            Mistake::Test(word) => Some((word, &TESTS)),
        }
    }
}

/// Looks at every word of a text.
pub(super) fn check(text: &str) -> Result<(), Mistake> {
    in_braces(text).iter().try_for_each(|(is_statement, tokens)| check_tokens(tokens, *is_statement))
}

fn check_tokens(tokens: &[Token<'_>], is_statement: bool) -> Result<(), Mistake> {
    if is_statement {
        let word = tokens.iter().find_map(|token| if let Token::Word(word) = token { Some(*word) } else { None });
        let word = word.unwrap_or_default();
        if !STATEMENTS.contains(&word) {
            return Err(Mistake::Statement(word.to_owned()));
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = *token else { continue };
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at)).copied();
        let is = |back: usize| before(back) == Some(Token::Word("is")) && before(back + 1) != Some(Token::Sign('.'));
        let is_test = word != "not" && (is(1) || before(1) == Some(Token::Word("not")) && is(2));
        let is_filter = before(1) == Some(Token::Sign('|'));
        let is_called = tokens.get(at + 1) == Some(&Token::Sign('('));
        if is_filter && !FILTERS.contains(&word) {
            return Err(Mistake::Filter(word.to_owned()));
        }
        if is_test && !TESTS.contains(&word) {
            return Err(Mistake::Test(word.to_owned()));
        }
        if is_called && !is_filter && !is_test && !OPERATORS.contains(&word) {
            return Err(Mistake::Call(word.to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_texts_need_is_let_through() {
        for text in [
            "a { b } {",
            "{{ otp.code }}",
            "{%- if user.name is defined and (user.age | int) > 3 -%}x{%+ else %}y{% endif %}",
            "{% if user.name is not undefined %}{{ user.name | replace('|safe', \"%}\") }}{% endif %}",
            "{# {% include 'x' %} #}{{ '{% include %}' }}",
            "{% if not (user.name == 'is safe') %}{% elif x.is == 3 %}{% endif %}",
            "{{ x.name | default('y') | upper }}",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_they_do_not_have_is_told_by_its_word() {
        let mistake = |text: &str| check(text).unwrap_err().to_string();
        for word in [
            "include 'x'",
            "import 'x' as y",
            "macro a()",
            "extends 'x'",
            "autoescape false",
            "for x in y",
            "raw",
            "filter upper",
            "call x()",
            "block x",
            "do x()",
            "with x = 1",
            "from 'a' import b",
            "endset",
        ] {
            let first = word.split(' ').next().unwrap_or_default();
            for text in [format!("{{% {word} %}}"), format!("{{%-{word}-%}}"), format!("a{{{{ b }}}}{{%+ {word} %}}")] {
                assert_eq!(mistake(&text), format!("texts have no `{{% {first} %}}`"), "{text}");
            }
        }
        for text in [
            "{{ a.b | safe }}",
            "{{ a.b|safe }}",
            "{% if a %}{{ a|upper |\nsafe }}{% endif %}",
            "{% set x = a | safe %}",
        ] {
            assert_eq!(mistake(text), "texts have no filter `safe`", "{text}");
        }
        assert_eq!(mistake("{% if a is nothing %}"), "texts have no test `nothing`");
        assert_eq!(mistake("{% if a is not filter %}"), "texts have no test `filter`");
        for (text, called) in
            [("{{ range(9) }}", "range"), ("{{ a.items() }}", "items"), ("{{ a.b.upper () }}", "upper")]
        {
            assert_eq!(mistake(text), format!("texts cannot call `{called}()`"));
        }
    }
}
