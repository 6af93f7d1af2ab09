//! Which of the languages that there are fits one that is asked for: RFC 4647 lookup, after old and other names of a
//! language are replaced by the usual one, as the CLDR has them. What is said in the language is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use icu_locale::{Locale, LocaleCanonicalizer};

/// The longest tag that is looked at, in bytes.
const LONGEST: usize = 100;

/// Languages of which one is written where the other is asked for. The CLDR has them as parent and child, not as names of
/// one language.
const NEAREST: &[(&str, &str)] = &[("no", "nb"), ("nb", "no")];

/// The most languages of a header that are looked at.
const MOST_ASKED: usize = 32;

/// The languages that there are.
pub(crate) struct Languages {
    /// By their usual names in small letters, and by those that the definition gives them.
    known: BTreeMap<String, String>,
    names: BTreeSet<String>,
}

impl fmt::Debug for Languages {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.all()).finish()
    }
}

impl Languages {
    /// Those of a definition.
    pub fn new<'l>(languages: impl IntoIterator<Item = &'l str>) -> Self {
        let mut all = Languages { known: BTreeMap::new(), names: BTreeSet::new() };
        for language in languages {
            let usual = usual_name(language);
            all.known.entry(usual).or_insert_with(|| language.to_owned());
            all.known.insert(small(language), language.to_owned());
            all.names.insert(language.to_owned());
        }
        all
    }

    /// All of them, as the definition names them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The one that fits a tag such as `zh-Hant-TW` best: what it says, else what it says with less and less at its
    /// end. `_` is read as `-`, and what a system adds behind `.` or `@` is passed over.
    pub fn fitting(&self, tag: &str) -> Option<&str> {
        if let Some(named) = self.names.get(tag) {
            return Some(named);
        }
        let tag = tag.trim();
        let tag = tag.split(['.', '@']).next().filter(|tag| !tag.is_empty() && tag.len() <= LONGEST)?;
        let found = self.lookup(small(tag)).filter(|found| small(found) == small(tag));
        let found = found.or_else(|| self.lookup(usual_name(tag))).or_else(|| self.lookup(small(tag)));
        found.or_else(|| self.lookup(nearest(&usual_name(tag))?))
    }

    /// The one that an `Accept-Language` header asks for; its lines are joined by commas.
    pub fn negotiated(&self, header: &str) -> Option<&str> {
        let mut asked: Vec<(u16, &str)> = header.split(',').take(MOST_ASKED).filter_map(weighed).collect();
        asked.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        asked.iter().find_map(|(_, tag)| self.fitting(tag))
    }

    /// RFC 4647, section 3.4.
    fn lookup(&self, mut tag: String) -> Option<&str> {
        loop {
            if let Some(language) = self.known.get(&tag) {
                return Some(language);
            }
            let (shorter, _) = tag.rsplit_once('-')?;
            // A single letter says of what kind that is which follows, and nothing without it.
            let shorter = match shorter.rsplit_once('-') {
                Some((before, single)) if single.len() == 1 => before,
                _ => shorter,
            };
            tag = shorter.to_owned();
        }
    }
}

/// The same tag in the language that is nearest to it.
fn nearest(tag: &str) -> Option<String> {
    let (language, rest) =
        tag.split_once('-').map_or((tag, String::new()), |(language, rest)| (language, format!("-{rest}")));
    let (_, near) = NEAREST.iter().find(|(asked, _)| *asked == language)?;
    Some(format!("{near}{rest}"))
}

fn usual_name(tag: &str) -> String {
    let Ok(mut locale) = Locale::try_from_str(&small(tag)) else { return small(tag) };
    LocaleCanonicalizer::new_common().canonicalize(&mut locale);
    small(&locale.to_string())
}

fn small(tag: &str) -> String {
    tag.to_ascii_lowercase().replace('_', "-")
}

/// A part of `Accept-Language` with its weight in thousandths; none if it is refused or malformed.
fn weighed(part: &str) -> Option<(u16, &str)> {
    let mut parts = part.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty() && tag.len() <= LONGEST)?;
    let weight = match parts.next() {
        None => 1.0,
        Some(weight) => weight.strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim().parse::<f32>().ok()?,
    };
    (weight > 0.0 && weight <= 1.0).then_some(((weight * 1000.0) as u16, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages() -> Languages {
        Languages::new(["en", "cs", "zh-Hant", "pt-BR", "sr-Latn", "nb", "he"])
    }

    #[test]
    fn tags_lose_their_end_until_one_fits() {
        let languages = languages();
        for (tag, language) in [
            ("zh-Hant-TW", "zh-Hant"),
            ("zh_Hant", "zh-Hant"),
            ("ZH_hant_hk", "zh-Hant"),
            ("pt_br", "pt-BR"),
            ("pt-BR-abl1943", "pt-BR"),
            ("sr-Latn-RS", "sr-Latn"),
            ("cs_CZ.UTF-8", "cs"),
            ("cs@euro", "cs"),
            ("cs-CZ-x-bank", "cs"),
            ("en-US-u-ca-gregory", "en"),
            ("zh-Hant-x-private-y", "zh-Hant"),
            ("  cs-CZ ", "cs"),
        ] {
            assert_eq!(languages.fitting(tag), Some(language), "{tag}");
        }
        for tag in ["zh", "zh-Hans-CN", "pt", "pt-PT", "sr", "sr-Cyrl", "de", "", "*", "-", "x-cs", "c", "{}", "čs"] {
            assert_eq!(languages.fitting(tag), None, "{tag}");
        }
        assert_eq!(languages.fitting(&format!("cs-{}", "x".repeat(2000))), None);
    }

    #[test]
    fn old_and_other_names_of_a_language_are_that_language() {
        let languages = languages();
        for (tag, language) in [("iw", "he"), ("iw-IL", "he"), ("no", "nb"), ("no_NO", "nb"), ("NO-no-x-bank", "nb")] {
            assert_eq!(languages.fitting(tag), Some(language), "{tag}");
        }
        let old = Languages::new(["iw", "in", "tl", "mo", "sh", "no"]);
        for (tag, language) in [
            ("he-IL", "iw"),
            ("id-ID", "in"),
            ("fil", "tl"),
            ("ro-MD", "mo"),
            ("sr-Latn-RS", "sh"),
            ("nb-NO", "no"),
            ("iw", "iw"),
        ] {
            assert_eq!(old.fitting(tag), Some(language), "{tag}");
        }
        let both = Languages::new(["nb", "no", "he", "iw"]);
        for tag in ["nb", "no", "he", "iw"] {
            assert_eq!(both.fitting(tag), Some(tag), "each has its own texts");
        }
    }

    #[test]
    fn the_header_is_weighed() {
        let languages = languages();
        for (header, language) in [
            ("de;q=0.9, cs;Q=0.1", Some("cs")),
            ("en;Q=0.1, cs-CZ;q=0.2", Some("cs")),
            ("en ; q = 0.1 , iw ; q = 0.5", Some("he")),
            ("zh-Hant-TW,en;q=0.5", Some("zh-Hant")),
            ("cs;q=0, de", None),
            ("cs;q=x", None),
            ("cs;q=2", None),
            ("*", None),
            (", ,;q=1", None),
        ] {
            assert_eq!(languages.negotiated(header), language, "{header}");
        }
    }
}
