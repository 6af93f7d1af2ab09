//! What to write for an example that lacks a field: the YAML of a tailoring, to be pasted.

use std::collections::BTreeMap;

use countersign_engine::pattern::Pattern;

use crate::language::primitive::Family;
use crate::language::rules::Constraint;
use crate::model::Type;
use crate::resolve::rules::known;
use crate::resolve::{Field, Resolved};

/// How many examples are written out.
const MOST: usize = 8;

/// Where an example stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    pub file: String,
    pub title: String,
    /// It is one of a list of calls, which a tailoring replaces as a whole.
    pub in_list: bool,
}

/// A field that a body lacks, and a value for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Missing {
    pub path: String,
    pub value: String,
}

/// The path of the first example, and the YAML that gives all of them the field.
pub(super) fn help(part: &str, examples: &[Example], missing: &Missing) -> Option<String> {
    let first = examples.iter().find(|example| !example.in_list)?;
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for example in examples.iter().filter(|example| !example.in_list).take(MOST) {
        let titles = files.entry(&example.file).or_default();
        if !titles.contains(&example.title.as_str()) {
            titles.push(&example.title);
        }
    }
    let value = missing.path.rsplit('.').fold(missing.value.clone(), |value, key| format!("{{ {key}: {value} }}"));
    let mut text = format!("give it at `examples: {}: {}: {part}:`, such as\n\nexamples:", first.file, first.title);
    for (file, titles) in files {
        text.push_str(&format!("\n  {file}:"));
        for title in titles {
            text.push_str(&format!("\n    {}: {{ {part}: {value} }}", key(title)));
        }
    }
    Some(text)
}

/// A title as a key.
fn key(title: &str) -> String {
    let plain = title.chars().all(|letter| letter.is_alphanumeric() || " '-,.".contains(letter));
    let begins = title.starts_with(|letter: char| letter.is_alphabetic());
    if plain && begins { title.to_owned() } else { format!("{title:?}") }
}

/// A value of a field, as YAML.
pub(super) fn sample(of: &Resolved<'_>, field: &Field<'_>) -> String {
    let one_of = |rule: &Constraint| if let Constraint::OneOf(texts) = rule { texts.first().cloned() } else { None };
    let like = |rule: &Constraint| if let Constraint::Pattern(pattern) = rule { like(pattern) } else { None };
    let rules = || known(&field.rules).map(|(_, rule)| rule);
    if let Some(text) = rules().find_map(one_of).or_else(|| rules().find_map(like)) {
        return format!("{text:?}");
    }
    match &field.ty {
        Ok(Type::Enum(id)) => of.enums[*id].members.first().map(|one| one.name.text.clone()).unwrap_or_default(),
        Ok(Type::List(_)) => "[]".to_owned(),
        Ok(Type::Primitive(primitive)) => match (primitive.row().family, primitive.word()) {
            (Family::Flag, _) => "true".to_owned(),
            (Family::Integer | Family::Decimal, _) => "1".to_owned(),
            (_, "date") => "\"2026-01-31\"".to_owned(),
            (_, "time") => "\"2026-01-31T12:00:00Z\"".to_owned(),
            (_, "phone") => "\"+420777123456\"".to_owned(),
            (_, "email") => "anna@example.com".to_owned(),
            (_, "url") => "https://example.com/".to_owned(),
            (_, "code" | "digits") => "\"12345678\"".to_owned(),
            (Family::Json, _) => "{}".to_owned(),
            _ => format!("{:?}", "x".repeat(shortest(field).max(1))),
        },
        _ => "{}".to_owned(),
    }
}

fn shortest(field: &Field<'_>) -> usize {
    let min =
        known(&field.rules).find_map(|(_, rule)| if let Constraint::Min(least) = rule { least.as_u64() } else { None });
    min.and_then(|least| usize::try_from(least).ok()).unwrap_or(1).min(64)
}

/// A text that is like a pattern, for patterns made of letters, simple classes and numbers of times.
fn like(pattern: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), pattern);
    while let Some(first) = rest.chars().next() {
        let (letter, after) = match first {
            '[' => {
                let (inside, after) = rest.get(1..)?.split_once(']')?;
                (inside.chars().find(|letter| letter.is_alphanumeric())?, after)
            }
            '\\' => {
                let class = rest.chars().nth(1)?;
                let letter = match class {
                    'd' | 'w' => '0',
                    's' => ' ',
                    other => other,
                };
                (letter, rest.get(1 + class.len_utf8()..)?)
            }
            '.' => ('x', rest.get(1..)?),
            _ => (first, rest.get(first.len_utf8()..)?),
        };
        let (times, after) = times(after)?;
        text.extend(std::iter::repeat_n(letter, times));
        rest = after;
    }
    Pattern::remembered(pattern).ok()?.matches(&text).then_some(text)
}

/// How often at least what stands before is there.
fn times(after: &str) -> Option<(usize, &str)> {
    match after.chars().next() {
        Some('+') => Some((1, after.get(1..)?)),
        Some('*' | '?') => Some((0, after.get(1..)?)),
        Some('{') => {
            let (inside, rest) = after.get(1..)?.split_once('}')?;
            let least = inside.split(',').next()?.parse::<usize>().ok()?;
            Some((least.min(64), rest))
        }
        _ => Some((1, after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simple_pattern_has_a_sample() {
        for (pattern, text) in
            [("[0-9]{4}", Some("0000")), ("\\d{3,}-[A-Z]+", Some("000-A")), ("ab?c.", Some("acx")), ("(a|b)", None)]
        {
            assert_eq!(like(pattern).as_deref(), text, "{pattern}");
        }
    }

    #[test]
    fn what_is_pasted_has_every_example_and_the_whole_path() {
        let example = |title: &str, in_list| Example { file: "look-up".to_owned(), title: title.to_owned(), in_list };
        let missing = Missing { path: "user.branch".to_owned(), value: "\"0000\"".to_owned() };
        let all = [example("it is there", false), example("what: is this", false), example("several calls", true)];
        let text = help("request", &all, &missing).unwrap();
        assert_eq!(
            text,
            "give it at `examples: look-up: it is there: request:`, such as\n\nexamples:\n  look-up:\n    \
             it is there: { request: { user: { branch: \"0000\" } } }\n    \
             \"what: is this\": { request: { user: { branch: \"0000\" } } }"
        );
    }
}
