//! The one form of a phone number, whichever way it was spelled: with a zero of the national form, with the calling code a
//! second time. What a spelling means is the numbering plan's to say; a number that no plan knows keeps its digits.

use phonelib::{PhoneNumber, PhoneNumberType, countries_by_calling_code};

/// Calling codes whose plans have numbers so long that the code and a mobile number could be one: the code, and the
/// lengths of its mobile numbers.
const LONG_PLANS: [(&str, usize, usize); 35] = [
    ("30", 10, 10),
    ("31", 9, 9),
    ("39", 9, 10),
    ("41", 9, 9),
    ("43", 9, 11),
    ("46", 9, 9),
    ("49", 10, 11),
    ("53", 8, 8),
    ("56", 9, 9),
    ("61", 9, 9),
    ("62", 9, 12),
    ("63", 10, 10),
    ("64", 8, 10),
    ("65", 8, 8),
    ("82", 9, 10),
    ("90", 10, 10),
    ("91", 10, 10),
    ("92", 10, 10),
    ("358", 8, 10),
    ("372", 7, 8),
    ("376", 6, 6),
    ("381", 8, 9),
    ("383", 8, 8),
    ("420", 9, 9),
    ("502", 8, 8),
    ("503", 8, 8),
    ("504", 8, 8),
    ("508", 6, 6),
    ("681", 6, 6),
    ("685", 7, 7),
    ("690", 4, 4),
    ("852", 8, 8),
    ("960", 7, 7),
    ("971", 9, 9),
    ("972", 9, 9),
];

/// Calling codes whose numbers may begin with a zero of their own.
const WITH_ZEROS: [&str; 7] = ["39", "225", "226", "229", "241", "242", "378"];

/// The digits of a number's one form, from its digits with the calling code first; none if they mean two numbers.
pub(super) fn canonical(digits: &str) -> Option<String> {
    let Some((code, national)) = split(digits) else { return Some(digits.to_owned()) };
    if let Some(rest) = national.strip_prefix("00").and_then(|number| number.strip_prefix(code)) {
        return after_code(code, rest);
    }
    let bare = national.trim_start_matches('0');
    if let Some(number) = planned(code, national).or_else(|| planned(code, bare)) {
        return unrepeated(code, &number);
    }
    match bare.strip_prefix(code) {
        Some(rest) => after_code(code, rest),
        None if WITH_ZEROS.contains(&code) => Some(digits.to_owned()),
        None => Some([code, bare].concat()),
    }
}

/// True for a number that a plan has for mobile phones, or for those and others.
pub(super) fn can_move(phone: &super::Phone) -> bool {
    let kind = PhoneNumber::parse(phone.expose()).map(|number| number.phone_type());
    matches!(kind, Some(PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile))
}

/// True for digits, the calling code first, that a plan has for mobile phones.
pub(super) fn is_mobile(digits: &str) -> bool {
    PhoneNumber::parse(&["+", digits].concat()).is_some_and(|number| number.phone_type() == PhoneNumberType::Mobile)
}

/// The calling code and what follows it, if there is such a code.
fn split(digits: &str) -> Option<(&str, &str)> {
    let is_code = |code: &str| code.parse().is_ok_and(|code: u32| !countries_by_calling_code(code).is_empty());
    (1..=3).filter_map(|end| digits.split_at_checked(end)).find(|(code, _)| is_code(code))
}

/// The number that a plan has for these digits. The plan's own zero before national numbers is dropped.
fn planned(code: &str, national: &str) -> Option<PhoneNumber> {
    PhoneNumber::parse(&["+", code, national].concat())
}

/// A planned number, without its calling code if that is in it twice; none if that is not certain.
fn unrepeated(code: &str, number: &PhoneNumber) -> Option<String> {
    let digits = digits_of(number);
    let plan = LONG_PLANS.iter().find(|(long, ..)| *long == code);
    let rest = digits.strip_prefix(code).and_then(|national| national.strip_prefix(code));
    let rest = rest.map(|rest| if WITH_ZEROS.contains(&code) { rest } else { rest.trim_start_matches('0') });
    let (Some((_, shortest, longest)), Some(rest)) = (plan, rest) else { return Some(digits) };
    let mobile = *shortest..=*longest;
    let is_mobile_itself = number.phone_type() == PhoneNumberType::Mobile;
    if rest.len() < *shortest || is_mobile_itself && mobile.contains(&(digits.len() - code.len())) {
        return Some(digits);
    }
    let one_length = shortest == longest;
    if one_length || is_mobile_itself {
        return after_code(code, rest).filter(|_| mobile.contains(&rest.len()));
    }
    // A long number of a fixed line may well begin with the digits of its country's code.
    let could_be_both = mobile.contains(&rest.len()) && is_mobile(&[code, rest].concat());
    (!could_be_both).then_some(digits)
}

