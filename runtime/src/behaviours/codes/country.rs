//! Which numbers belong to which country, as far as sending to it may be allowed or not, and which cost somebody money.

use phonelib::{
    PhoneNumber, PhoneNumberType, countries_by_calling_code, countries_by_code, extract_countries, extract_country,
};

/// Territories that share a calling code and have no mobile numbers of their own, with the countries that the numbers of
/// their people count for.
const WITHOUT_MOBILES: [(&str, &str); 10] = [
    ("AX", "FI"),
    ("BL", "GP"),
    ("CC", "AU"),
    ("CX", "AU"),
    ("EH", "MA"),
    ("GS", "FK"),
    ("MF", "GP"),
    ("SJ", "NO"),
    ("TA", "SH"),
    ("VA", "IT"),
];

/// True if a setting means a country: its two letters (`CZ`), or a calling code (`+420`).
pub fn is_country(setting: &str) -> bool {
    match setting.strip_prefix('+') {
        Some(code) => {
            (1..=7).contains(&code.len()) && !code.starts_with('0') && code.bytes().all(|b| b.is_ascii_digit())
        }
        None => setting.len() == 2 && countries_by_code(setting).iter().any(|country| country.code == setting),
    }
}

/// The country that the mobile numbers of a territory count for, if it has none of its own.
pub fn instead_of(setting: &str) -> Option<&'static str> {
    WITHOUT_MOBILES.iter().find(|(territory, _)| *territory == setting).map(|(_, country)| *country)
}

/// The country of a number (`+420…`), by its two letters, if it is known.
pub fn of(phone: &str) -> Option<&'static str> {
    extract_country(phone).map(|country| country.code)
}

/// The country of a number (`+44…`) whose calling code several countries share. Where they share its block of ten
/// thousand numbers as well, it is the largest.
pub fn among_several(phone: &str) -> Option<&'static str> {
    let number = PhoneNumber::parse(phone)?;
    let countries = extract_countries(phone);
    let is_shared = number.country().prefix > 999 || countries_by_calling_code(number.country().prefix).len() > 1;
    let (own, main) = (countries.first()?.code, countries.get(1).or(countries.first())?.code);
    is_shared.then(|| if shares_its_block(&number) { main } else { own })
}

/// True if numbers that differ from the fifth digit on only belong to several countries.
fn shares_its_block(number: &PhoneNumber) -> bool {
    let start = 1 + number.country().prefix.to_string().len() + 4;
    let (Some(head), Some(tail)) = (number.e164().get(..start), number.e164().get(start + 1..)) else { return false };
    ('0'..='9').any(|digit| of(&format!("{head}{digit}{tail}")).is_some_and(|other| other != number.country().code))
}

/// True if the number (`+420…`) belongs to one of these countries. Where a calling code is shared, the number's own
/// block decides: `US` does not let Jamaica's numbers pass. A number of a length that no plan knows counts for the
/// country of its calling code.
pub fn is_allowed(phone: &str, countries: &[String]) -> bool {
    let Some(number) = phone.strip_prefix('+') else { return false };
    let (country, of_block) = (of(phone), among_several(phone));
    countries.iter().any(|setting| match (setting.strip_prefix('+'), country) {
        (Some(code), _) => number.starts_with(code),
        (None, Some(country)) => country == setting || of_block.is_some_and(|country| country == setting),
        (None, None) => countries_by_code(setting).iter().any(|named| number.starts_with(&named.prefix.to_string())),
    })
}

/// True for a number that is dear to whoever sends to it or answers it: of a premium-rate or a toll-free service.
pub fn is_service(phone: &str) -> bool {
    let kind = PhoneNumber::parse(phone).map(|number| number.phone_type());
    matches!(kind, Some(PhoneNumberType::PremiumRate | PhoneNumberType::TollFree))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(phone: &str, countries: &[&str]) -> bool {
        is_allowed(phone, &countries.iter().map(|country| (*country).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_belong_to_their_countries() {
        assert!(allowed("+420601234567", &["CZ"]));
        assert!(allowed("+420601234567", &["SK", "+420"]));
        assert!(!allowed("+421901234567", &["CZ"]));
        assert!(!allowed("+420601234567", &[]));
        assert!(!allowed("420601234567", &["CZ"]));
        assert!(!allowed("+882601234567", &["CZ"]));
    }

    #[test]
    fn countries_that_share_a_calling_code_are_told_apart() {
        assert!(allowed("+12025550173", &["US"]));
        assert!(!allowed("+18765550173", &["US"]), "Jamaica");
        assert!(allowed("+18765550173", &["JM"]));
        assert!(!allowed("+77012345678", &["RU"]), "Kazakhstan");
    }

    #[test]
    fn a_shared_calling_code_is_decided_by_the_number() {
        for (phone, country) in [
            ("+12025550173", Some("US")),
            ("+14165550198", Some("CA")),
            ("+12423591234", Some("BS")),
            ("+79161234567", Some("RU")),
            ("+77012345678", Some("KZ")),
            ("+447400123456", Some("GB")),
            ("+447797712345", Some("JE")),
            ("+447781123456", Some("GG")),
            ("+447624123456", Some("IM")),
            ("+447911123456", Some("GB")),
            ("+393471234567", Some("IT")),
            ("+46731234567", None),
            ("+65909099999", None),
            ("+999123456789", None),
        ] {
            assert_eq!(among_several(phone), country, "{phone}");
        }
    }

    #[test]
    fn a_block_that_two_countries_share_may_be_allowed_by_either() {
        assert!(allowed("+447911123456", &["GB"]) && allowed("+447911123456", &["GG"]));
        assert!(!allowed("+447911123456", &["JE"]) && !allowed("+447781123456", &["GB"]));
    }

    #[test]
    fn territories_without_mobile_numbers_are_known() {
        for (territory, country) in WITHOUT_MOBILES {
            assert!(is_country(territory) && is_country(country) && instead_of(country).is_none(), "{territory}");
        }
        assert_eq!((instead_of("AX"), instead_of("GB"), instead_of("IM")), (Some("FI"), None, None));
    }

    #[test]
    fn services_are_reported_from_people() {
        for service in ["+18005550199", "+19005550199", "+448081570000", "+449098790123", "+46200123456"] {
            assert!(is_service(service), "{service}");
        }
        for person in ["+447911123456", "+12025550173", "+46731234567", "+65909099999", "+56961234567"] {
            assert!(!is_service(person), "{person}");
        }
    }

    #[test]
    fn a_number_of_an_unknown_length_counts_for_its_calling_code() {
        assert!(allowed("+65909099999", &["SG"]));
        assert!(!allowed("+65909099999", &["MY"]));
    }

    #[test]
    fn a_setting_means_a_country_or_nothing() {
        for country in ["CZ", "+420", "+1", "+1876", "XK"] {
            assert!(is_country(country), "{country}");
        }
        for nothing in ["cz", "XX", "CZE", "001", "420", "+", "+042", "+12345678", ""] {
            assert!(!is_country(nothing), "{nothing}");
        }
    }
}
