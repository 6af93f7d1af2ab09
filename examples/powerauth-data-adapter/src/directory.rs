//! The demo bank's core system: a list of customers and the accounts of one of them.

use countersign_runtime::{BankAccount, HookError};

/// A customer of the demo bank.
pub struct Customer {
    pub number: &'static str,
    pub login: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub phone: &'static str,
    pub password_hash: &'static str,
    pub locked: bool,
    pub consents_can_be_saved: bool,
    pub core_system: CoreSystem,
}

/// How the core system behaves when it is asked for a customer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CoreSystem {
    Answers,
    Blocks,
    Fails,
    Hangs,
    Panics,
}

/// The hash of `s3cret`, the password of every demo customer.
const S3CRET: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aFgn4lEURwdhu+T39m5LDA$w9937GY4lmyHL5rgc3rSSkEeAZHHRaoGtUYH3CC0PkQ";

const fn customer(
    number: &'static str,
    login: &'static str,
    given_name: &'static str,
    phone: &'static str,
) -> Customer {
    Customer {
        number,
        login,
        given_name,
        family_name: "Doe",
        phone,
        password_hash: S3CRET,
        locked: false,
        consents_can_be_saved: true,
        core_system: CoreSystem::Answers,
    }
}

const CUSTOMERS: &[Customer] = &[
    // A directory writes phones as people do; reading them makes the one form.
    customer("12345678", "user1234", "John", "+420 601 234 567"),
    // Theirs are the codes and passwords that tests use up.
    customer("20000001", "spent1", "Jane", "+420601000001"),
    customer("20000002", "spent2", "Jack", "+420601000002"),
    customer("20000003", "spent3", "Jill", "+420601000003"),
    customer("20000004", "spent4", "Joan", "+420601000004"),
    // The gateway of `--dev` refuses this number.
    customer("30000001", "unreachable", "Una", "+420600000000"),
    Customer { locked: true, ..customer("30000002", "locked", "Lou", "+420601000012") },
    Customer { consents_can_be_saved: false, ..customer("30000003", "unsaved", "Sue", "+420601000013") },
    Customer { core_system: CoreSystem::Fails, ..customer("40000001", "fails", "Finn", "+420601000021") },
    Customer { core_system: CoreSystem::Hangs, ..customer("40000002", "hangs", "Hank", "+420601000022") },
    Customer { core_system: CoreSystem::Blocks, ..customer("40000004", "blocks", "Bert", "+420601000024") },
    Customer { core_system: CoreSystem::Panics, ..customer("40000003", "panics", "Pam", "+420601000023") },
];

/// Number, id, name, balance and currency of John's accounts.
const ACCOUNTS: &[(&str, &str, &str, &str, &str)] = &[
    ("12345678/1234", "CZ4012340000000012345678", "Běžný účet v CZK", "24394.52", "CZK"),
    ("87654321/4321", "CZ4043210000000087654321", "Spořící účet v CZK", "158121.10", "CZK"),
    ("44444444/1111", "CZ4011110000000044444444", "Spořící účet v EUR", "1.90", "EUR"),
];

/// The customer with this number.
pub fn customer_by_number(number: &str) -> Option<&'static Customer> {
    CUSTOMERS.iter().find(|customer| customer.number == number)
}

/// The customer who signs in with this name.
pub fn customer_by_login(login: &str) -> Option<&'static Customer> {
    CUSTOMERS.iter().find(|customer| customer.login == login)
}

/// A customer's accounts, the default one first.
pub fn accounts(number: &str) -> Result<Vec<BankAccount>, HookError> {
    let known = if number == "12345678" { ACCOUNTS } else { &[] };
    known.iter().map(|line| account(*line)).collect()
}

fn account((number, id, name, balance, currency): (&str, &str, &str, &str, &str)) -> Result<BankAccount, HookError> {
    Ok(BankAccount {
        id: id.to_owned(),
        number: number.to_owned(),
        name: name.to_owned(),
        balance: balance.parse()?,
        currency: currency.to_owned(),
        // As in the API's own sample, where the two good accounts say so, too.
        usable: false,
        unusable_reason: None,
    })
}
