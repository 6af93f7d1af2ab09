//! The data string of an operation: whatever stands in it, an amount comes with its currency, is canonical, and reads
//! the same a second time.

use countersign_runtime::Decimal;
use countersign_runtime::testing::fuzzing::operation_data;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (amount, currency, account) = operation_data(&text);
    assert_eq!(amount.is_some(), currency.is_some(), "an amount without a currency");
    if let Some(amount) = &amount {
        let again = Decimal::parse(amount).expect("a canonical amount is a decimal");
        assert_eq!(&again.canonical(), amount, "the canonical form is not stable");
    }
    assert!(currency.is_none_or(|currency| currency.len() == 3 && currency.bytes().all(|c| c.is_ascii_uppercase())));
    assert!(account.is_none_or(|account| !account.is_empty()), "an empty account");
}
