//! Texts that a bank gives and that are none.

use super::sound::{LONGEST_TEXT, sound};

#[test]
fn texts_are_looked_at_before_they_are_used() {
    assert!(sound("init_method", &Some("https://bank.example/sign".to_owned())).is_ok());
    for odd in ["a\0b".to_owned(), "a".repeat(LONGEST_TEXT + 1)] {
        assert_eq!(sound("init_method", &Some(odd)).unwrap_err().name, "hook.failed");
    }
}
