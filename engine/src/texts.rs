//! Texts that people read, with values in them: the one engine by which they are proved and filled in. A text is a
//! template whose variables are meanings. It may ask whether a value is there; it calls nothing, includes nothing, and
//! nothing in it switches escaping off. Which value it gets, and what is removed from it, is decided by whoever asks.

mod level;
mod tokens;
mod values;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, filters, tests};

use level::Level;
pub use words::Mistake;

/// What a text may do at most, in steps of the engine.
const FUEL: u64 = 10_000;

/// A value as a text shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Anything but these two.
    Text(String),
    /// A whole number, which can be compared with others.
    Integer(i64),
    /// True or false, which can be asked for.
    Flag(bool),
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Shown::Text(text)
    }
}

impl From<i64> for Shown {
    fn from(number: i64) -> Self {
        Shown::Integer(number)
    }
}

impl From<bool> for Shown {
    fn from(flag: bool) -> Self {
        Shown::Flag(flag)
    }
}

/// What a text is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Values stand in it as they are.
    Plain,
    /// HTML: values are escaped, the text itself is not.
    Html,
}

/// A text that was not filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// It shows a value that is not there.
    pub is_absent: bool,
    /// What kind of failure it is: no words of the text, and no value.
    pub kind: String,
    /// More of it, which may quote values.
    pub detail: String,
}

/// The engine, and the texts that it keeps by name.
pub struct Engine {
    environment: Environment<'static>,
    kept: HashMap<Form, HashMap<String, Kept>>,
}

/// A text that is kept.
#[derive(Debug)]
enum Kept {
    /// It shows no value.
    Literal(String),
    /// It is compiled under this name, and shows these.
    Template { compiled: String, shows: Vec<String> },
}

/// A text that can be filled in.
pub struct Template<'e>(Written<'e>);

enum Written<'e> {
    Literal(Cow<'e, str>),
    Template { compiled: minijinja::Template<'e, 'e>, shows: Cow<'e, [String]> },
}

impl Default for Engine {
    fn default() -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|name| {
            if name.starts_with("html/") { AutoEscape::Html } else { AutoEscape::None }
        });
        environment.set_fuel(Some(FUEL));
        add_filters(&mut environment);
        add_tests(&mut environment);
        Engine { environment, kept: HashMap::new() }
    }
}

impl Engine {
    /// Reads a text.
    ///
    /// # Errors
    /// It is no text that this engine fills in.
    pub fn read<'e>(&'e self, form: Form, text: &'e str) -> Result<Template<'e>, Mistake> {
        if is_literal(text) {
            return Ok(Template(Written::Literal(Cow::Borrowed(without_last_break(text)))));
        }
        words::check(text)?;
        let compiled = self.environment.template_from_named_str(prefix(form), text).map_err(syntax)?;
        let shows = Cow::Owned(shows(&compiled));
        Ok(Template(Written::Template { compiled, shows }))
    }

    /// Reads a text and keeps it under a name.
    ///
    /// # Errors
    /// It is no text that this engine fills in.
    pub fn keep(&mut self, form: Form, name: &str, text: &str) -> Result<(), Mistake> {
        let kept = if is_literal(text) {
            Kept::Literal(without_last_break(text).to_owned())
        } else {
            words::check(text)?;
            let compiled = format!("{}{name}", prefix(form));
            self.environment.add_template_owned(compiled.clone(), text.to_owned()).map_err(syntax)?;
            let shows = self.environment.get_template(&compiled).map(|compiled| shows(&compiled)).map_err(syntax)?;
            Kept::Template { compiled, shows }
        };
        self.kept.entry(form).or_default().insert(name.to_owned(), kept);
        Ok(())
    }

    /// The text that is kept under a name.
    pub fn kept(&self, form: Form, name: &str) -> Option<Template<'_>> {
        Some(Template(match self.kept.get(&form)?.get(name)? {
            Kept::Literal(text) => Written::Literal(Cow::Borrowed(text)),
            Kept::Template { compiled, shows } => Written::Template {
                compiled: self.environment.get_template(compiled).ok()?,
                shows: Cow::Borrowed(shows),
            },
        }))
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Engine({} texts)", self.kept.values().map(HashMap::len).sum::<usize>())
    }
}

impl Template<'_> {
    /// The meanings that it shows or asks for, in alphabetical order.
    pub fn shows(&self) -> &[String] {
        match &self.0 {
            Written::Literal(_) => &[],
            Written::Template { shows, .. } => shows,
        }
    }

    /// The meanings that it compares with a number as they are, without a filter that makes them one.
    pub fn compared_with_numbers(&self) -> Vec<String> {
        values::compared_with_numbers(self.source())
    }

    /// The text as it was written.
    pub fn source(&self) -> &str {
        match &self.0 {
            Written::Literal(text) => text,
            Written::Template { compiled, .. } => compiled.source(),
        }
    }

    /// The text with values in it; `value` gives that of a meaning, if it is there.
    ///
    /// # Errors
    /// It shows what is not there, or does with a value what cannot be done.
    pub fn fill(&self, value: impl Fn(&str) -> Option<Shown>) -> Result<String, Failure> {
        match &self.0 {
            Written::Literal(text) => Ok(text.to_string()),
            Written::Template { compiled, shows } => {
                let mut root = Level::default();
                shows.iter().for_each(|meaning| root.put(meaning, value(meaning)));
                compiled.render(root.into_value()).map_err(|error| Failure {
                    is_absent: error.kind() == ErrorKind::UndefinedError,
                    kind: error.kind().to_string(),
                    detail: error.detail().unwrap_or_default().to_owned(),
                })
            }
        }
    }
}

