//! When two answers are the same: people write them with other letters' cases, blanks, quotation marks, dashes and forms
//! of accents than before.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use zeroize::Zeroizing;

use crate::values::folded;

/// The longest answer, in characters, once it has its normal form.
pub const MOST_LETTERS: usize = 128;

/// The form in which answers are compared: signs that look alike are one (`’` and `'`, every dash, the digits of every
/// script) and hidden ones none, compatibility characters resolved (NFKC), case folded, the i with and without a dot the
/// same, white space at the ends dropped and inside made one blank. None if nothing is left of it, or more than
/// [`MOST_LETTERS`] characters.
pub fn normal_answer(answer: &str) -> Option<Zeroizing<String>> {
    // Only white space and signs that nobody sees become nothing, so a much longer text is not worth the work.
    if answer.len() > 16 * MOST_LETTERS {
        return None;
    }
    let composed = Zeroizing::new(folded(answer).nfkc().collect::<String>());
    let cased = Zeroizing::new(UniCase::unicode(composed.as_str()).to_folded_case());
    let apart = Zeroizing::new(cased.nfkd().collect::<String>());
    // Folding and taking apart make signs that look like others, as `ŉ` does.
    let whole = Zeroizing::new(folded(&without_dots(&apart)).nfkc().collect::<String>());
    let mut normal = Zeroizing::new(String::with_capacity(whole.len()));
    for word in whole.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    let letters = normal.chars().count();
    (1..=MOST_LETTERS).contains(&letters).then_some(normal)
}

/// The letters `ı` and `i` with a dot more as the plain `i`: lower case turns `I` and `İ` into either, by the language of
/// whoever does it. Reads a text that is taken apart.
fn without_dots(apart: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(apart.len()));
    let mut base = '\0';
    for letter in apart.chars().map(|letter| if letter == 'ı' { 'i' } else { letter }) {
        if canonical_combining_class(letter) == 0 {
            base = letter;
        }
        if base != 'i' || letter != '\u{307}' {
            plain.push(letter);
        }
    }
    plain
}

/// True for two spellings of one question.
pub(super) fn same_text(one: &str, other: &str) -> bool {
    normal_answer(one).is_some_and(|one| normal_answer(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> String {
        normal_answer(text).map(|text| text.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_people_mean_to_be_the_same_is() {
        let same = [
            ("Rex", "rex"),
            ("  Rex\t", "rex"),
            ("Elm   Street", "elm street"),
            ("Elm\u{a0}Street", "elm street"),
            ("Elm\u{2003}\n Street", "elm street"),
            ("ＥＬＭ　Ｓｔｒｅｅｔ", "elm street"),
            ("Straße", "STRASSE"),
            ("ẞ", "ss"),
            ("ﬁsh", "FISH"),
            ("Žižkov", "Z\u{30c}iz\u{30c}kov"),
            ("PŘÍLIŠ ŽLUŤOUČKÝ KŮŇ", "příliš žluťoučký kůň"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ⅷ", "VIII"),
            ("x²", "X2"),
            ("Å", "a\u{30a}"),
            ("\u{212b}", "å"),
            ("ǅ", "dž"),
            ("ЁЛКА", "ёлка"),
            ("ﾜﾝ", "ワン"),
            ("\u{1e9b}\u{323}", "ṩ"),
            ("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
            ("①", "1"),
            ("㎏", "KG"),
            ("O\u{2019}Neill", "o\u{2019}neill"),
            ("O'Neill", "O\u{2019}Neill"),
            ("O\u{2bc}Neill", "O\u{b4}Neill"),
            ("Dvo\u{ad}\u{159}\u{e1}k", "dvo\u{159}\u{e1}k"),
            ("Jean-Luc", "Jean\u{2013}Luc"),
            ("Jean-Luc", "Jean\u{2011}Luc"),
            ("Jean-Luc", "Jean\u{2014}Luc"),
            ("\"Rex\"", "\u{201c}Rex\u{201d}"),
            ("\"Rex\"", "\u{201e}Rex\u{201c}"),
            ("\"Rex\"", "\u{ab}Rex\u{bb}"),
            ("\u{2018}Rex\u{2019}", "'Rex'"),
            ("6\u{2032}2\u{2033}", "6'2\""),
            ("\u{130}stanbul", "istanbul"),
            ("I\u{307}stanbul", "\u{130}STANBUL"),
            ("i\u{307}stanbul", "Istanbul"),
            ("ISPARTA", "\u{131}sparta"),
            ("DIYARBAKIR", "d\u{131}yarbak\u{131}r"),
            ("\u{149}", "'n"),
            ("\u{202b}\u{5e8}\u{5e7}\u{5e1}\u{202c}", "\u{5e8}\u{5e7}\u{5e1}\u{200f}"),
            ("Elm\u{2028}Street\r\n", "elm street"),
            ("Elm\u{2009}Street\u{200b}", "elm street"),
            ("\u{661}\u{669}\u{667}\u{660}", "1970"),
            ("\u{967}\u{96f}\u{96d}\u{966}", "\u{ff11}\u{ff19}\u{ff17}\u{ff10}"),
        ];
        for (one, other) in same {
            assert_eq!(normal(one), normal(other), "{one:?} and {other:?}");
            assert!(!normal(one).is_empty(), "{one:?}");
        }
    }

    #[test]
    fn what_differs_stays_different() {
        let different = [
            ("Rex", "Max"),
            ("Elm Street", "ElmStreet"),
            ("kun", "kůň"),
            ("a.b", "ab"),
            ("0", "O"),
            ("l", "1"),
            ("Rex!", "Rex"),
            ("а", "a"),
            ("straße", "strase"),
            ("O'Neill", "ONeill"),
            ("Jean-Luc", "Jean Luc"),
            ("'Rex'", "\"Rex\""),
            ("\u{e9}t\u{e9}", "ete"),
            ("\u{17c}", "z"),
        ];
        for (one, other) in different {
            assert_ne!(normal(one), normal(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn nothing_and_too_much_are_no_answers() {
        for nothing in ["", " ", "\t\n\u{a0}\u{3000}", "\u{200b}\u{202e}\u{ad}"] {
            assert_eq!(normal_answer(nothing), None, "{nothing:?}");
        }
        assert!(normal_answer(&"x".repeat(MOST_LETTERS)).is_some());
        assert!(normal_answer(&"x".repeat(MOST_LETTERS + 1)).is_none());
        assert!(normal_answer(&"ß".repeat(MOST_LETTERS / 2)).is_some());
        assert!(normal_answer(&"ß".repeat(MOST_LETTERS / 2 + 1)).is_none());
        assert!(normal_answer(&"\u{fdfa}".repeat(100_000)).is_none());
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own(text in "\\PC{0,40}") {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once.clone());
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }

        #[test]
        fn case_blanks_and_forms_of_accents_make_no_difference(words in proptest::collection::vec("[a-zA-Zà-öø-ž]{1,8}", 1..5)) {
            let plain = words.join(" ");
            let spaced = format!(" {}\t", words.join("  \u{a0}"));
            let decomposed: String = plain.nfd().collect();
            for other in [spaced, decomposed, plain.to_lowercase()] {
                prop_assert_eq!(normal(&plain), normal(&other));
            }
        }
    }
}
