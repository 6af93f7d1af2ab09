//! What a code is bound to, and how that differs from what a request says. Every value has a MAC of its own under the
//! code's id, so that it is known which one differs although none is stored.

use std::borrow::Cow;

use super::inputs::OneTimeCode;
use super::record::{BoundValue, CodeRecord};
use crate::behaviours::users::name::counted;
use crate::crypto::Key;
use crate::crypto::mac::{Field, equal, mac, mac_text};
use crate::values::shows_something;
use crate::wire::Data;

/// How a request's values differ from those that the code was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    /// Not at all.
    None,
    /// Another operation, user or organization.
    Other,
    /// The same operation with another amount, currency, payee, or whatever else is bound.
    Changed,
}

/// What a code is for, as the behaviours ask of it.
pub(super) struct Facts {
    /// What the code binds, then what it keeps.
    values: Vec<(&'static str, Option<String>)>,
    /// How many it binds.
    bound: usize,
    shown: Vec<(&'static str, Option<String>)>,
    /// The meanings whose values a message may cut.
    pub shortens: &'static [&'static str],
}

impl Facts {
    /// All that the code binds and keeps.
    pub fn of<C: OneTimeCode>(code: &C) -> Self {
        let mut values = code.bound();
        let bound = values.len();
        values.extend(code.kept());
        Facts { values, bound, shown: code.shown(), shortens: C::SHORTENS }
    }

    /// The values that the code binds.
    pub fn bound(&self) -> &[(&'static str, Option<String>)] {
        self.values.get(..self.bound).unwrap_or_default()
    }

    /// Those that it keeps.
    pub fn kept(&self) -> &[(&'static str, Option<String>)] {
        self.values.get(self.bound..).unwrap_or_default()
    }

    /// The value of a meaning; blank is nothing.
    pub fn get(&self, meaning: &str) -> Option<&str> {
        let found = self.values.iter().find(|(name, value)| *name == meaning && value.is_some());
        found.and_then(|(_, value)| value.as_deref()).filter(|value| !value.is_empty())
    }

    /// True if the code has a place for this meaning, and nothing in it that a reader sees.
    pub fn lacks(&self, meaning: &str) -> bool {
        self.values.iter().any(|(name, _)| *name == meaning) && !self.get(meaning).is_some_and(shows_something)
    }

    /// What is said otherwise than in the operation's data.
    pub fn differing(&self) -> Vec<&'static str> {
        let data = Data::read(self.get("operation.data").unwrap_or_default());
        let differs = |meaning: &&str| {
            self.get(meaning).is_some_and(|there| {
                data.is_unclear_about(meaning) || data.canonical(meaning).is_some_and(|data| data != there)
            })
        };
        ["operation.amount", "operation.currency", "operation.account"].into_iter().filter(differs).collect()
    }

    /// The values that are there, as people read them.
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.shown.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)))
    }
}

/// The MAC of every bound value, under the code's id.
pub(super) fn bound_values(key: &Key, id: &str, bound: &[(&'static str, Option<String>)]) -> Vec<BoundValue> {
    let mac_of = |meaning: &str, value: &str| {
        mac_text(key, "code.value", &[Field::Text(id), Field::Text(meaning), Field::Text(value)])
    };
    let one = |(meaning, value): &(&'static str, Option<String>)| {
        let mac = value.as_deref().filter(|value| !value.is_empty()).map(|value| match *meaning {
            // Two spellings of a name are one user.
            "user.id" => mac_of(meaning, &counted(value)),
            meaning => mac_of(meaning, value),
        });
        BoundValue { meaning: Cow::Borrowed(meaning), mac }
    };
    bound.iter().map(one).collect()
}

/// The MAC of a code together with all that it is bound to.
pub(super) fn code_mac(key: &Key, id: &str, kind: &str, bound: &[BoundValue], code: &str) -> [u8; 32] {
    let mut fields = Vec::with_capacity(3 + 2 * bound.len());
    fields.extend([Field::Text(id), Field::Text(kind), Field::Text(code)]);
    for value in bound {
        fields.push(Field::Text(&value.meaning));
        fields.push(Field::of(value.mac.as_deref()));
    }
    mac(key, "code", &fields)
}

/// How what a request says differs from what a code was made for, its user included; and the values to go on with.
pub(super) fn differs(
    key: &Key,
    id: &str,
    record: &CodeRecord,
    asked: &[(&'static str, Option<String>)],
    user: Option<&str>,
    found_by: &[&str],
) -> (Difference, Vec<BoundValue>) {
    let (difference, values) = compare(record, bound_values(key, id, asked), found_by);
    let user = user.filter(|user| !user.is_empty());
    let other_user = user.is_some_and(|user| record.user.as_deref() != Some(counted(user).as_str()));
    (if other_user { Difference::Other } else { difference }, values)
}

/// Compares a request's values with the stored ones. User and organization, and what its kind is found by, are taken from
/// the store where the request says nothing of them; gives the values to go on with.
pub(super) fn compare(record: &CodeRecord, asked: Vec<BoundValue>, found_by: &[&str]) -> (Difference, Vec<BoundValue>) {
    let (mut other, mut changed) = (record.bound.len() != asked.len(), false);
    let mut values = Vec::with_capacity(asked.len());
    for mut value in asked {
        let stored = record.bound.iter().find(|stored| stored.meaning == value.meaning);
        let may_be_silent =
            matches!(&*value.meaning, "user.id" | "organization.id") || found_by.contains(&&*value.meaning);
        if may_be_silent && value.mac.is_none() {
            value.mac = stored.and_then(|stored| stored.mac.clone());
        }
        if !same(stored.and_then(|stored| stored.mac.as_deref()), value.mac.as_deref()) {
            match &*value.meaning {
                "operation.id" | "operation.name" | "user.id" | "organization.id" => other = true,
                _ => changed = true,
            }
        }
        values.push(value);
    }
    let difference = match (other, changed) {
        (true, _) => Difference::Other,
        (false, true) => Difference::Changed,
        (false, false) => Difference::None,
    };
    (difference, values)
}

fn same(left: Option<&str>, right: Option<&str>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => equal(left.as_bytes(), right.as_bytes()),
        (None, None) => true,
        _ => false,
    }
}
