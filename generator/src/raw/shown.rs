//! A part of a definition as messages quote it, on one line.

use crate::yaml::{Node, Value};

/// How long a quoted text may be.
const LONGEST: usize = 60;

/// `key: value`
pub fn entry(key: &str, node: &Node) -> String {
    format!("{key}: {}", value(node))
}

/// A scalar as YAML; what has parts, or is long, as dots.
fn value(node: &Node) -> String {
    let written = match &node.value {
        Value::Text(text) if is_plain(text) => text.clone(),
        Value::List(items) if items.is_empty() => "[]".to_owned(),
        Value::Map(_) | Value::List(_) => "...".to_owned(),
        _ => node.to_json().to_string(),
    };
    if written.chars().count() > LONGEST { "...".to_owned() } else { written }
}

/// Everything below a key, by names with dots: `application: { name: Bank }` is `application.name: Bank`.
pub fn dotted(key: &str, node: &Node) -> Vec<String> {
    match &node.value {
        Value::Map(map) if !map.entries.is_empty() => {
            map.entries.iter().flat_map(|entry| dotted(&format!("{key}.{}", entry.key), &entry.node)).collect()
        }
        _ => vec![entry(key, node)],
    }
}

/// True for a text that stands in no quotes and is read as one.
fn is_plain(text: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-. /".contains(letter);
    let starts = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let reads = matches!(serde_yaml::from_str(text), Ok(serde_yaml::Value::String(read)) if read == text);
    starts && reads && text.chars().all(is_word) && !["yes", "no", "on", "off"].contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn settings_have_names_with_dots() {
        let mut sources = Sources::default();
        let text = "a: { b: Bank, c: { d: 1, e: \"0800\", f: true, g: [A] } }\n";
        let file = sources.add("adapter.yaml", text);
        let node = crate::yaml::read(&sources, file).unwrap();
        let all = dotted("a", node.as_map().unwrap().node("a").unwrap());
        assert_eq!(all, ["a.b: Bank", "a.c.d: 1", "a.c.e: \"0800\"", "a.c.f: true", "a.c.g: ..."]);
    }
}