/// Most texts show nothing, and need no engine.
fn is_literal(text: &str) -> bool {
    !["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
}

/// The engine leaves out a break at the end.
fn without_last_break(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

fn prefix(form: Form) -> &'static str {
    match form {
        Form::Plain => "text/",
        Form::Html => "html/",
    }
}

fn shows(compiled: &minijinja::Template<'_, '_>) -> Vec<String> {
    let mut all: Vec<String> = compiled.undeclared_variables(true).into_iter().collect();
    all.extend(values::sliced(compiled.source()));
    all.sort_unstable();
    all.dedup();
    all
}

fn syntax(error: minijinja::Error) -> Mistake {
    Mistake::Syntax(error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
}

/// What may be done with a value. None of these makes a text of the request pass for HTML.
fn add_filters(environment: &mut Environment<'_>) {
    environment.add_filter("abs", filters::abs);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("count", filters::length);
    environment.add_filter("d", filters::default);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("float", filters::float);
    environment.add_filter("format", filters::format);
    environment.add_filter("int", filters::int);
    environment.add_filter("join", filters::join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("round", filters::round);
    environment.add_filter("split", filters::split);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);
}

/// What may be asked of a value.
fn add_tests(environment: &mut Environment<'_>) {
    environment.add_test("defined", tests::is_defined);
    environment.add_test("divisibleby", tests::is_divisibleby);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("eq", tests::is_eq);
    environment.add_test("equalto", tests::is_eq);
    environment.add_test("even", tests::is_even);
    environment.add_test("ge", tests::is_ge);
    environment.add_test("gt", tests::is_gt);
    environment.add_test("le", tests::is_le);
    environment.add_test("lt", tests::is_lt);
    environment.add_test("ne", tests::is_ne);
    environment.add_test("odd", tests::is_odd);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("undefined", tests::is_undefined);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests_of_texts {
    use super::*;

    fn value(meaning: &str) -> Option<Shown> {
        match meaning {
            "user.name" => Some(Shown::Text("<b>Ann</b>".to_owned())),
            "otp.attempts_left" => Some(Shown::Integer(1)),
            "user.is_new" => Some(Shown::Flag(false)),
            _ => None,
        }
    }

    fn filled(form: Form, text: &str) -> Result<String, Failure> {
        Engine::default().read(form, text).unwrap().fill(value)
    }

    #[test]
    fn shown_meanings_are_found() {
        let engine = Engine::default();
        for text in
            ["{{ user.name }}", "{{ user.name | upper }}", "{% if user.name %}{{ user.name | upper }}{% endif %}"]
        {
            assert_eq!(engine.read(Form::Plain, text).unwrap().shows(), ["user.name"], "{text}");
        }
    }

    #[test]
    fn values_stand_where_their_meanings_do() {
        for (text, expected) in [
            ("no value\n", "no value"),
            ("{{ user.name }}\n", "<b>Ann</b>"),
            ("{{ user.name | upper }}", "<B>ANN</B>"),
            ("{% if otp.attempts_left == 1 %}one try{% else %}tries{% endif %}", "one try"),
            ("{% if user.is_new %}new{% else %}known{% endif %}", "known"),
            ("{% if user.phone %}phone{% else %}none{% endif %}", "none"),
            ("{% if nobody.knows is defined %}x{% endif %}-", "-"),
            ("{{ user.phone | default('none') }}", "none"),
            ("{{ user.name[3:6] }} {{ user.name[:-4] }}", "Ann <b>Ann"),
            ("{{ '{{' }} {# a note #}", "{{ "),
            ("{% set name = user.name | trim %}{{ name }}", "<b>Ann</b>"),
        ] {
            assert_eq!(filled(Form::Plain, text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn values_are_escaped_in_html_and_the_text_is_not() {
        for text in ["<p>{{ user.name }}", "<p>{{ user.name | trim }}", "<p>{{ user.name | replace('x', 'y') }}"] {
            assert_eq!(filled(Form::Html, text), Ok("<p>&lt;b&gt;Ann&lt;&#x2f;b&gt;".to_owned()), "{text}");
        }
    }

    #[test]
    fn a_value_that_is_not_there_is_a_failure() {
        for text in ["{{ user.phone }}", "{{ nobody.knows }}", "{{ user.phone | upper }}", "{{ user.phone ~ 'x' }}"] {
            assert!(filled(Form::Plain, text).unwrap_err().is_absent, "{text}");
        }
        assert!(!filled(Form::Plain, "{{ user.name | round }}").unwrap_err().is_absent);
    }

    #[test]
    fn texts_are_kept_by_name_and_form() {
        let mut engine = Engine::default();
        engine.keep(Form::Plain, "en/hello", "Dear {{ user.name }}").unwrap();
        engine.keep(Form::Plain, "en/bye", "Bye").unwrap();
        let kept = |name| engine.kept(Form::Plain, name);
        assert_eq!(kept("en/hello").unwrap().shows(), ["user.name"]);
        assert_eq!(kept("en/hello").unwrap().source(), "Dear {{ user.name }}");
        assert_eq!(kept("en/bye").unwrap().fill(|_| None).unwrap(), "Bye");
        assert!(kept("en/nothing").is_none() && engine.kept(Form::Html, "en/bye").is_none());
    }
}
