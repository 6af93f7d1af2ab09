//! Whether a value keeps a rule. Asked of the JSON itself, so that a rule can be asked of a value that stands anywhere.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_engine::pattern::Pattern;

use super::field::{Accepts, Kind, Test};
use super::tape::{Node, Token};
use super::text::{is_blank, is_white, length, number_of, text_of};
use crate::adapter::Adapter;
use crate::values::{Date, Decimal, RegistrationNumber, Time, Zone, is_control, shows_something};

/// A value as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'j> {
    /// How they look.
    pub kind: Kind,
    /// At what.
    pub json: Node<'j>,
    /// In which other forms it may stand.
    pub accepts: Accepts,
}

/// When rules are asked.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time.
    pub now: Time,
    /// The day on which that is, where ages are counted.
    pub today: Date,
}

impl From<Time> for Moment {
    fn from(now: Time) -> Self {
        Moment { now, today: now.day_in(&Zone::UTC) }
    }
}

impl Seen<'_> {
    /// True if the value breaks the rule. A value that cannot be looked at breaks every rule that looks at it.
    pub fn breaks(&self, test: &Test, adapter: &Adapter, at: Moment) -> bool {
        let kept = match *test {
            Test::Type | Test::Const | Test::Present | Test::Agrees | Test::Printable | Test::Fits => true,
            Test::Required => !self.is_nothing(adapter),
            Test::Min(bound) => self.compare(bound, adapter).is_some_and(|order| order.is_ge()),
            Test::Max(bound) => self.compare(bound, adapter).is_some_and(|order| order.is_le()),
            Test::Above(bound) => self.compare(bound, adapter).is_some_and(|order| order.is_gt()),
            Test::Pattern(pattern) => self.text(adapter, |text| matches(pattern, text)),
            Test::OneOf(texts) => self.text(adapter, |text| texts.contains(&text)),
            Test::StartsWith(start) => self.text(adapter, |text| text.starts_with(start)),
            Test::Scale(places) => self.number(adapter).is_some_and(|number| number.scale() <= places),
            Test::Latest(seconds) => self.time(adapter).is_some_and(|time| time <= at.now.plus_seconds(seconds)),
            Test::RegisteredIn(country) => self.is_registered(country, adapter, at.today),
            Test::MinAge(years) => self.date().is_some_and(|date| date.years_on(at.today) >= years),
        };
        !kept
    }

    /// True unless the country's numbers are known and the text is none of them.
    pub fn is_registered(&self, country: &str, adapter: &Adapter, today: Date) -> bool {
        self.text(adapter, |text| RegistrationNumber::read(country, text, today) != RegistrationNumber::Malformed)
    }

    /// True for white space where that counts as nothing.
    pub fn is_nothing(&self, adapter: &Adapter) -> bool {
        adapter.validation.blank_is_empty && self.is_blank(adapter)
    }

    /// True for white space of any kind, where some of it counts as nothing.
    pub fn is_white(&self, adapter: &Adapter) -> bool {
        adapter.validation.blank_is_empty && self.kind == Kind::Text && self.text(adapter, is_white)
    }

    /// True for a text in which a reader sees nothing. What turns the text around it is no nothing, but an unprintable text.
    pub fn shows_nothing(&self, adapter: &Adapter) -> bool {
        let is_nothing = |text: &str| !shows_something(text) && !text.contains(is_control);
        self.kind == Kind::Text && self.text(adapter, is_nothing)
    }

    fn is_blank(&self, adapter: &Adapter) -> bool {
        self.kind == Kind::Text && self.text(adapter, is_blank)
    }

    fn text(&self, adapter: &Adapter, holds: impl FnOnce(&str) -> bool) -> bool {
        text_of(self.json, self.accepts, &adapter.wire).is_some_and(|text| holds(&text))
    }

    fn number(&self, adapter: &Adapter) -> Option<Decimal> {
        number_of(self.json, self.accepts, &adapter.wire).and_then(Decimal::parse)
    }

    fn time(&self, adapter: &Adapter) -> Option<Time> {
        super::primitives::time_of(self.json, adapter.wire.times)
    }

    fn date(&self) -> Option<Date> {
        self.json.as_str().and_then(Date::parse)
    }

    /// The order of length, size or value, and a bound.
    fn compare(&self, bound: &str, adapter: &Adapter) -> Option<std::cmp::Ordering> {
        let count = match self.kind {
            Kind::Text => length(&text_of(self.json, self.accepts, &adapter.wire)?, &adapter.wire),
            Kind::List => size(self.json),
            Kind::Number => return Some(self.number(adapter)?.cmp(&Decimal::parse(bound)?)),
            Kind::Time | Kind::Date | Kind::Other => return None,
        };
        Some(count.cmp(&bound.parse().ok()?))
    }
}

/// How many elements there are; what stands for a list alone is one.
fn size(json: Node<'_>) -> usize {
    match json.token() {
        Token::List | Token::Object => json.count(),
        _ => 1,
    }
}

/// True if the whole text matches. A pattern that is none matches nothing.
fn matches(pattern: &'static str, text: &str) -> bool {
    // Shared, not cloned: a clone would make anew what the engine keeps between two matches.
    static COMPILED: RwLock<BTreeMap<&'static str, Option<Arc<Pattern>>>> = RwLock::new(BTreeMap::new());
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
    let compiled = known.unwrap_or_else(|| {
        let compiled = Pattern::new(pattern).ok().map(Arc::new);
        COMPILED.write().unwrap_or_else(PoisonError::into_inner).insert(pattern, compiled.clone());
        compiled
    });
    compiled.is_some_and(|pattern| pattern.matches(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_the_whole_text() {
        assert!(matches("[0-9]{4}", "1234"));
        assert!(!matches("[0-9]{4}", "12345") && !matches("[0-9]{4}", "1234\n") && !matches("a|b", "ab"));
        assert!(!matches("(", "("), "a pattern that is none matches nothing");
    }

    #[test]
    fn digits_are_ascii_digits() {
        assert!(matches(r"\d{2}", "12") && matches(r"[\d-]+", "1-2") && matches(r"\\d", r"\d"));
        assert!(!matches(r"\d{2}", "١٢") && !matches(r"\w", "é") && matches(r"\s", "\t") && !matches(r"\s", "\u{a0}"));
    }
}
