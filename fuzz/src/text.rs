//! Values that are inserted into a message: nothing hidden is left in them, and no link.

use countersign_runtime::testing::fuzzing::inserted_value;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let clean = inserted_value(&text);
    assert!(!clean.chars().any(char::is_control), "a control character in {clean:?}");
    assert!(!clean.chars().any(is_direction), "a direction mark in {clean:?}");
    assert!(!clean.contains("://"), "a link in {clean:?}");
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let joined = |word: &&str| word.trim_end_matches('.').contains('.') && !is_number(word);
    assert!(!clean.split(char::is_whitespace).any(|word| joined(&word)), "a host name in {clean:?}");
}

fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
