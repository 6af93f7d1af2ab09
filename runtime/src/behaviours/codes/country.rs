//! Which numbers belong to which country, as far as sending to it may be allowed or not.

use phonelib::{countries_by_code, extract_country};

/// True if a setting means a country: its two letters (`CZ`), or a calling code (`+420`).
pub fn is_country(setting: &str) -> bool {
    match setting.strip_prefix('+') {
        Some(code) => {
            (1..=7).contains(&code.len()) && !code.starts_with('0') && code.bytes().all(|b| b.is_ascii_digit())
        }
        None => setting.len() == 2 && countries_by_code(setting).iter().any(|country| country.code == setting),
    }
}

/// The country of a number (`+420…`), by its two letters, if it is known.
pub fn of(phone: &str) -> Option<&'static str> {
    extract_country(phone).map(|country| country.code)
}

/// True if the number (`+420…`) belongs to one of these countries. Where a calling code is shared, the number's own
/// block decides: `US` does not let Jamaica's numbers pass. A number of a length that no plan knows counts for the
/// country of its calling code.
pub fn is_allowed(phone: &str, countries: &[String]) -> bool {
    let Some(number) = phone.strip_prefix('+') else { return false };
    let country = extract_country(phone);
    countries.iter().any(|setting| match (setting.strip_prefix('+'), country) {
        (Some(code), _) => number.starts_with(code),
        (None, Some(country)) => country.code == setting,
        (None, None) => countries_by_code(setting).iter().any(|named| number.starts_with(&named.prefix.to_string())),
    })
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
