//! Texts of messages as handsets count them: the alphabet that a text takes, its length, and how many parts it is sent
//! in. How long a message may be is decided by whoever asks.

/// What the GSM alphabet writes with one septet, ASCII letters and digits apart.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// What it writes with two: an escape and another sign.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How much a message holds that is sent as one, and each part of one that is not.
struct Room {
    whole: usize,
    part: usize,
}

/// In septets.
const GSM: Room = Room { whole: 160, part: 153 };

/// In UTF-16 units, which every sign takes once there is one that the GSM alphabet lacks.
const UTF16: Room = Room { whole: 70, part: 67 };

/// True if the GSM alphabet has every sign of the text.
pub fn is_gsm(text: &str) -> bool {
    text.chars().all(|sign| septets(sign).is_some())
}

/// The length of a text: septets if it is in the GSM alphabet, else UTF-16 units.
pub fn length(text: &str) -> usize {
    sizes(text).1.sum()
}

/// How many parts a text is sent in. The two halves of an escaped sign, or of a surrogate pair, stand in one part.
pub fn parts(text: &str) -> usize {
    let (room, sizes) = sizes(text);
    if sizes.clone().sum::<usize>() <= room.whole {
        return 1;
    }
    let (mut parts, mut used) = (1, 0);
    for size in sizes {
        if used + size > room.part {
            (parts, used) = (parts + 1, 0);
        }
        used += size;
    }
    parts
}

/// The room that a text has, and how much of it each sign takes.
fn sizes(text: &str) -> (Room, impl Iterator<Item = usize> + Clone + '_) {
    let gsm = is_gsm(text);
    let size = move |sign: char| septets(sign).filter(|_| gsm).unwrap_or_else(|| sign.len_utf16());
    (if gsm { GSM } else { UTF16 }, text.chars().map(size))
}

/// How many septets a sign takes; none if the GSM alphabet lacks it.
fn septets(sign: char) -> Option<usize> {
    match ASCII.get(sign as usize) {
        Some(0) => None,
        Some(septets) => Some(usize::from(*septets)),
        None if BASIC.contains(sign) => Some(1),
        None => EXTENDED.contains(sign).then_some(2),
    }
}

/// The septets of each sign of ASCII; zero where the GSM alphabet lacks it.
const ASCII: [u8; 128] = {
    let mut septets = [0; 128];
    mark(&mut septets, BASIC, 1);
    mark(&mut septets, EXTENDED, 2);
    mark(&mut septets, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
    septets
};

/// Notes so many septets for the signs of ASCII in a text.
#[expect(
    clippy::indexing_slicing,
    reason = "what is out of bounds does not compile: it is only called to make a constant"
)]
const fn mark(septets: &mut [u8; 128], signs: &str, each: u8) {
    let (signs, mut at) = (signs.as_bytes(), 0);
    while at < signs.len() {
        if signs[at].is_ascii() {
            septets[signs[at] as usize] = each;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many of one sign before another, and as many after it as make a text of this length.
    fn around(sign: &str, before: usize, length: usize, filler: &str) -> String {
        format!("{}{sign}{}", filler.repeat(before), filler.repeat(length - before - super::length(sign)))
    }

    #[test]
    fn one_message_holds_more_than_a_part() {
        for (text, expected) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("č".repeat(70), 1),
            ("č".repeat(71), 2),
            ("č".repeat(134), 2),
            ("č".repeat(135), 3),
        ] {
            assert_eq!(parts(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_with_two_septets_stands_in_one_part() {
        for sign in ["[", "]", "{", "}", "€", "^", "~", "\\", "|"] {
            assert_eq!(parts(&around(sign, 151, 306, "a")), 2, "{sign} ends the first part");
            assert_eq!(parts(&around(sign, 152, 306, "a")), 3, "{sign} would stand on the border");
            assert_eq!(parts(&around(sign, 152, 305, "a")), 2, "{sign} moves to the second part");
            assert_eq!(parts(&around(sign, 153, 306, "a")), 2, "{sign} begins the second part");
        }
        assert_eq!(parts(&"€".repeat(152)), 2, "76 in each part, whose last septet stays empty");
        assert_eq!(parts(&"€".repeat(153)), 3);
    }

    #[test]
    fn surrogate_pairs_stand_in_one_part() {
        for sign in ["🍕", "😀", "𝔸", "🀄"] {
            assert_eq!(parts(&around(sign, 65, 134, "č")), 2, "{sign} ends the first part");
            assert_eq!(parts(&around(sign, 66, 134, "č")), 3, "{sign} would stand on the border");
            assert_eq!(parts(&around(sign, 66, 133, "č")), 2, "{sign} moves to the second part");
            assert_eq!(parts(&around(sign, 67, 134, "č")), 2, "{sign} begins the second part");
        }
        assert_eq!(parts(&"🍕".repeat(66)), 2);
        assert_eq!(parts(&"🍕".repeat(67)), 3);
    }

    #[test]
    fn one_sign_of_another_alphabet_makes_all_of_them_units() {
        assert_eq!((length("a[€"), length("a[č"), length("a🍕")), (5, 3, 3));
        let ascii: String = (0..128_u8).map(char::from).filter(|sign| septets(*sign) == Some(1)).collect();
        let most: String = (' '..='z').filter(|sign| !"[\\]^`".contains(*sign)).collect();
        assert_eq!(ascii, format!("\n\r{most}"));
        assert!(is_gsm("Ωß€~") && !is_gsm("ç") && !is_gsm("’") && !is_gsm("`") && !is_gsm("\u{a0}"));
    }
}
