//! Random codes and ids, from the operating system's generator, every one as likely as any other.

use rand::{Rng, RngExt};

use crate::adapter::Alphabet;

const DIGITS: &[u8; 10] = b"0123456789";
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A random code of this many characters, leading zeros included.
pub fn code(alphabet: Alphabet, length: u32) -> String {
    let letters: &[u8] = match alphabet {
        Alphabet::Digits => DIGITS,
        Alphabet::Base32 => BASE32,
    };
    let mut random = rand::rng();
    (0..length).filter_map(|_| letters.get(random.random_range(0..letters.len())).copied().map(char::from)).collect()
}

/// True if the text could be a code of this kind at all: exactly so many characters of that alphabet.
pub fn is_code(text: &str, alphabet: Alphabet, length: u32) -> bool {
    let letters: &[u8] = match alphabet {
        Alphabet::Digits => DIGITS,
        Alphabet::Base32 => BASE32,
    };
    text.len() == length as usize && text.bytes().all(|byte| letters.contains(&byte))
}

/// Thirty-two random bytes: what stands in place of a MAC that nothing may match.
pub fn noise() -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_length_and_letters() {
        for length in 4..=12 {
            assert!(is_code(&code(Alphabet::Digits, length), Alphabet::Digits, length));
            assert!(is_code(&code(Alphabet::Base32, length), Alphabet::Base32, length));
        }
    }

    #[test]
    fn what_merely_looks_like_a_number_is_no_code() {
        for text in ["+1234567", " 1234567", "1234567", "123456789", "１２３４５６７８", "1234567a", ""] {
            assert!(!is_code(text, Alphabet::Digits, 8), "{text:?}");
        }
    }

    #[test]
    fn every_digit_is_as_likely_at_every_place_and_zero_may_lead() {
        const CODES: usize = 20_000;
        let mut seen = [[0_u32; 10]; 8];
        for _ in 0..CODES {
            for (place, digit) in code(Alphabet::Digits, 8).bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }
        for place in &seen {
            // Nine degrees of freedom: a fair generator exceeds 45 once in a million attempts.
            let expected = CODES as f64 / 10.0;
            let chi: f64 = place.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
            assert!(chi < 45.0, "{place:?} has chi squared {chi}");
        }
    }
}
