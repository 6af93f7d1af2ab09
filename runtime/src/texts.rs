//! The definition's texts, compiled once. Which text is told when is decided by the behaviours; here it is found in
//! the caller's language and filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::adapter::Adapter;
use crate::fault::Fault;

/// The texts of an adapter, by language and key.
pub struct Texts {
    compiled: Environment<'static>,
    languages: BTreeSet<String>,
    default: String,
}

/// A text that cannot be compiled.
#[derive(Debug, thiserror::Error)]
#[error("the text `{key}` in `{language}` is no template: {why}")]
pub struct TextError {
    /// Its language.
    pub language: String,
    /// Its key.
    pub key: String,
    /// What is wrong, without its values.
    pub why: String,
}

impl Texts {
    /// Compiles the texts of a definition.
    ///
    /// # Errors
    /// The first text that is no template.
    pub fn compile(adapter: &Adapter, default_language: &str) -> Result<Self, TextError> {
        let mut compiled = Environment::new();
        compiled.set_undefined_behavior(UndefinedBehavior::Strict);
        compiled.set_auto_escape_callback(|name| {
            if name.starts_with("html/") { AutoEscape::Html } else { AutoEscape::None }
        });
        compiled.set_fuel(Some(10_000));
        for text in adapter.texts {
            for form in ["text", "html"] {
                let name = template_name(form, text.language, text.key);
                compiled.add_template_owned(name, text.text).map_err(|error| TextError {
                    language: text.language.to_owned(),
                    key: text.key.to_owned(),
                    why: error.kind().to_string(),
                })?;
            }
        }
        let languages = adapter.texts.iter().map(|text| text.language.to_owned()).collect();
        Ok(Texts { compiled, languages, default: default_language.to_owned() })
    }

    /// The language among those of the texts that fits a tag such as `cs-CZ`: the same, else the same without its
    /// region, else the default one.
    pub fn language(&self, tag: &str) -> &str {
        self.known(tag.trim()).unwrap_or(&self.default)
    }

    /// The language that an `Accept-Language` header asks for.
    pub fn negotiate(&self, accept_language: Option<&str>) -> &str {
        let mut asked: Vec<(u16, &str)> = accept_language.unwrap_or("").split(',').take(32).filter_map(weighed).collect();
        asked.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        asked.iter().find_map(|(_, tag)| self.known(tag)).unwrap_or(&self.default)
    }

    /// A text without values, in this language or else the default one.
    pub fn plain(&self, language: &str, key: &str) -> Option<String> {
        self.render(language, key, &BTreeMap::new()).ok()
    }

    /// A text with values by meaning, in this language or else the default one.
    ///
    /// # Errors
    /// `unexpected`, if there is no such text or it needs a value that is not there.
    pub fn render(&self, language: &str, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        self.fill("text", language, key, values)
    }

    /// The same for a text that is HTML: values are escaped, the text itself is not.
    ///
    /// # Errors
    /// As [`Texts::render`].
    pub fn render_html(&self, language: &str, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        self.fill("html", language, key, values)
    }

    fn fill(&self, form: &str, language: &str, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        let language = self.language(language);
        let template = self
            .compiled
            .get_template(&template_name(form, language, key))
            .or_else(|_| self.compiled.get_template(&template_name(form, &self.default, key)))
            .map_err(|_| Fault::new("unexpected").because(format_args!("there is no text `{key}`")))?;
        template.render(nested(values)).map_err(|error| {
            // The error's own words may quote values.
            Fault::new("unexpected").because(format_args!("the text `{key}` cannot be filled in: {}", error.kind()))
        })
    }

    fn known(&self, tag: &str) -> Option<&str> {
        let same = |tag: &str| self.languages.iter().find(|language| language.eq_ignore_ascii_case(tag));
        let primary = || tag.split(['-', '_']).next().and_then(same);
        same(tag).or_else(primary).map(String::as_str)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Texts({:?})", self.languages)
    }
}

fn template_name(form: &str, language: &str, key: &str) -> String {
    format!("{form}/{language}/{key}")
}

/// A line of `Accept-Language` with its weight in thousandths; none if it is refused or malformed.
fn weighed(line: &str) -> Option<(u16, &str)> {
    let mut parts = line.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty() && tag.len() <= 35)?;
    let weight = match parts.next() {
        None => 1.0,
        Some(weight) => weight.strip_prefix("q=")?.parse::<f32>().ok()?,
    };
    (weight > 0.0 && weight <= 1.0).then_some(((weight * 1000.0) as u16, tag))
}

/// Values by meaning as nested variables: `operation.amount` is `amount` of `operation`.
fn nested(values: &BTreeMap<String, String>) -> Value {
    let mut root = Level::default();
    for (meaning, value) in values {
        let mut level = &mut root;
        let mut names = meaning.split('.').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                level.values.insert(name.to_owned(), Value::from(without_marks(value)));
            } else {
                level = level.levels.entry(name.to_owned()).or_default();
            }
        }
    }
    root.into_value()
}

#[derive(Default)]
struct Level {
    values: BTreeMap<String, Value>,
    levels: BTreeMap<String, Level>,
}

impl Level {
    fn into_value(mut self) -> Value {
        for (name, level) in self.levels {
            self.values.insert(name, level.into_value());
        }
        Value::from(self.values)
    }
}

/// A value without control characters and marks of direction, which could turn a text into another.
fn without_marks(value: &str) -> String {
    let mark = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    value.chars().filter(|letter| !mark(*letter)).collect()
}
