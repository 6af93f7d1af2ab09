//! What texts show beside the values that whoever makes them has itself: what generated code hands over for one call, and
//! what is at hand everywhere. Which values a text needs was proved when the code was generated.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;

pub use countersign_engine::texts::Shown;

use crate::context::{Context, Core};
use crate::fault::Fault;

/// Something that a text can show, as people read it: a number and a flag as what they are, anything else as text.
pub trait Show {
    /// The value, if there is one.
    fn shown(self) -> Option<Shown>;
}

impl<T: fmt::Display + 'static> Show for &T {
    fn shown(self) -> Option<Shown> {
        let any: &dyn Any = self;
        let number = any.downcast_ref::<i64>().map(|number| Shown::Integer(*number));
        let flag = || any.downcast_ref::<bool>().map(|flag| Shown::Flag(*flag));
        number.or_else(flag).or_else(|| Some(Shown::Text(self.to_string())))
    }
}

impl Show for &str {
    fn shown(self) -> Option<Shown> {
        Some(Shown::Text(self.to_owned()))
    }
}

impl<T: Show> Show for Option<T> {
    fn shown(self) -> Option<Shown> {
        self.and_then(Show::shown)
    }
}

impl<S, H: ?Sized> Context<S, H> {
    /// The same context, whose texts also show a value of this meaning, if there is one.
    pub fn showing(&self, meaning: &'static str, value: impl Show) -> Self {
        let mut context = self.clone();
        context.show(meaning, value.shown());
        context
    }
}

impl Core {
    /// The value of a meaning for the texts of this call: what was handed over, or what is at hand everywhere.
    pub(crate) fn shown_value(&self, meaning: &str) -> Option<Shown> {
        let text = |text: String| Some(Shown::Text(text));
        match (self.shown.get(meaning), meaning) {
            (Some(value), _) => Some(value.clone()),
            (None, "request.id") => text(self.call.request_id.clone()),
            (None, "request.language") => text(self.call.language.clone()),
            (None, "request.time") => text(self.time.to_string()),
            (None, "build.version") => text(self.shared.build.version.to_owned()),
            (None, "build.time") => text(self.shared.build.time.to_string()),
            (None, _) => None,
        }
    }

    /// A text in the given language, else the caller's, else the default one. It may also show what is at hand everywhere.
    ///
    /// # Errors
    /// `unexpected`, if there is no such text or it needs a value that is not there.
    pub fn text(&self, language: Option<&str>, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        self.text_of_values(language, key, |meaning| values.get(meaning).cloned().map(Shown::Text))
    }

    /// A text of the definition with values by meaning, in the caller's language: a field of an answer.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn says<const N: usize>(&self, key: &str, values: [(&str, String); N]) -> Result<String, Fault> {
        let values = values.into_iter().map(|(meaning, value)| (meaning.to_owned(), value)).collect();
        self.text(None, key, &values)
    }

    /// The same for a link: what would end a part of a path or of a query is escaped in the values.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn link<const N: usize>(&self, key: &str, values: [(&str, String); N]) -> Result<String, Fault> {
        self.says(key, values.map(|(meaning, value)| (meaning, crate::wire::escaped(&value))))
    }

    /// The same with numbers and flags among its values.
    pub(crate) fn text_of_values(
        &self,
        language: Option<&str>,
        key: &str,
        value: impl Fn(&str) -> Option<Shown>,
    ) -> Result<String, Fault> {
        let value = |meaning: &str| value(meaning).or_else(|| self.shown_value(meaning));
        self.shared.texts.render(language.unwrap_or(&self.call.language), key, value)
    }

    /// The same for a text that is HTML: the values are escaped.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn html(&self, language: Option<&str>, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        let value = |meaning: &str| values.get(meaning).cloned().map(Shown::Text);
        let value = |meaning: &str| value(meaning).or_else(|| self.shown_value(meaning));
        self.shared.texts.render_html(language.unwrap_or(&self.call.language), key, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Date, Decimal};

    #[test]
    fn numbers_and_flags_stay_what_they_are_and_everything_else_is_text() {
        let text = |text: &str| Some(Shown::Text(text.to_owned()));
        assert_eq!((&7i64).shown(), Some(Shown::Integer(7)));
        assert_eq!((&true).shown(), Some(Shown::Flag(true)));
        assert_eq!((&"a".to_owned()).shown(), text("a"));
        assert_eq!("a".shown(), text("a"));
        assert_eq!(Date::parse("2026-11-29").as_ref().shown(), text("2026-11-29"));
        assert_eq!(Decimal::parse("1.50").as_ref().shown(), text("1.50"));
        assert_eq!(None::<&String>.shown(), None);
    }
}
