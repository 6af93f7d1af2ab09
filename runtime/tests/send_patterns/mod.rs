//! Whom codes are asked for, so that each limit of sending is the one that ends it.
#![allow(dead_code, reason = "not every test needs everything")]

/// How many codes may be sent in all.
pub const BUDGET: u64 = 100;

/// Whose codes are asked for: the user and the phone of the nth, and how many may be sent.
pub struct Pattern {
    pub name: &'static str,
    pub user: fn(usize) -> String,
    pub phone: fn(usize) -> String,
    pub most: usize,
}

pub const PATTERNS: [Pattern; 4] = [
    Pattern { name: "one user", user: |_| "one".to_owned(), phone: |_| "+420601000000".to_owned(), most: 5 },
    Pattern {
        name: "one phone of many users",
        user: |number| format!("shared-{number}"),
        phone: |_| "+420602000000".to_owned(),
        most: 5,
    },
    Pattern {
        name: "neighbouring numbers",
        user: |number| format!("near-{number}"),
        phone: |number| format!("+42060300{:04}", number % 10_000),
        most: 20,
    },
    Pattern {
        name: "everybody",
        user: |number| format!("far-{number}"),
        phone: |number| format!("+42070{:07}", number * 7_919 % 10_000_000),
        most: BUDGET as usize,
    },
];
