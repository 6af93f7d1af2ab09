//! What stands in the braces of a text, word by word.

/// Words before which a bracket is no call.
pub(super) const OPERATORS: [&str; 8] = ["and", "elif", "else", "if", "in", "is", "not", "or"];

/// The parts of a text that stand in braces: whether each is a statement, and its tokens.
pub(super) fn in_braces(text: &str) -> Vec<(bool, Vec<Token<'_>>)> {
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
pub(super) enum Token<'t> {
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
