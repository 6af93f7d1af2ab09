//! The one table of signs that look like others or like nothing: what a text is once it is read as people see it. Which
//! texts are read so is decided by whoever folds them; user names and passwords never are.

/// The digit 0 of every script that counts in tens (Unicode's class `Nd`); the nine signs after it are 1 to 9.
const ZEROS: [char; 76] = [
    '0',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{10d40}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{116d0}',
    '\u{116da}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11bf0}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11f50}',
    '\u{16130}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{16d70}',
    '\u{1ccf0}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e5f1}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// A text as it looks: without hidden signs, every blank, tab and line break a blank, every dash a hyphen, every quotation
/// mark and apostrophe a plain one, the digits of every script and the full-width signs in ASCII.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|sign| !is_invisible(*sign)).map(plain)
}

/// True for a sign that takes no room: hidden, and no blank.
pub(crate) fn is_invisible(sign: char) -> bool {
    is_hidden(sign) && !sign.is_whitespace()
}

/// True if a reader sees something of a text.
pub(crate) fn shows_something(text: &str) -> bool {
    text.chars().any(|sign| !sign.is_whitespace() && !is_hidden(sign))
}

/// The first signs of a text, as many as these at most, without those that must not stand there.
pub(crate) fn without(text: &str, must_not: impl Fn(char) -> bool, most: usize) -> String {
    // A sign takes four bytes at most.
    let mut kept = String::with_capacity(text.len().min(most.saturating_mul(4)));
    kept.extend(text.chars().filter(|sign| !must_not(*sign)).take(most));
    kept
}

/// True for what a reader does not see: control characters, and those that turn or join what stands around them.
pub(crate) fn is_hidden(sign: char) -> bool {
    if sign.is_ascii() {
        return sign.is_ascii_control();
    }
    sign.is_control()
        || matches!(sign,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// True for what ends a line or stands for room on it: line breaks, tabs.
pub(crate) fn is_line_break(sign: char) -> bool {
    matches!(sign, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// True for control characters that end no line, and for those that turn the direction of what stands around them.
pub(crate) fn is_control(sign: char) -> bool {
    let turns = matches!(sign,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    turns || sign.is_control() && !is_line_break(sign)
}

/// The plain sign that a sign looks like.
pub(crate) fn plain(sign: char) -> char {
    match sign {
        _ if sign.is_ascii() && !sign.is_ascii_control() => sign,
        _ if sign.is_whitespace() => ' ',
        '\u{58a}'
        | '\u{5be}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{fe31}'
        | '\u{fe32}'
        | '\u{fe58}'
        | '\u{fe63}' => '-',
        '\u{b4}'
        | '\u{2b9}'
        | '\u{2bb}'..='\u{2bd}'
        | '\u{2c8}'
        | '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{55a}'
        | '\u{5f3}'
        | '\u{a78c}' => '\'',
        '\u{ab}'
        | '\u{bb}'
        | '\u{2ba}'
        | '\u{201c}'..='\u{201f}'
        | '\u{2033}'
        | '\u{2036}'
        | '\u{5f4}'
        | '\u{301d}'..='\u{301f}' => '"',
        '\u{fe62}' => '+',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        _ => digit(sign).unwrap_or(sign),
    }
}

/// The ASCII digit of a digit of any script.
fn digit(sign: char) -> Option<char> {
    let zero = ZEROS.partition_point(|zero| *zero <= sign).checked_sub(1).and_then(|at| ZEROS.get(at))?;
    char::from_digit(u32::from(sign) - u32::from(*zero), 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        folded(text).collect()
    }

    /// Every sign of a class, as the tables of the regular expressions have it.
    fn class(pattern: &str) -> Vec<char> {
        let parsed = regex_syntax::parse(pattern).unwrap();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = parsed.kind() else {
            panic!("{pattern} is no class");
        };
        class.ranges().iter().flat_map(|range| range.start()..=range.end()).collect()
    }

    #[test]
    fn the_digits_are_those_of_unicode() {
        let all = class(r"\p{Nd}");
        assert_eq!(all.len() % 10, 0);
        for (at, sign) in all.into_iter().enumerate() {
            assert_eq!(plain(sign).to_digit(10).map(|digit| digit as usize), Some(at % 10), "{sign:?}");
        }
        for other in ['²', '½', '①', 'Ⅷ', '十', 'l', '\u{1d7cd}', '\u{3a}', '\u{66a}'] {
            assert!(!plain(other).is_ascii_digit(), "{other:?}");
        }
    }

    #[test]
    fn blanks_and_formats_are_those_of_unicode() {
        assert!(class(r"\p{White_Space}").into_iter().all(|sign| read(&sign.to_string()) == " "));
        let formats = class(r"\p{Default_Ignorable_Code_Point}");
        assert!(formats.into_iter().all(|sign| read(&sign.to_string()).is_empty()));
        let controls = class(r"\p{Cc}").into_iter().filter(|sign| !sign.is_whitespace());
        assert!(controls.map(|sign| read(&sign.to_string())).all(|text| text.is_empty()));
    }

    #[test]
    fn signs_are_what_they_look_like() {
        for (written, plain) in [
            ("\u{202a}+46\u{a0}73\u{2011}1\u{202c}", "+46 73-1"),
            ("\u{ff0b}４６（０）７３", "+46(0)73"),
            ("1\u{ad}2\u{200b}3\u{feff}4\n5\t6\u{2009}7", "1234 5 6 7"),
            ("O\u{2019}Neill \u{2018}x\u{201b} \u{201c}y\u{201d} \u{ab}z\u{bb}", "O'Neill 'x' \"y\" \"z\""),
            ("a\u{2010}b\u{2012}c\u{2013}d\u{2014}e\u{2015}f\u{2212}g", "a-b-c-d-e-f-g"),
            ("٠١٢ ۳۴ ५६", "012 34 56"),
        ] {
            assert_eq!(read(written), plain, "{written:?}");
        }
    }

    #[test]
    fn letters_stay_what_they_are() {
        for text in ["Žluťoučký kůň", "ß É 漢 ا", "a+b_c/d.e"] {
            assert_eq!(read(text), text);
        }
    }
}
