//! Registration numbers of people and organizations by country: whether a text is one, and its one normal form. Each
//! country's shapes and control digits stand in a file of its own; where no shape is known, nothing is said.

mod finland;
mod norway;
mod sweden;

use unicode_normalization::UnicodeNormalization;

use super::Date;

/// A country whose numbers are known.
struct Country {
    /// ISO 3166, two letters.
    code: &'static str,
    /// The forms of its numbers, for people.
    forms: &'static str,
    /// The normal form of a text that is folded; none if it is no number.
    normal: fn(&str, Date) -> Option<String>,
}

const COUNTRIES: [Country; 3] = [
    Country {
        code: "SE",
        forms: "YYMMDD-NNNN, YYMMDD+NNNN, YYYYMMDDNNNN or, of an organization, NNNNNN-NNNN (SE)",
        normal: sweden::normal,
    },
    Country { code: "NO", forms: "DDMMYYNNNNN or, of an organization, NNNNNNNNN (NO)", normal: norway::normal },
    Country { code: "FI", forms: "DDMMYY-NNNX or, of an organization, NNNNNNN-N (FI)", normal: finland::normal },
];

/// What a text is among the numbers of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationNumber {
    /// A number of the country, in its normal form.
    Known(String),
    /// None of the country's numbers.
    Malformed,
    /// The country's numbers are not known here.
    UnknownCountry,
}

impl RegistrationNumber {
    /// Looks at a text as a number of a country, by its code of two letters. Blanks, hidden signs and forms of dashes and
    /// digits that only look different do not count; the day decides what a two-digit year means.
    pub fn read(country: &str, text: &str, today: Date) -> RegistrationNumber {
        let Some(country) = COUNTRIES.iter().find(|known| known.code.eq_ignore_ascii_case(country)) else {
            return RegistrationNumber::UnknownCountry;
        };
        (country.normal)(&folded(text), today).map_or(RegistrationNumber::Malformed, RegistrationNumber::Known)
    }

    /// The forms of a country's numbers, for a message to whoever typed another; empty if they are not known.
    pub fn forms(country: &str) -> &'static str {
        let known = COUNTRIES.iter().find(|known| known.code.eq_ignore_ascii_case(country));
        known.map_or("", |known| known.forms)
    }
}

/// The text in ASCII capitals, without blanks and hidden signs, with every dash as a hyphen.
fn folded(text: &str) -> String {
    let letters: String = super::folded(text).filter(|sign| *sign != ' ').collect();
    letters.nfkc().map(|letter| letter.to_ascii_uppercase()).collect()
}

/// The digits of a text that has nothing else.
fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|letter| letter.to_digit(10)).collect()
}

/// The sum of digits, each times its weight; those without a weight do not count.
fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// A number of two digits of a text.
fn pair(digits: &[u32], at: usize) -> Option<u32> {
    Some(digits.get(at)? * 10 + digits.get(at + 1)?)
}

/// True for a day of the calendar.
fn is_day(year: u32, month: u32, day: u32) -> bool {
    day_of(year, month, day).is_some()
}

fn day_of(year: u32, month: u32, day: u32) -> Option<jiff::civil::Date> {
    jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests;
