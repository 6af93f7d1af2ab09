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
    /// Of what it says something that cannot be read, or two things that differ. None of them counts.
    unclear: Vec<&'static str>,
}

impl Data {
    /// Reads it; what does not follow the grammar says nothing.
    pub fn read(text: &str) -> Data {
        let mut fields = split(text).into_iter();
        let header = fields.next().unwrap_or_default();
        if !is_header(&header) {
            return Data::default();
        }
        let (mut amounts, mut accounts) = (Vec::new(), Vec::new());
        for field in fields {
            let mut characters = field.chars();
            match (characters.next(), characters.as_str()) {
                (Some('A'), payload) if !payload.is_empty() => amounts.push(money(payload)),
                (Some('I'), payload) => {
                    let iban = payload.split(',').next().filter(|iban| !iban.is_empty());
                    accounts.extend(iban.map(|iban| Some(iban.to_owned())));
                }
                (Some('Q'), payload) if !payload.is_empty() => accounts.push(Some(payload.to_owned())),
                _ => {}
            }
        }
        let mut data = Data::default();
        match only(amounts) {
            Ok(money) => (data.amount, data.currency) = money.unzip(),
            Err(Unclear) => data.unclear.extend(["operation.amount", "operation.currency"]),
        }
        match only(accounts) {
            Ok(account) => data.account = account,
            Err(Unclear) => data.unclear.push("operation.account"),
        }
        data
    }

    /// True if it says something of a meaning that nobody can rely upon: what cannot be read, or two things that differ.
    pub fn is_unclear_about(&self, meaning: &str) -> bool {
        self.unclear.contains(&meaning)
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
}

/// It says nothing that counts.
struct Unclear;

/// What all fields of a kind say; nothing if there is none.
fn only<T: PartialEq>(said: Vec<Option<T>>) -> Result<Option<T>, Unclear> {
    let mut all = said.into_iter();
    let Some(first) = all.next() else { return Ok(None) };
    match first.is_some() && all.all(|other| other == first) {
        true => Ok(first),
        false => Err(Unclear),
    }
}

/// `100CZK`: the last three characters are the currency.
fn money(payload: &str) -> Option<(Decimal, String)> {
    let (at, _) = payload.char_indices().rev().nth(2)?;
    let (amount, currency) = payload.split_at(at);
    let is_currency = currency.bytes().all(|letter| letter.is_ascii_alphabetic());
    is_currency.then_some((amount.parse().ok()?, currency.to_ascii_uppercase()))
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
        Data {
            amount: amount.parse().ok(),
            currency: Some(currency.to_owned()),
            account: Some(account.to_owned()),
            unclear: Vec::new(),
        }
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
    fn what_cannot_be_read_or_is_said_twice_counts_as_nothing() {
        let (amount, account) = ("operation.amount", "operation.account");
        for (text, unclear) in [
            ("A1*A1000.CZK*Q1/2", amount),
            ("A1*A1,000CZK*Q1/2", amount),
            ("A1*A1 000CZK*Q1/2", amount),
            ("A1*A100*Q1/2", amount),
            ("A1*A100CZK*Q1/2*A999CZK", amount),
            ("A1*A100CZK*I1/2*Q9/9", account),
        ] {
            let data = Data::read(text);
            assert!(data.is_unclear_about(unclear) && data.canonical(unclear).is_none(), "{text}");
        }
        for (text, clear) in [
            ("A1*A100CZK*A100CZK*Q1*Q1", data("100", "CZK", "1")),
            ("A1**A100CZK*A*Q1*Q*I,GIBACZPX", data("100", "CZK", "1")),
        ] {
            assert_eq!(Data::read(text), clear, "{text}");
        }
    }

    #[test]
    fn what_is_no_payment_says_nothing() {
        for text in ["", "A2", "free text*A100CZK", "A100*A100CZK", "A1*A100", "A1*ACZK", "A1*Aé€"] {
            assert_eq!(Data::read(text).amount, None, "{text}");
        }
    }
}
