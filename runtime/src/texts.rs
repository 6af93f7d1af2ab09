//! The definition's texts, compiled once. Which text is shown when is decided by the behaviours; here it is found in
//! the caller's language and filled in. Each is filled in once at the start, so that one which cannot be is no surprise.

use std::collections::HashMap;
use std::fmt;

use countersign_engine::texts::{Engine, Failure, Form, Mistake, Shown, Template};

use crate::adapter::Adapter;
use crate::fault::Fault;
use crate::languages::Languages;
use crate::values::is_hidden;

/// How many ways of filling a text in are tried at the start.
const MOST_TRIALS: usize = 729;

/// The texts of an adapter, by language and key.
pub struct Texts {
    engine: Engine,
    /// By its key, the languages that a text is in, and the engine's name of each.
    names: HashMap<&'static str, Vec<(&'static str, String)>>,
    languages: Languages,
    default: String,
}

/// A text that cannot be compiled, or that nothing can be filled into.
#[derive(Debug, thiserror::Error)]
#[error("the text `{key}` in `{language}` cannot be filled in: {why}")]
pub struct TextError {
    /// Its language.
    pub language: String,
    /// Its key.
    pub key: String,
    /// What is wrong, without its values.
    pub why: String,
}

impl Texts {
    /// Compiles the texts of a definition, and fills each in once.
    ///
    /// # Errors
    /// The first text that is no template, or that nothing can be filled into.
    pub fn compile(adapter: &Adapter, default_language: &str) -> Result<Self, TextError> {
        let (mut engine, mut names) = (Engine::default(), HashMap::<_, Vec<_>>::new());
        for text in adapter.texts {
            let name = format!("{}/{}", text.language, text.key);
            let wrong = |why: String| TextError { language: text.language.to_owned(), key: text.key.to_owned(), why };
            for form in [Form::Plain, Form::Html] {
                engine.keep(form, &name, text.text).map_err(|mistake| wrong(without_words(&mistake)))?;
                let kept = engine.kept(form, &name);
                kept.map_or(Ok(()), |text| try_out(&text)).map_err(|failure| wrong(failure.kind))?;
            }
            names.entry(text.key).or_default().push((text.language, name));
        }
        let languages = Languages::new(adapter.texts.iter().map(|text| text.language));
        Ok(Texts { engine, names, languages, default: default_language.to_owned() })
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

    /// A text without values, in this language or else the default one; none if there is no such text, or it needs a
    /// value.
    pub fn plain(&self, language: &str, key: &str) -> Option<String> {
        self.has(language, key).then(|| self.render(language, key, |_| None).ok()).flatten()
    }

    /// True if there is such a text, in this language or in the default one.
    pub(crate) fn has(&self, language: &str, key: &str) -> bool {
        self.name(language, key).is_some()
    }

    /// A text with values by meaning, in this language or else the default one.
    ///
    /// # Errors
    /// `unexpected`, if there is no such text or it needs a value that is not there.
    pub fn render(&self, language: &str, key: &str, value: impl Fn(&str) -> Option<Shown>) -> Result<String, Fault> {
        self.fill(Form::Plain, language, key, value)
    }

    /// The same for a text that is HTML: values are escaped, the text itself is not.
    ///
    /// # Errors
    /// As [`Texts::render`].
    pub fn render_html(
        &self,
        language: &str,
        key: &str,
        value: impl Fn(&str) -> Option<Shown>,
    ) -> Result<String, Fault> {
        self.fill(Form::Html, language, key, value)
    }

    /// A text as the definition has it, with the names of its values.
    ///
    /// # Errors
    /// `unexpected`, if there is no such text.
    pub fn unfilled(&self, language: &str, key: &str) -> Result<String, Fault> {
        Ok(self.template(Form::Plain, language, key)?.source().to_owned())
    }

    /// A text that stands in the error table rather than under a key, with its values; empty if it cannot be filled in.
    pub(crate) fn of_row(&self, code: &str, text: &str, value: impl Fn(&str) -> Option<Shown>) -> String {
        let read = self.engine.read(Form::Plain, text);
        let filled = read
            .map_err(|mistake| without_words(&mistake))
            .and_then(|text| text.fill(|meaning| value(meaning).map(without_marks)).map_err(|failure| failure.kind));
        filled.unwrap_or_else(|why| {
            tracing::error!(code, why, "a text of an error cannot be filled in");
            String::new()
        })
    }

    /// True if a text shows this meaning, or asks for it.
    pub(crate) fn shows(&self, language: &str, key: &str, meaning: &str) -> bool {
        let text = self.template(Form::Plain, language, key);
        text.is_ok_and(|text| text.shows().iter().any(|shown| shown == meaning))
    }

    fn fill(
        &self,
        form: Form,
        language: &str,
        key: &str,
        value: impl Fn(&str) -> Option<Shown>,
    ) -> Result<String, Fault> {
        let filled = self.template(form, language, key)?.fill(|meaning| value(meaning).map(without_marks));
        filled.map_err(|Failure { kind, .. }| {
            // The error's own words may quote values.
            tracing::error!(key, language = self.language(language), why = kind, "a text cannot be filled in");
            Fault::new("unexpected").with_detail(format_args!("the text `{key}` cannot be filled in: {kind}"))
        })
    }

    fn template(&self, form: Form, language: &str, key: &str) -> Result<Template<'_>, Fault> {
        let kept = self.name(language, key).and_then(|name| self.engine.kept(form, name));
        kept.ok_or_else(|| Fault::new("unexpected").with_detail(format_args!("there is no text `{key}`")))
    }

