//! Codes of countries that are taken for codes of their languages.

/// Codes of countries that are no code of a language (ISO 639-1), each with the language that is often meant.
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("al", "sq", "Albanian"),
    ("at", "de", "German"),
    ("by", "be", "Belarusian"),
    ("cn", "zh", "Chinese"),
    ("cz", "cs", "Czech"),
    ("dk", "da", "Danish"),
    ("gb", "en", "English"),
    ("ge", "ka", "Georgian"),
    ("gr", "el", "Greek"),
    ("il", "he", "Hebrew"),
    ("jp", "ja", "Japanese"),
    ("kz", "kk", "Kazakh"),
    ("rs", "sr", "Serbian"),
    ("ua", "uk", "Ukrainian"),
    ("us", "en", "English"),
    ("vn", "vi", "Vietnamese"),
];

/// The country whose code stands where a language is named, with the code and the name of the language that is often meant.
pub fn country_as_language(language: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let first = language.split('-').next().unwrap_or_default();
    COUNTRIES.iter().copied().find(|(country, ..)| *country == first)
}
