//! What the data string of an operation says: amount, currency and account, one escape at a time.

use std::borrow::Cow;

use super::bound::Bound;
use crate::values::Decimal;

/// What a data string says of a payment: `A1*A100CZK*Q238400856/0300**D20190629*N...`. A letter for the version and one
/// or two digits for the template, then fields, each with its type's letter; `*` parts them, `\` escapes.
#[derive(Debug, Default, PartialEq)]
pub struct Data {
    /// Field `A`: the number.
    pub amount: Option<Decimal>,
    /// Field `A`: its last three letters.
    pub currency: Option<String>,
    /// Field `I` or `Q`.
    pub account: Option<String>,
}

impl Data {
    /// Reads it; what does not follow the grammar says nothing.
    pub fn read(text: &str) -> Data {
        let mut fields = split(text).into_iter();
        let header = fields.next().unwrap_or_default();
        let mut data = Data::default();
        if !is_header(&header) {
            return data;
        }
        for field in fields {
            let mut characters = field.chars();
            match (characters.next(), characters.as_str()) {
                (Some('A'), payload) if data.amount.is_none() => data.read_amount(payload),
                (Some('I'), payload) if data.account.is_none() => {
                    data.account = payload.split(',').next().filter(|iban| !iban.is_empty()).map(str::to_owned);
                }
                (Some('Q'), payload) if data.account.is_none() && !payload.is_empty() => {
                    data.account = Some(payload.to_owned());
                }
                _ => {}
            }
        }
        data
    }

    /// What it says of a meaning, so that equal values are equal texts.
    pub fn canonical(&self, meaning: &str) -> Option<String> {
        match meaning {
            "operation.amount" => self.amount.canonical(meaning),
            "operation.currency" => self.currency.canonical(meaning),
            "operation.account" => self.account.canonical(meaning),
            _ => None,
        }
    }

    /// `100CZK`: the last three characters are the currency.
    fn read_amount(&mut self, payload: &str) {
        let Some((at, _)) = payload.char_indices().rev().nth(2) else { return };
        let (amount, currency) = payload.split_at(at);
        if currency.bytes().all(|letter| letter.is_ascii_alphabetic()) {
            self.amount = amount.parse().ok();
            self.currency = self.amount.as_ref().map(|_| currency.to_ascii_uppercase());
        }
    }
}

/// A value that stands elsewhere, in the same form.
pub fn canonical(meaning: &str, text: String) -> String {
    let number = (meaning == "operation.amount").then(|| Decimal::parse(&text)).flatten();
    let same = if number.is_some() { number.canonical(meaning) } else { Some(text.clone()).canonical(meaning) };
    same.unwrap_or(text)
}

fn is_header(header: &str) -> bool {
    let mut characters = header.chars();
    let template = match characters.next() {
        Some('A'..='Z') => characters.as_str(),
        _ => return false,
    };
    (1..=2).contains(&template.len()) && template.bytes().all(|digit| digit.is_ascii_digit())
}

/// Parts a data string at its asterisks, one escape at a time.
fn split(text: &str) -> Vec<Cow<'_, str>> {
    if !text.contains('\\') {
        return text.split('*').map(Cow::Borrowed).collect();
    }
    let (mut fields, mut field) = (Vec::new(), String::new());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => fields.push(Cow::Owned(std::mem::take(&mut field))),
            '\\' => match characters.next() {
                Some('n') => field.push('\n'),
                Some(escaped) => field.push(escaped),
                None => field.push('\\'),
            },
            other => field.push(other),
        }
    }
    fields.push(Cow::Owned(field));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(amount: &str, currency: &str, account: &str) -> Data {
        Data { amount: amount.parse().ok(), currency: Some(currency.to_owned()), account: Some(account.to_owned()) }
    }

    #[test]
    fn a_payment_names_amount_currency_and_account() {
        let text = "A1*A100CZK*Q238400856/0300**D20190629*NUtility Bill Payment - 05/2019";
        assert_eq!(Data::read(text), data("100", "CZK", "238400856/0300"));
        assert_eq!(
            Data::read("A1*A12.50eur*ICZ4012340000000012345678,GIBACZPX"),
            data("12.50", "EUR", "CZ4012340000000012345678")
        );
    }

    #[test]
    fn escapes_are_resolved_one_at_a_time() {
        assert_eq!(split(r"A1*N\*\*x\\*Q1\n2"), ["A1", r"N**x\", "Q1\n2"]);
        assert_eq!(Data::read(r"A1*Nnote\\*A5CZK*Qa\*b"), data("5", "CZK", "a*b"));
    }

    #[test]
    fn what_is_no_payment_says_nothing() {
        for text in ["", "A2", "free text*A100CZK", "A100*A100CZK", "A1*A100", "A1*ACZK", "A1*Aé€"] {
            assert_eq!(Data::read(text).amount, None, "{text}");
        }
    }
}
