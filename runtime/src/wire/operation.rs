//! Puts an operation together from whatever in a request means one: amount, currency and account stand in the form's
//! attributes, or else in the operation's data.

use std::cell::LazyCell;

use super::data_string::{Data, canonical};
use super::payload::Payload;
use super::text::is_blank;
use crate::entities::Operation;
use crate::values::{Decimal, Time};

/// The values that a request has for one meaning.
#[derive(Default)]
struct Values(Vec<String>);

impl Values {
    /// The value, if there is only one; what stands twice and differs counts as absent.
    fn only(self) -> Option<String> {
        self.only_of("")
    }

    /// The same for a meaning whose values can be written in several ways: the first counts.
    fn only_of(self, meaning: &str) -> Option<String> {
        let mut all = self.0.into_iter();
        let first = all.next()?;
        let same = canonical(meaning, first.clone());
        all.all(|other| canonical(meaning, other) == same).then_some(first)
    }
}

impl Operation {
    /// Gathers an operation from a request, by meaning. Of two amounts none counts, of two ends the earlier.
    pub fn of(request: &impl Payload) -> Operation {
        let mut found = [const { Values(Vec::new()) }; 7];
        request.visit(None, &mut |meaning, text| {
            let at = match meaning {
                "operation.id" => 0,
                "operation.name" => 1,
                "operation.data" => 2,
                "operation.amount" => 3,
                "operation.currency" => 4,
                "operation.account" => 5,
                "operation.expires" => 6,
                _ => return,
            };
            if let Some(values) = found.get_mut(at).filter(|_| at < 3 || !is_blank(text)) {
                values.0.push(text.to_owned());
            }
        });
        let [id, name, data, amount, currency, account, expires] = found;
        let data = data.only();
        let said = LazyCell::new(|| data.as_deref().map(Data::read).unwrap_or_default());
        let (amount, currency) = match amount.0.as_slice() {
            [] if currency.0.is_empty() => (said.amount.clone(), said.currency.clone()),
            [only] => (Decimal::parse(only), currency.only()),
            _ => (None, None),
        };
        let account = if account.0.is_empty() { said.account.clone() } else { account.only_of("operation.account") };
        let expires = expires.0.iter().filter_map(|text| Time::parse(text)).min();
        Operation { id: id.only(), name: name.only(), data, amount, currency, account, expires }
    }
}
