//! When two answers are the same: people write them with other letters' cases, blanks and forms of accents than before.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The longest answer, in characters, once it has its normal form.
pub const MOST_LETTERS: usize = 128;

/// The form in which answers are compared: compatibility characters resolved (NFKC), case folded, white space at the
/// ends dropped and inside made one blank. None if nothing is left of it, or more than [`MOST_LETTERS`] characters.
pub fn normal_answer(answer: &str) -> Option<Zeroizing<String>> {
    // Whatever one letter becomes, none becomes nothing, so a longer text cannot get short enough but by white space.
    if answer.len() > 16 * MOST_LETTERS {
        return None;
    }
    let composed = Zeroizing::new(answer.nfkc().collect::<String>());
    let folded = Zeroizing::new(UniCase::unicode(composed.as_str()).to_folded_case());
    // Folding may take a composed letter apart.
    let whole = Zeroizing::new(folded.nfkc().collect::<String>());
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
        ];
        for (one, other) in different {
            assert_ne!(normal(one), normal(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn nothing_and_too_much_are_no_answers() {
        for nothing in ["", " ", "\t\n\u{a0}\u{3000}"] {
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
