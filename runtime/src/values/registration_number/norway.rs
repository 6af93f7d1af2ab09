//! Norway: birth numbers and D-numbers with eleven digits and two control digits, organization numbers with nine and one.
//! From 2032 on the first control digit of a birth number no longer makes its sum a multiple of 11: three more remainders
//! are then in use.

use super::{digits, is_day, pair, weighted};
use crate::values::Date;

/// From this year on the first control digit leaves a remainder of up to [`REMAINDERS`].
const LOOSENED: i16 = 2032;
const REMAINDERS: u32 = 3;

const FIRST: [u32; 10] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const SECOND: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const ORGANIZATION: [u32; 9] = [3, 2, 7, 6, 5, 4, 3, 2, 1];

/// What a D-number adds to the day.
const D_NUMBER: u32 = 40;

pub fn normal(text: &str, today: Date) -> Option<String> {
    let plain: String = text.chars().filter(|letter| *letter != '-').collect();
    let all = digits(&plain)?;
    let good = match all.len() {
        11 => is_person(&all, today),
        9 => weighted(&all, &ORGANIZATION).is_multiple_of(11) && all.first() != Some(&0),
        _ => false,
    };
    good.then_some(plain)
}

fn is_person(all: &[u32], today: Date) -> bool {
    let first = weighted(all, &FIRST) % 11;
    let allowed = if today.year() >= LOOSENED { REMAINDERS } else { 0 };
    first <= allowed && weighted(all, &SECOND).is_multiple_of(11) && is_birth(all)
}

/// A day of birth in one of the centuries that the individual number leaves open.
fn is_birth(all: &[u32]) -> bool {
    let (Some(day), Some(month), Some(year)) = (pair(all, 0), pair(all, 2), pair(all, 4)) else { return false };
    let day = if day > D_NUMBER { day - D_NUMBER } else { day };
    [1800, 1900, 2000].into_iter().any(|century| is_day(century + year, month, day))
}