/// The number after a calling code that was written twice, if messages may be sent to its like.
fn after_code(code: &str, rest: &str) -> Option<String> {
    let number = planned(code, rest).or_else(|| planned(code, rest.trim_start_matches('0')))?;
    let fits = matches!(
        number.phone_type(),
        PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile | PhoneNumberType::Unknown
    );
    fits.then(|| digits_of(&number))
}

fn digits_of(number: &PhoneNumber) -> String {
    number.e164().trim_start_matches('+').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_spellings_of_a_number_have_one_form() {
        for (one, spellings) in [
            ("447911123456", ["4407911123456", "44447911123456", "44007911123456", "4400447911123456"]),
            ("46731234567", ["460731234567", "4646731234567", "46460731234567", "460046731234567"]),
            ("41791234567", ["410791234567", "4141791234567", "41410791234567", "410041791234567"]),
            ("61412345678", ["610412345678", "6161412345678", "61610412345678", "610061412345678"]),
            ("60123456789", ["600123456789", "6060123456789", "60600123456789", "600060123456789"]),
            ("12025550173", ["112025550173", "102025550173", "1102025550173", "10012025550173"]),
            ("420601123456", ["420420601123456", "4200420601123456", "4200601123456", "42000420601123456"]),
            ("393471234567", ["39393471234567", "3900393471234567", "393471234567", "39393471234567"]),
            ("2250712345678", ["22500712345678", "2252250712345678", "225002250712345678", "2250712345678"]),
            ("77012345678", ["777012345678", "787012345678", "77012345678", "70077012345678"]),
            ("36301234567", ["3606301234567", "3636301234567", "363606301234567", "36301234567"]),
            ("919876543210", ["91919876543210", "9109876543210", "91919876543210", "9100919876543210"]),
            ("358412345678", ["3580412345678", "35800358412345678", "3580412345678", "358412345678"]),
            ("66812345678", ["660812345678", "6666812345678", "660066812345678", "66066812345678"]),
        ] {
            for spelling in spellings {
                assert_eq!(canonical(spelling).as_deref(), Some(one), "{spelling}");
            }
        }
    }

    #[test]
    fn what_may_be_two_numbers_is_none() {
        for digits in ["494915112345678", "4343664123456", "6262812345678", "358358412345678", "656565909099999"] {
            assert_eq!(canonical(digits), None, "{digits}");
        }
    }

    #[test]
    fn numbers_that_begin_with_their_calling_code_stay() {
        for digits in [
            "919181234567",
            "393934712345",
            "5350123456",
            "46461234567",
            "5555991234567",
            "590590690123",
            "77172123456",
            "62628123456",
            "49491123456",
            "3583584123",
        ] {
            assert_eq!(canonical(digits).as_deref(), Some(digits));
        }
    }

    #[test]
    fn a_number_that_no_plan_knows_has_one_form_too() {
        for spelling in ["65909099999", "650909099999", "6500909099999"] {
            assert_eq!(canonical(spelling).as_deref(), Some("65909099999"), "{spelling}");
        }
        for spelling in ["6565909099999", "65065909099999", "650065909099999"] {
            assert_eq!(canonical(spelling), None, "{spelling}");
        }
        assert_eq!(canonical("999123456").as_deref(), Some("999123456"), "nor a country");
    }

    #[test]
    fn italian_zeros_stay() {
        for digits in ["390612345678", "39069876543", "390331123456"] {
            assert_eq!(canonical(digits).as_deref(), Some(digits));
        }
    }

    proptest! {
        #[test]
        fn the_one_form_is_its_own(digits in "[1-9][0-9]{6,14}") {
            if let Some(once) = canonical(&digits) {
                prop_assert_eq!(canonical(&once), Some(once.clone()));
            }
        }
    }
}
