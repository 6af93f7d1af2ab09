//! What a bank's core system would be asked: two customers and the accounts of one of them.

use std::sync::LazyLock;

use serde_json::value::RawValue;

use crate::api::Account;

#[derive(Debug, Clone, Copy)]
pub struct Customer {
    pub number: &'static str,
    pub login: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub phone: &'static str,
}

const CUSTOMERS: [Customer; 2] = [
    Customer { number: "12345678", login: "user1234", given_name: "John", family_name: "Doe", phone: "+420601234567" },
    Customer { number: "20000001", login: "spent1", given_name: "Jane", family_name: "Doe", phone: "+420601000001" },
];

/// The accounts of the first customer: number, id, name, balance, currency, why it cannot be paid from.
type Line = (&'static str, &'static str, &'static str, &'static str, &'static str, Option<&'static str>);

const LINES: [Line; 3] = [
    ("12345678/1234", "CZ4012340000000012345678", "Běžný účet v CZK", "24394.52", "CZK", None),
    ("87654321/4321", "CZ4043210000000087654321", "Spořící účet v CZK", "158121.10", "CZK", None),
    ("44444444/1111", "CZ4011110000000044444444", "Spořící účet v EUR", "1.90", "EUR", Some("Low account balance")),
];

pub async fn by_login(login: String) -> Option<Customer> {
    CUSTOMERS.into_iter().find(|customer| customer.login == login)
}

pub async fn by_number(number: String) -> Option<Customer> {
    CUSTOMERS.into_iter().find(|customer| customer.number == number)
}

pub async fn accounts(number: String) -> Vec<Account> {
    if number == "12345678" { ACCOUNTS.clone() } else { Vec::new() }
}

static ACCOUNTS: LazyLock<Vec<Account>> = LazyLock::new(|| LINES.into_iter().filter_map(account).collect());

fn account((number, account_id, name, balance, currency, reason): Line) -> Option<Account> {
    Some(Account {
        number,
        account_id,
        name,
        balance: Box::leak(RawValue::from_string(balance.to_owned()).ok()?),
        currency,
        usable_for_payment: false,
        unusable_for_payment_reason: reason,
    })
}

/// Hands a message to a gateway that takes everything.
pub async fn send(_phone: &'static str, _text: String) -> Result<(), ()> {
    Ok(())
}
