//! Finland: personal identity codes, whose sign stands for the century, and business ids. The sign is part of the code and stays
//! as it is written.

use super::{digits, is_day, pair, weighted};
use crate::values::Date;

/// The control signs, by the remainder of the nine digits and 31.
const CONTROL: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

const BUSINESS: [u32; 8] = [7, 9, 10, 5, 8, 4, 2, 1];

pub fn normal(text: &str, _: Date) -> Option<String> {
    if !text.is_ascii() {
        return None;
    }
    if text.len() == 11 { person(text) } else { business(text) }
}

fn person(text: &str) -> Option<String> {
    let (day, sign, number, control) = (text.get(..6)?, text.get(6..7)?, text.get(7..10)?, text.get(10..)?);
    let century = match sign {
        "+" => 1800,
        "-" | "Y" | "X" | "W" | "V" | "U" => 1900,
        "A" | "B" | "C" | "D" | "E" | "F" => 2000,
        _ => return None,
    };
    let all = digits(&format!("{day}{number}"))?;
    let value = all.iter().fold(0_u64, |value, digit| value * 10 + u64::from(*digit));
    let wanted = CONTROL.get(usize::try_from(value % 31).ok()?)?;
    let is_birth = is_day(century + pair(&all, 4)?, pair(&all, 2)?, pair(&all, 0)?);
    let good = is_birth && number.parse::<u32>().ok()? >= 2 && control.as_bytes() == [*wanted];
    good.then(|| text.to_owned())
}

/// `1234567-1`; old ids have a digit less, and the hyphen may be missing.
fn business(text: &str) -> Option<String> {
    let (number, control) = match text.split_once('-') {
        Some(parts) => parts,
        None => text.split_at_checked(text.len().checked_sub(1)?)?,
    };
    if !matches!(number.len(), 6 | 7) || control.len() != 1 {
        return None;
    }
    let whole = format!("{number:0>7}{control}");
    weighted(&digits(&whole)?, &BUSINESS).is_multiple_of(11).then(|| format!("{number:0>7}-{control}"))
}
