//! Amounts as whole cents, compared in either order and in constant time, so that the duration does not reveal which of them differs.

use subtle::{Choice, ConstantTimeEq};

use crate::values::Decimal;

/// True if the reported amounts are the two deposits. An amount that is no whole number of cents, or none at all, is wrong.
pub(super) fn are_same(given: [Option<&Decimal>; 2], deposits: &[Decimal; 2]) -> bool {
    let [one, other] = given.map(|amount| amount.and_then(cents));
    let [first, second] = deposits.each_ref().map(cents);
    let straight = same(one, first) & same(other, second);
    let crossed = same(one, second) & same(other, first);
    (straight | crossed).into()
}

/// The cents of an amount; none if it is below nothing, or no whole number of cents.
fn cents(amount: &Decimal) -> Option<u64> {
    let text = amount.plain();
    let (whole, part) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let part = part.trim_end_matches('0');
    if amount.is_negative() || part.len() > 2 {
        return None;
    }
    format!("{}{part:0<2}", whole.trim_start_matches('-')).parse().ok()
}

fn same(one: Option<u64>, other: Option<u64>) -> Choice {
    let there = Choice::from(u8::from(one.is_some() && other.is_some()));
    one.unwrap_or_default().ct_eq(&other.unwrap_or_default()) & there
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn right(first: &str, second: &str) -> bool {
        are_same([Some(&amount(first)), Some(&amount(second))], &[amount("0.75"), amount("0.25")])
    }

    #[test]
    fn the_order_makes_no_difference() {
        assert!(right("0.75", "0.25") && right("0.25", "0.75"));
        assert!(!right("0.75", "0.75") && !right("0.25", "0.25") && !right("0.75", "0.24") && !right("1", "0"));
    }

    #[test]
    fn cents_are_exact_however_they_are_written() {
        assert!(right("0.750", "2.5e-1") && right("75E-2", "0.2500000"));
        assert!(!right("0.7500000000000000000001", "0.25") && !right("-0.75", "0.25") && !right("0.755", "0.25"));
        assert_eq!(cents(&amount("12345678901234567.89")), Some(1_234_567_890_123_456_789));
        assert_eq!(cents(&amount("1E+2")), Some(10_000));
        assert_eq!(cents(&amount("0")), Some(0));
        assert_eq!(cents(&amount("-0")), Some(0));
        assert_eq!(cents(&amount("0.001")), None);
        assert_eq!(cents(&amount("1E+64")), None);
    }

    #[test]
    fn an_amount_that_is_not_there_is_wrong() {
        let deposits = [amount("0"), amount("0")];
        assert!(are_same([Some(&amount("0")), Some(&amount("0"))], &deposits));
        assert!(!are_same([None, Some(&amount("0"))], &deposits));
        assert!(!are_same([None, None], &deposits));
    }
}
