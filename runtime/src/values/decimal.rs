//! Decimal numbers that stay as they were written. Amounts never pass through a float.

use std::cmp::Ordering;
use std::fmt;

/// The most digits that a number may be written with.
const MOST_DIGITS: usize = 64;
/// The largest exponent, in either direction; it also bounds the plain form.
const MOST_EXPONENT: i32 = 64;

/// A decimal number. It keeps its literal: `158121.10` is sent as `158121.10`. Two are equal if their values are.
#[derive(Clone)]
pub struct Decimal {
    literal: String,
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    /// The value is `digits` times ten to this power.
    exponent: i32,
}

impl Decimal {
    /// Reads a number as JSON writes it, such as `100`, `-0.50` or `1E+3`. Numbers of more than 64 digits, or with an
    /// exponent beyond 64, are refused.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, part) = match mantissa.split_once('.') {
            Some((whole, part)) if !part.is_empty() => (whole, part),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let written = whole.len() + part.len();
        let leads_with_zero = whole.len() > 1 && whole.starts_with('0');
        let all_digits = whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || leads_with_zero || !all_digits || written > MOST_DIGITS {
            return None;
        }
        let all = [whole, part].concat();
        let kept = all.trim_end_matches('0');
        let dropped = i32::try_from(all.len() - kept.len()).ok()?;
        let digits = kept.trim_start_matches('0').to_owned();
        let zero = digits.is_empty();
        let exponent = if zero { 0 } else { exponent - i32::try_from(part.len()).ok()? + dropped };
        Some(Decimal { literal: text.to_owned(), negative: negative && !zero, digits, exponent })
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.literal
    }

    /// One form for all equal numbers: `100`, `100.00` and `1E+2` are `1e2`. What codes are bound to.
    pub fn canonical(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if self.negative { "-" } else { "" };
        match self.exponent {
            0 => [sign, &self.digits].concat(),
            exponent => [sign, &self.digits, "e", &exponent.to_string()].concat(),
        }
    }

    /// The number for people: as it was written, an exponent expanded.
    pub fn plain(&self) -> String {
        if !self.literal.contains(['e', 'E']) {
            return self.literal.clone();
        }
        let sign = if self.negative { "-" } else { "" };
        let Ok(right) = usize::try_from(-self.exponent) else {
            let zeros = "0".repeat(usize::try_from(self.exponent).unwrap_or_default());
            return format!("{sign}{}{zeros}", self.digits);
        };
        let padded = format!("{:0>width$}", self.digits, width = right + 1);
        match padded.split_at_checked(padded.len() - right) {
            Some((whole, "")) => format!("{sign}{whole}"),
            Some((whole, part)) => format!("{sign}{whole}.{part}"),
            None => padded,
        }
    }

    /// True if it is above nothing.
    pub fn is_positive(&self) -> bool {
        !self.negative && !self.digits.is_empty()
    }

    /// True if it is nothing.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// True if it is below nothing.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// How many places stand after the point, without zeros at the end.
    pub fn scale(&self) -> u32 {
        u32::try_from(-self.exponent).unwrap_or(0)
    }

    /// The number as an integer, if it is one that fits.
    pub fn to_integer(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let zeros = "0".repeat(usize::try_from(self.exponent).ok()?);
        format!("{}{}{zeros}", if self.negative { "-" } else { "" }, self.digits).parse().ok()
    }

    /// Where the first digit stands: `i32::MIN` for zero.
    fn magnitude(&self) -> i32 {
        match i32::try_from(self.digits.len()) {
            Ok(0) | Err(_) => i32::MIN,
            Ok(length) => self.exponent + length,
        }
    }
}

