//! The definition's texts, compiled once. Which text is told when is decided by the behaviours; here it is found in
//! the caller's language and filled in.

use std::collections::BTreeMap;
use std::fmt;

use minijinja::{AutoEscape, Environment, Template, UndefinedBehavior, Value};

use crate::adapter::Adapter;
use crate::fault::Fault;
use crate::languages::Languages;
use crate::values::is_hidden;

/// The texts of an adapter, by language and key.
pub struct Texts {
    compiled: Environment<'static>,
    languages: Languages,
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
        compiled.set_auto_escape_callback(
            |name| {
                if name.starts_with("html/") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
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
        let languages = Languages::new(adapter.texts.iter().map(|text| text.language));
        Ok(Texts { compiled, languages, default: default_language.to_owned() })
    }

    /// The language among those of the texts that fits a tag such as `cs-CZ` best, else the default one.
    pub fn language(&self, tag: &str) -> &str {
        self.languages.fitting(tag).unwrap_or(&self.default)
    }

    /// The languages that there are texts in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.all()
    }

    /// The language that an `Accept-Language` header asks for; its lines are joined by commas.
    pub fn negotiate(&self, accept_language: Option<&str>) -> &str {
        self.languages.negotiated(accept_language.unwrap_or_default()).unwrap_or(&self.default)
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

    /// A text as the definition has it, with the names of its values.
    ///
    /// # Errors
    /// `unexpected`, if there is no such text.
    pub fn unfilled(&self, language: &str, key: &str) -> Result<String, Fault> {
        Ok(self.template("text", language, key)?.source().to_owned())
    }

    fn fill(&self, form: &str, language: &str, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        self.template(form, language, key)?.render(nested(values)).map_err(|error| {
            // The error's own words may quote values.
            Fault::new("unexpected").with_detail(format_args!("the text `{key}` cannot be filled in: {}", error.kind()))
        })
    }

    fn template(&self, form: &str, language: &str, key: &str) -> Result<Template<'_, '_>, Fault> {
        self.compiled
            .get_template(&template_name(form, self.language(language), key))
            .or_else(|_| self.compiled.get_template(&template_name(form, &self.default, key)))
            .map_err(|_| Fault::new("unexpected").with_detail(format_args!("there is no text `{key}`")))
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

/// A value without what a reader does not see, such as marks of direction, which could turn a text into another.
fn without_marks(value: &str) -> String {
    value.chars().filter(|letter| !is_hidden(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Text;
    use crate::testing::ADAPTER;

    const TEXTS: &[Text] = &[
        Text {
            language: "en",
            key: "pay",
            text: "Pay {{ operation.amount }} to {{ operation.account }}: {{ otp.code }}.",
        },
        Text { language: "en", key: "plain", text: "Low <b>balance</b>" },
        Text { language: "cs", key: "plain", text: "Nízký zůstatek" },
        Text { language: "en", key: "html", text: "<p>{{ user.name }}</p>" },
    ];

    fn texts() -> Texts {
        Texts::compile(&Adapter { texts: TEXTS, ..ADAPTER }, "en").unwrap()
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn meanings_with_dots_are_variables() {
        let values = values(&[("operation.amount", "100.00"), ("operation.account", "CZ1"), ("otp.code", "0123")]);
        assert_eq!(texts().render("en", "pay", &values).unwrap(), "Pay 100.00 to CZ1: 0123.");
    }

    #[test]
    fn a_missing_value_is_a_fault_and_shows_no_value() {
        let fault = texts().render("en", "pay", &values(&[("operation.amount", "100")])).unwrap_err();
        assert_eq!(fault.name, "unexpected");
        assert!(!fault.inner.unwrap().contains("100"));
        assert_eq!(texts().render("en", "nothing", &BTreeMap::new()).unwrap_err().name, "unexpected");
    }

    #[test]
    fn languages_fall_back_to_their_primary_one_and_to_the_default() {
        let texts = texts();
        for language in ["cs", "cs-CZ", "CS", "cs_CZ"] {
            assert_eq!(texts.plain(language, "plain").unwrap(), "Nízký zůstatek", "{language}");
        }
        for language in ["de", "", "en-GB", "xx-yy-zz"] {
            assert_eq!(texts.plain(language, "plain").unwrap(), "Low <b>balance</b>", "{language}");
        }
        assert!(texts.render("cs", "html", &values(&[("user.name", "x")])).is_ok(), "a text that is not translated");
    }

    #[test]
    fn the_header_is_weighed() {
        let texts = texts();
        let cases = [
            (None, "en"),
            (Some("cs"), "cs"),
            (Some("de;q=0.9, cs;q=0.1"), "cs"),
            (Some("en;q=0.1, cs-CZ;q=0.2"), "cs"),
            (Some("cs;q=0, en"), "en"),
            (Some("cs;q=x"), "en"),
            (Some("*"), "en"),
            (Some(", ,;q=1"), "en"),
        ];
        for (header, language) in cases {
            assert_eq!(texts.negotiate(header), language, "{header:?}");
        }
    }

    #[test]
    fn values_in_html_are_escaped_and_the_text_is_not() {
        let values = values(&[("user.name", "<script>&'")]);
        assert_eq!(texts().render_html("en", "html", &values).unwrap(), "<p>&lt;script&gt;&amp;&#x27;</p>");
        assert_eq!(texts().render("en", "html", &values).unwrap(), "<p><script>&'</p>");
    }

    #[test]
    fn values_lose_what_turns_a_text_around() {
        let values = values(&[("user.name", "a\u{202e}b\nc\u{200b}d\0")]);
        assert_eq!(texts().render("en", "html", &values).unwrap(), "<p>abcd</p>");
    }

    #[test]
    fn a_text_that_is_no_template_is_named() {
        let broken: &[Text] = &[Text { language: "en", key: "broken", text: "{{ otp.code" }];
        let error = Texts::compile(&Adapter { texts: broken, ..ADAPTER }, "en").unwrap_err();
        assert!(error.to_string().starts_with("the text `broken` in `en` is no template"), "{error}");
    }
}
