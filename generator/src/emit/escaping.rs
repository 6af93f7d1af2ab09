//! Turns a definition's words into Rust: identifiers, literals and docs. No other file of `emit` writes text that came
//! from YAML, so nothing that an author writes can end a literal or a comment.

use proc_macro2::Literal;
use serde_json::Value;

use crate::naming::is_invisible;

/// A string literal.
pub fn literal(text: &str) -> String {
    let mut escaped = String::new();
    let quoted = Literal::string(text).to_string();
    for character in quoted.chars() {
        if is_invisible(character) {
            escaped.extend(character.escape_unicode());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// A slice of string literals, with its `&`.
pub fn literals<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    format!("&{}", list(texts))
}

/// String literals in brackets.
pub fn list<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| literal(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// `Some("…")` or `None`.
pub fn option(text: Option<&String>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", literal(text)))
}

/// A JSON value as the attribute macros read it.
pub fn json_literal(value: &Value) -> String {
    match value {
        Value::String(text) => literal(text),
        Value::Array(items) => format!("[{}]", items.iter().map(json_literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", literal(name), json_literal(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// One line of text for a doc comment: no line breaks, nothing invisible, and markdown that rustdoc would resolve
/// is left alone.
pub fn doc(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if is_invisible(character) || character.is_control() {
                line.extend(character.escape_unicode());
            } else {
                line.push(character);
            }
        }
    }
    line
}

/// The same as a sentence of its own.
pub fn sentence(text: &str) -> String {
    let line = doc(text);
    let ended = line.ends_with(['.', '!', '?']);
    if ended || line.is_empty() { line } else { format!("{line}.") }
}

/// `is = user.id`: a meaning as attribute macros read it. Marks are checked names; anything else is dropped.
pub fn meaning(dotted: &str) -> String {
    dotted.chars().filter(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '_')).collect()
}

/// `a`, `a` and `b`, `a`, `b` and `c`: names in back quotes.
pub fn enumerate(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", doc(name))).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_shows_everything_that_is_in_it() {
        assert_eq!(literal("a\"b\\c\n"), r#""a\"b\\c\n""#);
        assert_eq!(literal("\u{202e}x\u{200b}\u{feff}"), r#""\u{202e}x\u{200b}\u{feff}""#);
        assert_eq!(literal("Kód č. 1"), "\"Kód č. 1\"");
    }

    #[test]
    fn a_doc_is_one_line() {
        assert_eq!(doc("one\n two\u{202e} */"), "one two\\u{202e} */");
        assert_eq!(sentence("Finds it"), "Finds it.");
    }
}
