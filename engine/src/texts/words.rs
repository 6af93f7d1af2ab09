//! What a text may be made of: values, `{% if %}` and `{% set %}`, the filters and the tests that are listed here. A word
//! that is none of them is reported before anything is filled in, also where it stands in a branch that is never taken.

use std::fmt;

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

/// Words before which a bracket is no call.
const OPERATORS: [&str; 8] = ["and", "elif", "else", "if", "in", "is", "not", "or"];

/// Words that name no value.
const LITERALS: [&str; 7] = ["false", "False", "none", "None", "set", "true", "True"];

/// Tests that compare a value with another.
const COMPARISONS: [&str; 7] = ["eq", "equalto", "ge", "gt", "le", "lt", "ne"];

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

/// The values that stand where a part is cut out of one, `{{ user.name[:3] }}`: the engine does not tell these itself.
pub(super) fn sliced(text: &str) -> Vec<String> {
    let parts = in_braces(text);
    let set: Vec<&str> = parts.iter().filter_map(|(is_statement, tokens)| set_name(*is_statement, tokens)).collect();
    let sliced = parts.iter().filter(|(_, tokens)| has_slice(tokens)).flat_map(|(_, tokens)| paths(tokens));
    sliced.filter(|path| !set.contains(&path.first())).map(|path| path.name()).collect()
}

/// The values that are compared with a number as they are.
pub(super) fn compared_with_numbers(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (_, tokens) in in_braces(text) {
        let is_number = |at: Option<usize>| matches!(at.and_then(|at| tokens.get(at)), Some(Token::Word(word)) if word.starts_with(|sign: char| sign.is_ascii_digit()));
        for path in paths(&tokens) {
            let behind = comparison_from(&tokens, path.end);
            let is_whole = !matches!(tokens.get(path.end), Some(Token::Sign('|' | '[')));
            let before = path.start.checked_sub(1).filter(|_| is_whole).and_then(|last| comparison_to(&tokens, last));
            if is_number(behind) || is_number(before) {
                all.push(path.name());
            }
        }
    }
    all
}

fn is_number(token: &Token<'_>) -> bool {
    matches!(token, Token::Word(word) if word.starts_with(|sign: char| sign.is_ascii_digit()))
}

/// Where the other side of a comparison begins that stands from here on, its sign and brackets passed over.
fn comparison_from(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let rest = tokens.get(at..)?;
    let passed = |rest: &[Token<'_>], also: &[char]| {
        rest.iter().take_while(|token| matches!(token, Token::Sign(sign) if also.contains(sign))).count()
    };
    let words = match rest {
        [Token::Sign('<' | '>'), ..] | [Token::Sign('=' | '!'), Token::Sign('='), ..] => 1,
        [Token::Word("is"), Token::Word("not"), Token::Word(test), ..] if COMPARISONS.contains(test) => 3,
        [Token::Word("is"), Token::Word(test), ..] if COMPARISONS.contains(test) => 2,
        _ => return None,
    };
    Some(at + words + passed(rest.get(words..)?, &['=', '-', '(']))
}

/// Where the other side of a comparison ends whose last sign is here.
fn comparison_to(tokens: &[Token<'_>], last: usize) -> Option<usize> {
    let before = |back: usize| last.checked_sub(back);
    match tokens.get(..=last)? {
        [.., Token::Sign('<' | '>' | '=' | '!'), Token::Sign('=')] => before(2),
        [.., Token::Sign('<' | '>')] => before(1),
        _ => None,
    }
}

/// The name that `{% set name = … %}` gives a value.
fn set_name<'t>(is_statement: bool, tokens: &[Token<'t>]) -> Option<&'t str> {
    let mut words = tokens.iter().filter_map(|token| if let Token::Word(word) = token { Some(*word) } else { None });
    (is_statement && words.next() == Some("set")).then(|| words.next()).flatten()
}

/// True if some brackets hold a colon, and are no object.
fn has_slice(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    tokens.iter().any(|token| {
        match token {
            Token::Sign(sign @ ('[' | '{' | '(')) => open.push(*sign),
            Token::Sign(']' | '}' | ')') => drop(open.pop()),
            _ => {}
        }
        *token == Token::Sign(':') && open.last() == Some(&'[')
    })
}

/// A value's name among tokens.
struct Path<'p, 't> {
    tokens: &'p [Token<'t>],
    start: usize,
    /// Behind its last token.
    end: usize,
}

