//! Phone numbers as E.164 has them.

use std::fmt;

use crate::wire::Payload;

/// A phone number: `+` and 7 to 15 digits. [`Phone::expose`] is for sending; `{:?}` prints `+420*****89`.
///
/// It has no `Display` on purpose: a gateway would be given what `to_string` says, and a log too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number such as `+420603123456`; blanks, dashes and national forms are none.
    pub fn parse(text: &str) -> Option<Phone> {
        let digits = text.strip_prefix('+')?;
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        fits.then(|| Phone(text.to_owned()))
    }

    /// Reads a number as people write it: without blanks, dashes and brackets, and with `00` for `+`.
    pub fn read(text: &str) -> Option<Phone> {
        let plain: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')')).collect();
        Phone::parse(&plain.strip_prefix("00").map_or_else(|| plain.clone(), |number| format!("+{number}")))
    }

    /// The number that a request says in two parts, as `phone.dial_code` and `phone.number`, if they make one.
    pub fn of(request: &impl Payload) -> Option<Phone> {
        let (code, number) = (request.find("phone.dial_code")?, request.find("phone.number")?);
        Phone::parse(&format!("+{code}{number}"))
    }

    /// The number itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden.
    pub fn masked(&self) -> String {
        let shown = if self.0.len() > 9 { 4 } else { 2 };
        let (head, tail) = (self.0.get(..shown).unwrap_or(""), self.0.get(self.0.len() - 2..).unwrap_or(""));
        format!("{head}*****{tail}")
    }
}

impl std::str::FromStr for Phone {
    type Err = NotAPhone;

    fn from_str(text: &str) -> Result<Self, NotAPhone> {
        Phone::parse(text).ok_or(NotAPhone)
    }
}

/// The text is no phone number. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPhone;

impl fmt::Display for NotAPhone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a phone number is `+` and 7 to 15 digits")
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
    fn printing_hides_the_middle() {
        let phone = Phone::parse("+420603123489").unwrap();
        assert_eq!((format!("{phone:?}"), phone.masked()), ("+420*****89".to_owned(), "+420*****89".to_owned()));
        assert_eq!(Phone::parse("+1234567").unwrap().masked(), "+1*****67");
    }
}
