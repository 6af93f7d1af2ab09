//! Which of a user's accounts is meant: the one of a number, or the only one of a type and network that has
//! everything that the request says of it.

use crate::entities::PaymentAccount;
use crate::values::{Decimal, Pairs};

/// The account that a request means; none if there is none, or more than one.
pub(super) fn of(input: &VerifyDeposits) -> Option<&PaymentAccount> {
    let id = input.account.as_deref().filter(|id| !id.is_empty());
    let mut found = input.accounts.iter().filter(|account| match id {
        Some(id) => account.id == id,
        None => fits(account, input),
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn fits(account: &PaymentAccount, input: &VerifyDeposits) -> bool {
    input.account_type.as_deref() == Some(account.account_type.as_str())
        && input.network.as_deref() == Some(account.network.as_str())
        && input.attributes.iter().all(|given| has(account, given))
}

/// True if the account has everything that the request says; a name without a value says nothing.
fn has(account: &PaymentAccount, given: &Pairs) -> bool {
    let mut given = given.0.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    given.all(|(name, value)| account.attributes.get(name) == Some(value))
}

/// What is asked of an account.
#[derive(Debug, Clone, Default)]
pub struct VerifyDeposits {
    /// Whose account.
    pub user: Option<String>,
    /// The accounts that the bank knows of the user.
    pub accounts: Vec<PaymentAccount>,
    /// One of the amounts.
    pub first: Option<Decimal>,
    /// The other one.
    pub second: Option<Decimal>,
    /// The account's number; without it, it is found by all that follows.
    pub account: Option<String>,
    /// Its type.
    pub account_type: Option<String>,
    /// Its network.
    pub network: Option<String>,
    /// What else identifies it.
    pub attributes: Option<Pairs>,
    /// The issuer.
    pub issuer: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, network: &str, name: &str) -> PaymentAccount {
        let attributes = [("cardNickname", name), ("accountNumber", "000123456")];
        PaymentAccount {
            id: id.into(),
            account_type: "credit".into(),
            network: network.into(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            deposits: None,
        }
    }

    fn found(id: Option<&str>, network: &str, given: &[(&str, Option<&str>)]) -> Option<String> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)));
        let input = VerifyDeposits {
            accounts: vec![
                account("1", "visa", "Blue card"),
                account("2", "visa", "Red card"),
                account("3", "amex", "x"),
            ],
            account: id.map(str::to_owned),
            account_type: Some("credit".into()),
            network: Some(network.into()),
            attributes: Some(Pairs(given.collect())),
            ..VerifyDeposits::default()
        };
        of(&input).map(|account| account.id.clone())
    }

    #[test]
    fn a_number_is_enough() {
        assert_eq!(found(Some("2"), "visa", &[]).as_deref(), Some("2"));
        assert_eq!(found(Some("2"), "amex", &[("cardNickname", Some("Blue card"))]).as_deref(), Some("2"));
        assert_eq!(found(Some("9"), "visa", &[("cardNickname", Some("Blue card"))]), None);
    }

    #[test]
    fn without_a_number_everything_told_must_fit_one_account_alone() {
        assert_eq!(found(None, "visa", &[("cardNickname", Some("Blue card"))]).as_deref(), Some("1"));
        assert_eq!(found(Some(""), "visa", &[("cardNickname", Some("Red card"))]).as_deref(), Some("2"));
        assert_eq!(found(None, "amex", &[]).as_deref(), Some("3"));
        assert_eq!(found(None, "visa", &[]), None);
        assert_eq!(found(None, "visa", &[("accountNumber", Some("000123456"))]), None);
        assert_eq!(found(None, "visa", &[("accountNumber", Some("1")), ("cardNickname", Some("Blue card"))]), None);
        assert_eq!(found(None, "visa", &[("shoeSize", Some("42")), ("cardNickname", Some("Blue card"))]), None);
        assert_eq!(
            found(None, "visa", &[("shoeSize", None), ("cardNickname", Some("Blue card"))]).as_deref(),
            Some("1")
        );
        assert_eq!(found(None, "diners", &[("cardNickname", Some("Blue card"))]), None);
    }

    #[test]
    fn names_and_values_are_compared_letter_by_letter() {
        assert_eq!(found(None, "visa", &[("cardnickname", Some("Blue card"))]), None);
        assert_eq!(found(None, "visa", &[("cardNickname", Some("blue card"))]), None);
    }
}
