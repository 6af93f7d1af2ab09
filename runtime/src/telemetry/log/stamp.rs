//! The time of a log line, in UTC, to the microsecond.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use crate::values::Time;

/// `2026-11-29T12:00:00`
const SECONDS: usize = 19;

thread_local! {
    /// The last second that was written, and how.
    static LAST: RefCell<(u64, String)> = const { RefCell::new((u64::MAX, String::new())) };
}

/// Adds the time that it is now.
pub(super) fn now(line: &mut Vec<u8>) {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    LAST.with_borrow_mut(|(second, written)| {
        if *second != since.as_secs() {
            let whole = Time::from_seconds(i64::try_from(since.as_secs()).unwrap_or_default()).to_string();
            *written = whole.get(..SECONDS).unwrap_or_default().to_owned();
            *second = since.as_secs();
        }
        line.extend_from_slice(written.as_bytes());
    });
    let mut rest = since.subsec_micros();
    let mut micros = *b".000000Z";
    for digit in micros.iter_mut().skip(1).take(6).rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    line.extend_from_slice(&micros);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_now() {
        let before = Time::from_micros(i64::try_from(micros()).unwrap());
        let mut line = Vec::new();
        now(&mut line);
        let written = String::from_utf8(line).unwrap();
        let after = Time::from_micros(i64::try_from(micros()).unwrap());
        assert_eq!(written.len(), "2026-11-29T12:00:00.123456Z".len(), "{written}");
        let read = Time::parse(&written).unwrap();
        assert!(before <= read && read <= after, "{written}");
    }

    fn micros() -> u128 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros()
    }
}