    /// The engine's name of a text in this language, or else in the default one.
    fn name(&self, language: &str, key: &str) -> Option<&str> {
        let there = self.names.get(key)?;
        let of = |language: &str| there.iter().find(|(other, _)| *other == language).map(|(_, name)| name.as_str());
        of(self.language(language)).or_else(|| of(&self.default))
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Texts({:?})", self.languages)
    }
}

/// What is wrong with a text, without the words of the text itself.
fn without_words(mistake: &Mistake) -> String {
    match mistake {
        Mistake::Syntax(_) => "it cannot be read".to_owned(),
        other => other.to_string(),
    }
}

/// Fills a text in with samples: with texts alone, then with numbers and flags among them, until it goes.
fn try_out(text: &Template<'_>) -> Result<(), Failure> {
    let shows = text.shows();
    let sample = |at: usize, trial: usize| match trial / 3usize.pow(u32::try_from(at).unwrap_or_default()) % 3 {
        0 => Shown::Text("0".to_owned()),
        1 => Shown::Integer(1),
        _ => Shown::Flag(true),
    };
    let with = |trial: usize| {
        text.fill(|meaning| shows.iter().position(|shown| shown == meaning).map(|at| sample(at.min(5), trial)))
    };
    let failure = match with(0) {
        Ok(_) => return Ok(()),
        Err(failure) => failure,
    };
    if (1..MOST_TRIALS).any(|trial| with(trial).is_ok()) { Ok(()) } else { Err(failure) }
}

/// A value without what a reader does not see, such as marks of direction, which could turn a text into another.
fn without_marks(value: Shown) -> Shown {
    match value {
        Shown::Text(text) if text.contains(is_hidden) => {
            Shown::Text(text.chars().filter(|letter| !is_hidden(*letter)).collect())
        }
        other => other,
    }
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

    fn values(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<Shown> {
        let pairs: std::collections::BTreeMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        move |meaning| pairs.get(meaning).cloned().map(Shown::Text)
    }

    #[test]
    fn meanings_with_dots_are_variables() {
        let values = values(&[("operation.amount", "100.00"), ("operation.account", "CZ1"), ("otp.code", "0123")]);
        assert_eq!(texts().render("en", "pay", values).unwrap(), "Pay 100.00 to CZ1: 0123.");
    }

    #[test]
    fn a_missing_value_is_a_fault_and_shows_no_value() {
        let fault = texts().render("en", "pay", values(&[("operation.amount", "100")])).unwrap_err();
        assert_eq!(fault.name, "unexpected");
        assert!(!fault.inner.unwrap().contains("100"));
        assert_eq!(texts().render("en", "nothing", |_| None).unwrap_err().name, "unexpected");
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
        assert!(texts.render("cs", "html", values(&[("user.name", "x")])).is_ok(), "a text that is not translated");
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
        assert_eq!(texts().render("en", "html", values).unwrap(), "<p><script>&'</p>");
    }

    #[test]
    fn values_lose_what_turns_a_text_around() {
        let values = values(&[("user.name", "a\u{202e}b\nc\u{200b}d\0")]);
        assert_eq!(texts().render("en", "html", values).unwrap(), "<p>abcd</p>");
    }

    #[test]
    fn a_text_that_cannot_be_filled_in_is_named_at_the_start() {
        for text in ["{{ otp.code", "{{ otp.code | nothing }}", "{{ otp.code | replace }}", "{% include 'x' %}"] {
            let broken: &[Text] = vec![Text { language: "en", key: "broken", text }].leak();
            let error = Texts::compile(&Adapter { texts: broken, ..ADAPTER }, "en").unwrap_err();
            assert!(error.to_string().starts_with("the text `broken` in `en` cannot be filled in"), "{error}");
        }
    }

    #[test]
    fn a_text_may_calculate_with_what_is_a_number() {
        let text = "{% if otp.attempts_left is odd %}{{ user.name | trim }}{% endif %}{% if user.is_new %}!{% endif %}";
        let odd: &[Text] = vec![Text { language: "en", key: "odd", text }].leak();
        let texts = Texts::compile(&Adapter { texts: odd, ..ADAPTER }, "en").unwrap();
        let value = |meaning: &str| match meaning {
            "otp.attempts_left" => Some(Shown::Integer(1)),
            "user.name" => Some(Shown::Text(" Ann ".to_owned())),
            _ => Some(Shown::Flag(false)),
        };
        assert_eq!(texts.render("en", "odd", value).unwrap(), "Ann");
    }
}
