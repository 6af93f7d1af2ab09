//! What a decoder notes of the member that it reads: broken rules, wrong types, texts that are no line, and where it is reported
//! that a value is too long. Which fault comes of it is decided in `finish`.

use super::decoder::{Broken, Decoder, Presence};
use super::field::{Field, Rule, Test};
use super::payload::Payload;
use super::places::Place;
use crate::values::RegistrationNumber;

impl Decoder<'_> {
    /// Notes a broken rule of the member that is read.
    pub(super) fn broken<T: Payload>(&mut self, rule: &Rule) {
        self.found.push(Presence::Broken(Broken {
            step: self.at,
            type_name: T::TYPE,
            rule: rule.test.word(),
            key: rule.key.or_else(|| self.default_key(rule.test.word())),
            raises: rule.raises,
            allowed: match rule.test {
                Test::RegisteredIn(country) => RegistrationNumber::forms(country),
                _ => T::ALLOWED,
            },
            meaning: None,
        }));
    }

    /// A text that is no line of printable signs breaks a rule if there is a message for it.
    pub(super) fn unprintable<T: Payload>(&mut self, field: &'static Field) {
        let own = field.rules.iter().find(|rule| matches!(rule.test, Test::Printable));
        let pattern = field.rules.iter().filter(|rule| matches!(rule.test, Test::Pattern(_))).find_map(|rule| rule.key);
        let usual = || ["printable", "pattern", "type"].iter().find_map(|word| self.default_key(word));
        match (own, pattern.or_else(usual)) {
            (Some(rule), _) => self.broken::<T>(rule),
            (None, Some(key)) => self.broken::<T>(&Rule { test: Test::Printable, key: Some(key), raises: None }),
            (None, None) => self.found.push(Presence::Unprintable { step: self.at }),
        }
    }

    /// Remembers where it is reported that what the field means is too long for a message.
    pub(super) fn remember_place<T: Payload>(&mut self, field: &'static Field) {
        let rule = field.rules.iter().find(|rule| matches!(rule.test, Test::Fits));
        if let (Some(rule), Some(meaning)) = (rule, field.meaning) {
            self.places.push(Place { meaning, step: self.at, type_name: T::TYPE, key: rule.key });
        }
    }

    /// A wrong type is a broken rule if there is a message for it.
    pub(super) fn wrong<T: Payload>(&mut self, field: &'static Field) {
        let rule = field.rules.iter().find(|rule| matches!(rule.test, Test::Type));
        let entry = rule.is_some_and(|rule| rule.key.is_some() || rule.raises.is_some());
        match rule {
            Some(rule) if entry => self.broken::<T>(rule),
            _ if self.default_key("type").is_some() => {
                self.broken::<T>(&Rule { test: Test::Type, key: None, raises: None });
            }
            _ => self.found.push(Presence::Wrong { step: self.at, meaning: field.meaning }),
        }
    }

    /// The key of a rule that has no message of its own.
    pub(super) fn default_key(&self, rule: &str) -> Option<&'static str> {
        self.adapter.validation.says.iter().find(|(word, _)| *word == rule).map(|(_, key)| *key)
    }
}
