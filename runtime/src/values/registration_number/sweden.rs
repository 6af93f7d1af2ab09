//! Sweden: personal and coordination numbers with ten or twelve digits, organization numbers with ten. The control digit is
//! that of Luhn over the ten. A person's normal form has the century, an organization's has not.

use super::{day_of, digits, pair};
use crate::values::Date;

/// What a coordination number adds to the day of birth.
const COORDINATION: u32 = 60;

/// What stands before an organization number where people write twelve digits.
const ORGANIZATION_CENTURY: &str = "16";

pub fn normal(text: &str, today: Date) -> Option<String> {
    let (front, sign, back) = parts(text)?;
    let (century, six) = match front.len() {
        6 => (None, front),
        8 => (Some(front.get(..2)?), front.get(2..)?),
        _ => return None,
    };
    let ten = format!("{six}{back}");
    let all = digits(&ten)?;
    if ten.len() != 10 || !luhn(&all) {
        return None;
    }
    if pair(&all, 2)? >= 20 {
        let fits = century.is_none_or(|century| century == ORGANIZATION_CENTURY) && sign != Some('+');
        return fits.then_some(ten);
    }
    let century = match century {
        Some(century) => written_century(century, &all, sign, today)?,
        None => century_of(&all, sign, today)?,
    };
    Some(format!("{century}{ten}"))
}

/// What stands before the sign, the sign, and the four digits behind it.
fn parts(text: &str) -> Option<(&str, Option<char>, &str)> {
    let at = text.len().checked_sub(4)?;
    let (front, back) = (text.get(..at)?, text.get(at..)?);
    let sign = front.chars().last().filter(|last| matches!(last, '-' | '+'));
    Some((front.strip_suffix(['-', '+']).unwrap_or(front), sign, back))
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |(at, digit): (usize, &u32)| match at % 2 {
        0 => digit * 2 / 10 + digit * 2 % 10,
        _ => *digit,
    };
    digits.iter().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// A century that is written: the day must be one, and a `+` must be true.
fn written_century(century: &str, ten: &[u32], sign: Option<char>, today: Date) -> Option<u32> {
    let century = century.parse().ok().filter(|century| (18..=20).contains(century))?;
    let year = century * 100 + pair(ten, 0)?;
    let this_year = year_of(today)?;
    let old_enough = sign != Some('+') || year + 100 <= this_year;
    (old_enough && year <= this_year && is_birth(year, ten)).then_some(century)
}

/// The century that the sign means: with `+` people are in the year in which they turn 100, or past it.
fn century_of(ten: &[u32], sign: Option<char>, today: Date) -> Option<u32> {
    let this_year = year_of(today)?;
    let in_century = this_year / 100 * 100 + pair(ten, 0)?;
    let latest = if in_century > this_year { in_century.checked_sub(100)? } else { in_century };
    let year = if sign == Some('+') { latest.checked_sub(100)? } else { latest };
    is_birth(year, ten).then_some(year / 100)
}

/// A day of birth; that of a coordination number may be unknown in part.
fn is_birth(year: u32, ten: &[u32]) -> bool {
    let (Some(month), Some(day)) = (pair(ten, 2), pair(ten, 4)) else { return false };
    match day.checked_sub(COORDINATION) {
        Some(day) if month == 0 || day == 0 => month <= 12 && day <= 31,
        Some(day) => day_of(year, month, day).is_some(),
        None => day_of(year, month, day).is_some(),
    }
}

fn year_of(today: Date) -> Option<u32> {
    u32::try_from(today.year()).ok()
}
