//! The values that a text names, where the engine itself does not tell them or what becomes of them: those of which a part is
//! cut out, and those that are compared with a number.

use super::tokens::{OPERATORS, Token, in_braces};

/// Words that name no value.
const LITERALS: [&str; 7] = ["false", "False", "none", "None", "set", "true", "True"];

/// Tests that compare a value with another.
const COMPARISONS: [&str; 7] = ["eq", "equalto", "ge", "gt", "le", "lt", "ne"];

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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

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
}