/// Reads what stands behind the `e`, if it is in bounds.
fn read_exponent(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (if text.starts_with('-') { -1 } else { 1 }, digits),
        None => (1, text),
    };
    let digits_only = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let significant = digits.trim_start_matches('0');
    if !digits_only || significant.len() > 3 {
        return None;
    }
    let size: i32 = if significant.is_empty() { 0 } else { significant.parse().ok()? };
    (size <= MOST_EXPONENT).then_some(sign * size)
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        let literal = number.to_string();
        Decimal::parse(&literal).unwrap_or(Decimal { literal, negative: false, digits: String::new(), exponent: 0 })
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Decimal::from(0)
    }
}

impl std::str::FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        Decimal::parse(text).ok_or(NotADecimal)
    }
}

/// The text is no number, or one out of bounds. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADecimal;

impl fmt::Display for NotADecimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not a number of at most 64 digits")
    }
}

impl std::error::Error for NotADecimal {}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative && self.digits == other.digits && self.exponent == other.exponent
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            _ => {}
        }
        // Without zeros at the end, digits of the same magnitude compare as texts do.
        let size = self.magnitude().cmp(&other.magnitude()).then_with(|| self.digits.cmp(&other.digits));
        if self.negative { size.reverse() } else { size }
    }
}

impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.plain())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.literal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn the_literal_stays() {
        for literal in ["158121.10", "100", "1E+3", "-0.50", "0", "0.00", "1e-2"] {
            assert_eq!(decimal(literal).as_str(), literal);
        }
    }

    #[test]
    fn equal_values_have_one_canonical_form() {
        for literal in ["100", "100.0", "100.00", "1E+2", "1e2", "10e1", "1000e-1", "0.1e3"] {
            assert_eq!(decimal(literal).canonical(), "1e2", "{literal}");
            assert_eq!(decimal(literal), decimal("100"));
        }
        for literal in ["0", "-0", "0.00", "0e5", "-0.0e-64"] {
            assert_eq!(decimal(literal).canonical(), "0", "{literal}");
        }
        assert_ne!(decimal("100").canonical(), decimal("-100").canonical());
        assert_ne!(decimal("1.01"), decimal("1.1"));
    }

    #[test]
    fn the_plain_form_expands_exponents_only() {
        let cases = [
            ("1E+3", "1000"),
            ("100.00", "100.00"),
            ("12e-1", "1.2"),
            ("1e-3", "0.001"),
            ("-5e-1", "-0.5"),
            ("1.50e1", "15"),
            ("0e9", "0"),
            ("12e0", "12"),
        ];
        for (literal, plain) in cases {
            assert_eq!(decimal(literal).plain(), plain, "{literal}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let bad =
            ["", "-", "+1", "1.", ".5", "01", "1e", "1e+", "1.2.3", "0x1", "NaN", "1 ", "١", "1,5", "--1", "1e1e1"];
        for text in bad {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn huge_exponents_and_long_numbers_are_refused() {
        for text in ["1e65", "1e-65", "1E+999999999", "1e99999999999999999999"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
        assert!(Decimal::parse(&"9".repeat(64)).is_some());
        assert!(Decimal::parse(&"9".repeat(65)).is_none());
        assert!(Decimal::parse(&format!("0.{}", "0".repeat(64))).is_none());
        assert_eq!(decimal("1e0000000000002"), decimal("100"));
        assert!(decimal("1e64").plain().len() < 70);
    }

    #[test]
    fn numbers_compare_by_value() {
        let order = ["-10", "-2.5", "-0.01", "0", "1e-64", "0.01", "0.1", "1", "2", "10", "10.5", "1e64"];
        for pair in order.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
        assert!(decimal("0.01").is_positive() && !decimal("0").is_positive() && !decimal("-1").is_positive());
    }

    #[test]
    fn integers_are_taken_from_any_form() {
        assert_eq!(decimal("1E+3").to_integer(), Some(1000));
        assert_eq!(decimal("-5.0").to_integer(), Some(-5));
        assert_eq!(decimal("5.5").to_integer(), None);
        assert_eq!(decimal("9223372036854775808").to_integer(), None);
        assert_eq!(decimal("1.10").scale(), 1);
        assert_eq!(decimal("1e3").scale(), 0);
    }
}