impl<'t> Path<'_, 't> {
    fn words(&self) -> impl Iterator<Item = &'t str> {
        let tokens = self.tokens.get(self.start..self.end).unwrap_or_default();
        tokens.iter().filter_map(|token| if let Token::Word(word) = token { Some(*word) } else { None })
    }

    fn first(&self) -> &'t str {
        self.words().next().unwrap_or_default()
    }

    fn name(&self) -> String {
        self.words().collect::<Vec<_>>().join(".")
    }
}

/// The names of values among these tokens: no filters, tests, and words of the engine.
fn paths<'p, 't>(tokens: &'p [Token<'t>]) -> Vec<Path<'p, 't>> {
    let mut all: Vec<Path<'p, 't>> = Vec::new();
    for (start, token) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let before = start.checked_sub(1).and_then(|at| tokens.get(at));
        let is_inside = all.last().is_some_and(|path| path.end > start);
        let is_word_of_texts = matches!(before, Some(Token::Sign('|' | '.') | Token::Word("is")))
            || is_number(token)
            || OPERATORS.contains(word)
            || LITERALS.contains(word);
        if is_inside || is_word_of_texts {
            continue;
        }
        let mut end = start + 1;
        while let [Token::Sign('.'), Token::Word(_), ..] = tokens.get(end..).unwrap_or_default() {
            end += 2;
        }
        all.push(Path { tokens, start, end });
    }
    all
}

/// The parts of a text that stand in braces: whether each is a statement, and its tokens.
fn in_braces(text: &str) -> Vec<(bool, Vec<Token<'_>>)> {
    let (mut all, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find('{') {
        let Some((open, inside)) = rest.get(at..).and_then(|from| from.split_at_checked(2)) else { break };
        rest = match open {
            "{#" => inside.split_once("#}").map_or("", |(_, after)| after),
            "{{" | "{%" => {
                let (tokens, after) = tokens(inside, if open == "{{" { "}}" } else { "%}" });
                all.push((open == "{%", tokens));
                after
            }
            _ => rest.get(at + 1..).unwrap_or_default(),
        };
    }
    all
}

/// What a text is made of between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Sign(char),
    /// A text in quotes.
    Quoted,
}

/// The tokens up to the closing bracket, and what follows it.
fn tokens<'t>(text: &'t str, close: &str) -> (Vec<Token<'t>>, &'t str) {
    let (mut all, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(close) {
            return (all, after);
        }
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = match first {
            '"' | '\'' => {
                all.push(Token::Quoted);
                quoted(rest, first)
            }
            letter if is_word(letter) => {
                let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
                all.extend(rest.get(..end).map(Token::Word));
                end
            }
            sign => {
                all.extend((!sign.is_whitespace()).then_some(Token::Sign(sign)));
                sign.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    (all, "")
}

/// How long a text in quotes is, with them.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
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
    fn values_of_which_a_part_is_cut_out_are_found() {
        for (text, expected) in [
            ("{{ user.name[:3] }}", &["user.name"][..]),
            ("{{ (user.name)[1:card.place] | upper }}", &["user.name", "card.place"]),
            ("{% set x = user.name %}{{ x[:3] }}", &[]),
            ("{% set x = user.name[:3] %}{{ x }}", &["user.name"]),
            ("{{ user.names[0] }} {{ { 'a': card.place } }}", &[]),
            ("{% if true and user.name[:1] == 'A' %}{% endif %}[:2]", &["user.name"]),
        ] {
            assert_eq!(sliced(text), expected, "{text}");
        }
    }

    #[test]
    fn comparisons_with_numbers_are_found() {
        for text in [
            "{% if a.b > 9 %}{% endif %}",
            "{% if a.b >= 9.5 %}{% endif %}",
            "{% if x and a.b==-1 %}{% endif %}",
            "{% if a.b != 0 %}{% endif %}",
            "{% if 10.5 < a.b %}{% endif %}",
            "{% if 1 == a.b and x %}{% endif %}",
            "{% if a.b is gt(9) %}{% endif %}",
            "{% if a.b is not eq 9 %}{% endif %}",
            "{{ a.b <= 3 }}",
        ] {
            assert_eq!(compared_with_numbers(text), ["a.b"], "{text}");
        }
        for text in [
            "{% if a.b | float > 9 %}{% endif %}",
            "{% if a.b | length == 9 %}{% endif %}",
            "{% if a.b == '9' %}{% endif %}",
            "{% if a.b == c9 %}{% endif %}",
            "{% if 9 < a.b9 | int %}{% endif %}",
            "{% if a.b is odd %}{% endif %}",
            "{{ '{{ a.b > 9 }}' }}",
        ] {
            let found = compared_with_numbers(text);
            assert_eq!(found, [""; 0], "{text}");
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
