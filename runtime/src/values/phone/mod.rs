//! Phone numbers: one number, one form, whoever wrote it. What a spelling means stands in `canonical`.

mod canonical;

use std::fmt;

use super::folded;

/// The most digits that a spelling may have, zeros and a second calling code among them.
const MOST_DIGITS: usize = 24;

/// A phone number as E.164 has it: `+` and 7 to 15 digits, in one form by its country's numbering plan.
/// [`Phone::expose`] is for sending; `{:?}` prints `+420*****89`.
///
/// It has no `Display` on purpose: a gateway would be given what `to_string` says, and a log too. `parse` takes
/// what [`Phone::parse`] takes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// From so many digits on, what stands beside a calling code may have one of its own.
const LONG_NUMBER: usize = 11;

impl Phone {
    /// Reads a number such as `+420603123456`; blanks, dashes and national forms are none.
    pub fn parse(text: &str) -> Option<Phone> {
        let digits = text.strip_prefix('+')?;
        if digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Phone::of_digits(digits)
    }

    /// Reads a number as people, directories and core systems write it, with `+` or `00` before the calling code: `+46 (0)73-123 45 67`,
    /// `0046731234567`, `tel:+46-73-123-45-67`. A number in its national form is none, nor is one that may be two.
    pub fn read(text: &str) -> Option<Phone> {
        let Dialled { international: true, digits } = Dialled::read(text)? else { return None };
        Phone::of_digits(&digits)
    }

    /// The number of a calling code and of what was typed beside it, which may have the code once more.
    pub(crate) fn joined(code: &str, number: &str) -> Option<Phone> {
        let code = Dialled::read(code)?.digits;
        let Dialled { international, digits } = Dialled::read(number)?;
        // Four digits are a calling code of North America and the area's.
        let whole = international || code.len() == 4 && digits.starts_with(&code);
        let phone = match whole {
            true if digits.starts_with(&code) => Phone::of_digits(&digits),
            true => None,
            false => Phone::of_digits(&[code.as_str(), &digits].concat()),
        }?;
        // Whoever typed another country's code after this one means the other number.
        let is_of_another =
            digits.len() >= LONG_NUMBER && canonical::is_mobile(&digits) && !canonical::can_move(&phone);
        (!is_of_another).then_some(phone)
    }

    /// The number of these digits, the calling code first.
    fn of_digits(digits: &str) -> Option<Phone> {
        if digits.starts_with('0') || digits.len() < 7 || digits.len() > MOST_DIGITS {
            return None;
        }
        let one = canonical::canonical(digits).filter(|one| (7..=15).contains(&one.len()))?;
        Some(Phone(["+", &one].concat()))
    }

    /// The number itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden.
    pub fn masked(&self) -> String {
        let shown = if self.0.len() > 9 { 4 } else { 2 };
        let (head, tail) = (self.0.get(..shown).unwrap_or(""), self.0.get(self.0.len() - 2..).unwrap_or(""));
        [head, "*****", tail].concat()
    }
}

impl From<Phone> for i64 {
    /// Its digits as one number: an international one has 15 at most, and none of them leads with a zero.
    fn from(phone: Phone) -> Self {
        phone.expose().trim_start_matches('+').parse().unwrap_or_default()
    }
}

impl std::str::FromStr for Phone {
    type Err = NotAPhone;

    fn from_str(text: &str) -> Result<Self, NotAPhone> {
        Phone::parse(text).ok_or(NotAPhone)
    }
}

/// What was typed, without what people put between digits.
struct Dialled {
    /// Whether the calling code comes first: after `+` or `00`.
    international: bool,
    digits: String,
}

impl Dialled {
    fn read(text: &str) -> Option<Dialled> {
        let plain: String = folded(text).filter(|sign| !matches!(sign, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
        let scheme = plain.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("tel:"));
        let number = scheme.and_then(|scheme| plain.get(scheme.len()..)).unwrap_or(&plain);
        let (after_plus, number) = number.strip_prefix('+').map_or((false, number), |number| (true, number));
        let (after_zeros, digits) = number.strip_prefix("00").map_or((false, number), |number| (true, number));
        let sound =
            !digits.is_empty() && digits.len() <= MOST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| Dialled { international: after_plus || after_zeros, digits: digits.to_owned() })
    }
}

