//! Whether a secret is one: long enough, no placeholder that everybody knows, no pattern that somebody typed.

/// The fewest bytes of a secret.
const FEWEST: usize = 32;

/// The most bytes of a secret: whoever names a longer file named the wrong one.
const MOST: usize = 4096;

/// The fewest different bytes.
const FEWEST_DIFFERENT: usize = 8;

/// What people leave in place of a secret; compared without case.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "example",
    "secret",
    "password",
    "default",
    "todo",
    "insert",
];

/// Rows of keyboards, along which fingers run.
const ROWS: &[&[u8]] =
    &[b"1234567890", b"qwertyuiop", b"qwertzuiop", b"azertyuiop", b"asdfghjkl", b"zxcvbnm", b"yxcvbnm"];

/// Refuses what is too short or known to everybody.
///
/// # Errors
/// Why it is refused, in words that hold nothing of the secret.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() < FEWEST {
        return Err(format!("the secret has {} bytes, it needs at least {FEWEST}", bytes.len()));
    }
    if bytes.len() > MOST {
        return Err(format!("the secret has {} bytes, it may have {MOST}", bytes.len()));
    }
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let different = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
    if different < FEWEST_DIFFERENT || PLACEHOLDERS.iter().any(|placeholder| text.contains(placeholder)) {
        return Err("the secret looks like a placeholder; make one with `openssl rand -base64 48`".to_owned());
    }
    check_pattern(bytes).map_err(|why| format!("{why}; make one with `openssl rand -base64 48`"))
}

const PATTERN: &str = "the secret is a pattern";

/// Refuses what repeats itself, counts up or down, or runs along a row of keys for the most part. Of random bytes, letters
/// or hexadecimal digits that is never so.
///
/// # Errors
/// Why it is refused.
pub(super) fn check_pattern(bytes: &[u8]) -> Result<(), String> {
    if repeats(bytes) || counts(bytes) {
        return Err(PATTERN.to_owned());
    }
    Ok(())
}

/// True if three of four bytes are the same as one that stands at some distance before them.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|distance| {
        let (before, after) = (bytes.iter(), bytes.iter().skip(distance));
        let equal = before.zip(after).filter(|(before, after)| before == after).count();
        4 * equal >= 3 * (bytes.len() - distance)
    })
}

/// True if three of five bytes follow the one before them, up or down. Of random decimal digits one in five does.
fn counts(bytes: &[u8]) -> bool {
    let pairs = || bytes.iter().zip(bytes.iter().skip(1));
    let follows = pairs().filter(|(one, next)| one.abs_diff(**next) == 1 || are_neighbours(**one, **next)).count();
    bytes.len() > 1 && 5 * follows >= 3 * (bytes.len() - 1)
}

fn are_neighbours(one: u8, next: u8) -> bool {
    let pair = [one.to_ascii_lowercase(), next.to_ascii_lowercase()];
    let turned = [pair[1], pair[0]];
    ROWS.iter().any(|row| row.windows(2).any(|keys| keys == pair || keys == turned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_typed_is_refused() {
        let typed: [&[u8]; 12] = [
            b"short",
            b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            b"please-change-me-please-change-me",
            b"0123456789abcdef0123456789abcdef",
            b"abcdefghijklmnopqrstuvwxyz012345",
            b"zyxwvutsrqponmlkjihgfedcba987654",
            b"qwertyuiopasdfghjklzxcvbnm123456",
            b"QwErTyUiOpAsDfGhJkLzXcVbNm098765",
            b"k3yF0rTheBank!k3yF0rTheBank!k3yF0rTheBank!",
            b"k3yF0rTheBank1k3yF0rTheBank2k3yF0rTheBank3",
            b"12345678901234567890123456789012abcdefgh",
            &[
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
                28, 29, 30, 31,
            ],
        ];
        for secret in typed {
            assert!(check(secret).is_err(), "{}", String::from_utf8_lossy(secret));
        }
    }

    #[test]
    fn a_file_that_is_no_secret_is_refused_at_once() {
        let began = std::time::Instant::now();
        assert_eq!(
            check(&vec![0x5a; 64 * 1024 * 1024]),
            Err("the secret has 67108864 bytes, it may have 4096".to_owned())
        );
        let longest: Vec<u8> = std::iter::repeat_with(rand::random).take(MOST).collect();
        assert_eq!(check(&longest), Ok(()));
        assert!(began.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn what_is_random_is_good_in_every_alphabet() {
        for _ in 0..20_000 {
            let random: [u8; 24] = rand::random();
            let hexadecimal = hex::encode(random);
            let decimal: String = random
                .iter()
                .flat_map(|byte| [byte % 10, byte / 16 % 10])
                .map(|digit| char::from(b'0' + digit))
                .collect();
            // One of some hundred thousand has so few different digits that nobody takes it for random.
            let different = decimal.bytes().collect::<std::collections::BTreeSet<_>>().len();
            let decimal = Some(decimal.as_str()).filter(|_| different >= FEWEST_DIFFERENT);
            for secret in std::iter::once(hexadecimal.as_str()).chain(decimal) {
                assert_eq!(check(secret.as_bytes()), Ok(()), "{secret}");
            }
        }
    }
}
