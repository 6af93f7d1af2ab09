//! Patterns for readers of JSON Schema, whose regular expressions are those of ECMAScript and not anchored.

/// The pattern of a whole text, where the two languages mean the same by it.
pub fn whole(pattern: &str) -> Option<String> {
    is_shared(pattern).then(|| format!("^(?:{pattern})$"))
}

/// The pattern of texts that begin so.
pub fn beginning(start: &str) -> String {
    let escaped = start.chars().flat_map(|letter| {
        let is_sign = "\\^$.|?*+()[]{}/-".contains(letter);
        is_sign.then_some('\\').into_iter().chain([letter])
    });
    format!("^{}", escaped.collect::<String>())
}

/// Flags, named groups, POSIX classes, set operations and anchors of a whole text are written otherwise there.
fn is_shared(pattern: &str) -> bool {
    let other = ["[:", "&&", "--", "~~", "\\A", "\\z", "\\x{", "\\u{", "\\U", "\\a", "\\<", "\\>"];
    let flags =
        pattern.match_indices("(?").any(|(at, _)| !pattern.get(at..).is_some_and(|rest| rest.starts_with("(?:")));
    !flags && !other.iter().any(|word| pattern.contains(word)) && !has_nested_class(pattern)
}

/// `[a[bc]]` is a class in a class here, and a class followed by a bracket there.
fn has_nested_class(pattern: &str) -> bool {
    let (mut inside, mut escaped) = (false, false);
    for letter in pattern.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if inside => return true,
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_understand_is_anchored() {
        assert_eq!(whole("a|b").as_deref(), Some("^(?:a|b)$"));
        for other in ["(?i)a", "(?P<a>b)", "[[:alpha:]]", "[a-z&&[^b]]", r"\Aa", "[a[b]]"] {
            assert_eq!(whole(other), None, "{other}");
        }
        assert_eq!(beginning("+4"), r"^\+4");
    }
}