/// The text is no phone number. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPhone;

impl fmt::Display for NotAPhone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a phone number has `+` or `00`, its country's calling code, and 7 to 15 digits in all")
    }
}

impl std::error::Error for NotAPhone {}

impl fmt::Debug for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_strictly() {
        for good in ["+420603123456", "+1234567", "+123456789012345"] {
            assert_eq!(Phone::parse(good).unwrap().expose(), good);
        }
        for bad in
            ["", "+", "420603123456", "+0420603123", "+123456", "+1234567890123456", "+420 603 123", "+42060٣123456"]
        {
            assert!(Phone::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn numbers_as_people_write_them_are_the_same() {
        for good in ["+46731234567", "0046731234567", "+46 73-123 45 67", "+46 (73) 1234567"] {
            assert_eq!(Phone::read(good), Phone::parse("+46731234567"), "{good}");
        }
        for bad in ["0731234567", "+46 (0) 731234567 890 12", "a@example.com", "000731234567"] {
            assert_eq!(Phone::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_pasted_is_the_same_number() {
        for good in [
            "+46\u{a0}73\u{a0}123\u{a0}45\u{a0}67",
            "+46 73\u{2011}123\u{2011}45\u{2011}67",
            "+46 73\u{2013}123 45 67",
            "\u{202a}+46731234567\u{202c}",
            "\u{ff0b}46731234567",
            "+46.73.123.45.67",
            "+46/73/1234567",
            "+46 73\t1234567",
            "+46 73\u{2009}123\u{2009}45\u{2009}67",
            "\u{200e}+46 73\u{ad}1234567\r\n",
            "+\u{664}\u{666} \u{667}\u{663} \u{661}\u{662}\u{663} \u{664}\u{665} \u{666}\u{667}",
            "tel:+46-73-123-45-67",
            "TEL:+46731234567",
            "+46 (0)73 123 45 67",
            "+46 073 123 45 67",
            "0046 (0) 73 1234567",
            "+46 46 73 123 45 67",
            "+0046 73 123 45 67",
        ] {
            assert_eq!(Phone::read(good), Phone::parse("+46731234567"), "{good}");
        }
        for bad in
            ["+46 73 123 45 67 ext. 3", "+46 73x1234567", "+46+731234567", "+", "00", "+46_731234567", "+46 73,1"]
        {
            assert_eq!(Phone::read(bad), None, "{bad}");
        }
        assert_eq!("+46 73 123 45 67".parse::<Phone>(), Err(NotAPhone), "by `read` alone");
    }

    #[test]
    fn a_number_in_two_parts_may_say_its_code_again() {
        for (code, number, whole) in [
            ("44", "7911123456", "+447911123456"),
            ("44", "07911123456", "+447911123456"),
            ("44", "007911123456", ""),
            ("44", "447911123456", "+447911123456"),
            ("44", "00447911123456", "+447911123456"),
            ("44", "+44 (0)7911 123456", "+447911123456"),
            ("+60", "012-345 6789", "+60123456789"),
            ("0046", "0731234567", "+46731234567"),
            ("39", "3471234567", "+393471234567"),
            ("39", "393471234567", "+393471234567"),
            ("39", "0612345678", "+390612345678"),
            ("1", "12025550173", "+12025550173"),
            ("1242", "3591234", "+12423591234"),
            ("1-242", "1 242 359 1234", "+12423591234"),
            ("225", "0712345678", "+2250712345678"),
            ("225", "2250712345678", "+2250712345678"),
            ("65", "909099999", "+65909099999"),
            ("65", "0909099999", "+65909099999"),
            ("65", "65909099999", ""),
            ("44", "0046731234567", ""),
            ("44", "46731234567", ""),
            ("46", "447911123456", ""),
            ("65", "123456789012345", ""),
        ] {
            assert_eq!(Phone::joined(code, number).map_or(String::new(), |one| one.0), whole, "{code} {number}");
        }
    }

    #[test]
    fn printing_hides_the_middle() {
        let phone = Phone::parse("+420603123489").unwrap();
        assert_eq!((format!("{phone:?}"), phone.masked()), ("+420*****89".to_owned(), "+420*****89".to_owned()));
        assert_eq!(Phone::parse("+1234567").unwrap().masked(), "+1*****67");
    }
}
