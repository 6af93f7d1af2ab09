//! Markdown out of other people's words: every text is escaped, so that no definition writes markup, and tables stay
//! tables.

use crate::naming::is_invisible;

/// A text in which nothing is markup. Line ends become blanks.
pub fn text(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => escaped.extend(['\\', letter]),
            '&' => escaped.push_str("&amp;"),
            other if is_hidden(other) => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A name or a value as code.
pub fn code(words: &str) -> String {
    let plain: String = words.chars().map(|letter| if is_hidden(letter) { ' ' } else { letter }).collect();
    let plain = plain.replace('|', "\\|");
    let longest = plain.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let blank = if plain.starts_with('`') || plain.ends_with('`') || plain.trim().is_empty() { " " } else { "" };
    format!("{fence}{blank}{plain}{blank}{fence}")
}

/// Several names as code.
pub fn codes<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    all.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A table: a row of heads, then rows of cells that are Markdown already. Empty without rows.
pub fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

/// Line ends and other control characters, and signs that turn the direction of writing or cannot be seen.
fn is_hidden(letter: char) -> bool {
    letter.is_control() || is_invisible(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_becomes_markup() {
        assert_eq!(text("a *b* <i>c</i>\n| d & e"), r"a \*b\* \<i\>c\</i\> \| d &amp; e");
        assert_eq!(code("a|b"), r"`a\|b`");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(text("a\u{202e}b"), "a b");
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let rows = vec![vec!["1".to_owned(), "2".to_owned()]];
        assert_eq!(table(&["a", "b"], &rows), "| a | b |\n|---|---|\n| 1 | 2 |\n");
        assert_eq!(table(&["a"], &[]), "");
    }
}
