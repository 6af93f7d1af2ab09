//! The texts that one-time codes are bound to. Values that are equal have one text, and two that differ have two.

use crate::entities::Operation;
use crate::values::{Date, Decimal, Phone, Time};

/// A value that a code can be bound to, or keep.
pub trait Bound {
    /// The text that stands for it, for a meaning such as `operation.amount`.
    fn canonical(&self, meaning: &str) -> Option<String>;

    /// The text that people are shown: as it was written, with nothing that only computers like.
    fn shown(&self, meaning: &str) -> Option<String> {
        self.canonical(meaning)
    }

    /// Takes a text back that [`Bound::canonical`] made.
    fn restore(&mut self, meaning: &str, text: &str);
}

impl Bound for Option<String> {
    fn canonical(&self, meaning: &str) -> Option<String> {
        let is_compact = meaning.ends_with(".account") || meaning.ends_with(".currency");
        self.as_deref().map(|text| if is_compact { compact(text) } else { text.to_owned() })
    }

    fn shown(&self, _meaning: &str) -> Option<String> {
        self.clone()
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = Some(text.to_owned());
    }
}

impl Bound for Option<Phone> {
    fn canonical(&self, _meaning: &str) -> Option<String> {
        self.as_ref().map(|phone| phone.expose().to_owned())
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = Phone::parse(text);
    }
}

impl Bound for Option<Time> {
    fn canonical(&self, _meaning: &str) -> Option<String> {
        self.map(|time| time.micros().to_string())
    }

    fn shown(&self, _meaning: &str) -> Option<String> {
        self.map(|time| time.to_string())
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = text.parse().ok().map(Time::from_micros);
    }
}

impl Bound for Option<Date> {
    fn canonical(&self, _meaning: &str) -> Option<String> {
        self.map(|day| day.to_string())
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = Date::parse(text);
    }
}

impl Bound for Option<Decimal> {
    fn canonical(&self, _meaning: &str) -> Option<String> {
        self.as_ref().map(Decimal::canonical)
    }

    fn shown(&self, _meaning: &str) -> Option<String> {
        self.as_ref().map(Decimal::plain)
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = Decimal::parse(text);
    }
}

impl Bound for Option<bool> {
    fn canonical(&self, _meaning: &str) -> Option<String> {
        self.map(|value| value.to_string())
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = text.parse().ok();
    }
}

impl Bound for Option<i64> {
    fn canonical(&self, _meaning: &str) -> Option<String> {
        self.map(|value| value.to_string())
    }

    fn restore(&mut self, _meaning: &str, text: &str) {
        *self = text.parse().ok();
    }
}

impl Bound for Operation {
    fn canonical(&self, meaning: &str) -> Option<String> {
        match meaning {
            "operation.id" => self.id.canonical(meaning),
            "operation.name" => self.name.canonical(meaning),
            "operation.data" => self.data.canonical(meaning),
            "operation.amount" => self.amount.canonical(meaning),
            "operation.currency" => self.currency.canonical(meaning),
            "operation.account" => self.account.canonical(meaning),
            "operation.expires" => self.expires.canonical(meaning),
            _ => None,
        }
    }

    fn shown(&self, meaning: &str) -> Option<String> {
        match meaning {
            "operation.amount" => self.amount.shown(meaning),
            "operation.account" => self.account.shown(meaning),
            "operation.expires" => self.expires.shown(meaning),
            "operation.currency" => self.currency.shown(meaning),
            _ => self.canonical(meaning),
        }
    }

    fn restore(&mut self, meaning: &str, text: &str) {
        match meaning {
            "operation.id" => self.id.restore(meaning, text),
            "operation.name" => self.name.restore(meaning, text),
            "operation.data" => self.data.restore(meaning, text),
            "operation.amount" => self.amount.restore(meaning, text),
            "operation.currency" => self.currency.restore(meaning, text),
            "operation.account" => self.account.restore(meaning, text),
            "operation.expires" => self.expires.restore(meaning, text),
            _ => {}
        }
    }
}

/// Accounts and currencies are the same in groups of four and in small letters.
fn compact(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    compact.extend(text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()));
    compact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_text() {
        let operation = |amount: &str, account: &str| Operation {
            amount: Decimal::parse(amount),
            account: Some(account.to_owned()),
            ..Operation::default()
        };
        let (one, other) = (operation("100", "CZ40 1234"), operation("1E+2", "cz401234"));
        for meaning in ["operation.amount", "operation.account", "operation.currency"] {
            assert_eq!(one.canonical(meaning), other.canonical(meaning), "{meaning}");
        }
        assert_eq!(one.canonical("operation.amount").as_deref(), Some("1e2"));
        assert_eq!(one.canonical("operation.currency"), None);
    }

    #[test]
    fn people_are_shown_what_was_written() {
        let operation =
            Operation { amount: Decimal::parse("1E+2"), account: Some("CZ40 1234".to_owned()), ..Operation::default() };
        assert_eq!(operation.shown("operation.amount").as_deref(), Some("100"));
        assert_eq!(operation.shown("operation.account").as_deref(), Some("CZ40 1234"));
        assert_eq!(Decimal::parse("49.90").shown("x.y").as_deref(), Some("49.90"));
    }

    #[test]
    fn a_text_that_was_kept_comes_back() {
        let mut back = Operation::default();
        back.restore("operation.amount", "1e2");
        back.restore("operation.id", "7");
        assert_eq!((back.amount, back.id), (Decimal::parse("100"), Some("7".to_owned())));
        let mut time = None::<Time>;
        time.restore("x.y", &Some(Time::from_micros(12)).canonical("x.y").unwrap());
        assert_eq!(time, Some(Time::from_micros(12)));
    }
}
