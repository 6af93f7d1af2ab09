//! Which row of an error table answers a fault. A table is a list of rows, each the list of the faults that it answers;
//! `ErrorTable` writes one for each enum, and proves by the two `const` functions, when it is compiled, that it is sound.

use crate::fault::Fault;

/// Where every fault goes that no row names.
const UNEXPECTED: &str = "unexpected";

/// The row that answers a fault, and the fault by the name that the row knows it by.
pub fn row_of(mut fault: Fault, table: &[&[&str]]) -> (usize, Fault) {
    let naming = |name: &str| table.iter().position(|faults| faults.contains(&name));
    let own = naming(fault.name);
    if let (None, Some(otherwise)) = (own, fault.otherwise) {
        fault.name = otherwise;
    }
    let row = own.or_else(|| naming(fault.name)).or_else(|| naming(UNEXPECTED));
    (row.unwrap_or(table.len()), fault)
}

/// Whether some row answers what no row names.
pub const fn answers_unexpected(table: &[&[&str]]) -> bool {
    is_in_table(table, UNEXPECTED)
}

/// Whether some fault has two answers.
pub const fn answers_twice(table: &[&[&str]]) -> bool {
    let mut rows = table;
    while let [row, others @ ..] = rows {
        let mut faults = *row;
        while let [fault, rest @ ..] = faults {
            if is_in_row(rest, fault) || is_in_table(others, fault) {
                return true;
            }
            faults = rest;
        }
        rows = others;
    }
    false
}

const fn is_in_table(table: &[&[&str]], fault: &str) -> bool {
    let mut rows = table;
    while let [row, others @ ..] = rows {
        if is_in_row(row, fault) {
            return true;
        }
        rows = others;
    }
    false
}

const fn is_in_row(row: &[&str], fault: &str) -> bool {
    let mut faults = row;
    while let [one, others @ ..] = faults {
        if is_same(one.as_bytes(), fault.as_bytes()) {
            return true;
        }
        faults = others;
    }
    false
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one, other);
    while let ([first, rest @ ..], [second, others @ ..]) = (one, other) {
        if *first != *second {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[&[&str]] = &[&["user.unknown", "hook.failed"], &[], &["store.unavailable", "unexpected"]];

    #[test]
    fn a_fault_goes_to_the_row_that_names_it() {
        let row = |fault: Fault| row_of(fault, TABLE).0;
        assert_eq!(row(Fault::new("hook.failed")), 0);
        assert_eq!(row(Fault::new("store.unavailable")), 2);
        assert_eq!(row(Fault::new("anything.else")), 2);
    }

    #[test]
    fn a_fault_that_no_row_names_is_the_other_one_that_it_is() {
        let (row, fault) = row_of(Fault::new("caller.limited").otherwise("user.unknown"), TABLE);
        assert_eq!((row, fault.name), (0, "user.unknown"));
        let (row, fault) = row_of(Fault::new("hook.failed").otherwise("unexpected"), TABLE);
        assert_eq!((row, fault.name), (0, "hook.failed"));
        let (row, fault) = row_of(Fault::new("caller.limited").otherwise("caller.unknown"), TABLE);
        assert_eq!((row, fault.name), (2, "caller.unknown"));
    }

    #[test]
    fn what_is_said_twice_or_not_at_all_is_seen() {
        assert!(answers_unexpected(TABLE) && !answers_twice(TABLE));
        assert!(!answers_unexpected(&[&["unexpected.not"], &["unexpecte"], &[]]));
        assert!(answers_twice(&[&["a.b", "c.d"], &["e.f", "a.b"]]));
        assert!(answers_twice(&[&["a.b", "a.b"]]));
        assert!(!answers_twice(&[&["a.b"], &["a.bc"], &["a."]]));
    }
}
