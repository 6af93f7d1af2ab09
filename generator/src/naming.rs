//! Names: from the wire and from definitions to Rust. It decides spelling alone; whether two names may stand side by
//! side is decided by `check`.

mod distinct;
mod languages;

pub use distinct::distinct;
pub use languages::country_as_language;

use unicode_normalization::UnicodeNormalization;

/// Words that no Rust identifier may be, in the 2024 edition.
pub const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The words of a name: `operationContext`, `OPERATION_CONTEXT`, `operation-context` and `operation.context` have two.
/// A name without letters and digits of ASCII is spelled: `*` is `u2a`.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> =
        if name.is_ascii() { name.chars().collect() } else { name.chars().flat_map(plain).collect() };
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.extend(take(&mut word));
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(at + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let humps = before.is_ascii_lowercase() || before.is_ascii_digit();
                humps || before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase)
            });
        if starts {
            words.extend(take(&mut word));
        }
        word.push(letter.to_ascii_lowercase());
    }
    words.extend(take(&mut word));
    if words.is_empty() {
        words.push(spelled(name));
    }
    words
}

/// A letter of ASCII for one with a sign on it: `ž` is `z`; any other as it is.
fn plain(letter: char) -> Vec<char> {
    const APART: [(char, &str); 9] =
        [('ß', "ss"), ('æ', "ae"), ('Æ', "AE"), ('ø', "o"), ('Ø', "O"), ('đ', "d"), ('Đ', "D"), ('ł', "l"), ('Ł', "L")];
    if letter.is_ascii() {
        return vec![letter];
    }
    if let Some((_, two)) = APART.iter().find(|(one, _)| *one == letter) {
        return two.chars().collect();
    }
    let base = std::iter::once(letter).nfd().next().filter(char::is_ascii_alphabetic);
    vec![base.unwrap_or(letter)]
}

/// What stands for a name that Rust could not say.
fn spelled(name: &str) -> String {
    if name.is_empty() {
        return "empty".to_owned();
    }
    name.chars().map(|letter| format!("u{:x}", u32::from(letter))).collect()
}

fn take(word: &mut String) -> Option<String> {
    (!word.is_empty()).then(|| std::mem::take(word))
}

/// `operationContext` -> `operation_context`.
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `verify_sms` -> `VerifySms`, `INPUT_INVALID` -> `InputInvalid`. A name that begins with a digit gets an `N`, and
/// `Self`, the one such name that Rust keeps for itself, an underscore.
pub fn pascal(name: &str) -> String {
    let text: String = words(name).iter().map(|word| capital(word)).collect();
    match text.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("N{text}"),
        _ if text == "Self" => format!("{text}_"),
        _ => text,
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// `inputInvalid` -> `INPUT_INVALID`.
pub fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// The camelCase of a Rust field, which is its wire name unless something else is said: `user_id` -> `userId`.
pub fn camel(name: &str) -> String {
    let pascal: String = words(name).iter().map(|word| capital(word)).collect();
    let mut letters = pascal.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The Rust field of a wire name, with an `n` before a digit: `1st` -> `n1st`.
pub fn field_name(wire: &str) -> String {
    let name = field(wire);
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("n{name}") } else { name }
}

/// The Rust field of a wire name: snake_case, and a keyword gets an underscore: `Type` -> `type_`.
pub fn field(wire: &str) -> String {
    let name = snake(wire);
    if is_keyword(&name) { name + "_" } else { name }
}

/// A meaning as a variable or field of Rust: `card.merchant` -> `card_merchant`.
pub fn variable(meaning: &str) -> String {
    field(&meaning.replace('.', "_"))
}

/// True for a word that Rust keeps for itself.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// True for `[a-z][a-z0-9_]{0,62}`.
pub fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && name.len() <= 63
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

/// The nearest of some names, if it is near enough to have been meant.
pub fn near<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = (name.chars().count() / 3).max(1);
    let scored = among.into_iter().map(|other| (strsim::damerau_levenshtein(name, other), other));
    scored.filter(|(distance, _)| *distance <= far).min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

/// True for the code of a language, perhaps with a region: `de`, `pt-BR`.
pub fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let named = (2..=3).contains(&first.len()) && first.chars().all(|letter| letter.is_ascii_lowercase());
    named && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Characters that a reader does not see, or that change what they see: zero width, direction, and the like.
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The name that differs in a letter or two, or in its capital letters alone: a typo rather than another name.
pub fn typo<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (length, lower) = (name.chars().count(), name.to_lowercase());
    let most = if length < 8 { 1 } else { 2 };
    let distance = |other: &str| {
        if other.to_lowercase() == lower { 0 } else { strsim::damerau_levenshtein(name, other) }
    };
    // Numbered names are others on purpose.
    let plain = |text: &str| text.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    let is_numbered = |other: &str| plain(other) == plain(name) && other != name;
    let scored =
        among.into_iter().filter(|other| length >= 4 && !is_numbered(other)).map(|other| (distance(other), other));
    scored.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_words() {
        assert_eq!(snake("operationContext"), "operation_context");
        assert_eq!(snake("URLPath"), "url_path");
        assert_eq!(pascal("VERIFIED_SUCCEEDED"), "VerifiedSucceeded");
        assert_eq!(pascal("buyer-not-found"), "BuyerNotFound");
        assert_eq!([pascal("210"), pascal("SELF")], ["N210", "Self_"]);
        assert_eq!(camel("user_id"), "userId");
        assert_eq!(field("Type"), "type_");
    }

    #[test]
    fn what_has_no_letters_is_spelled() {
        assert_eq!([pascal(""), pascal("*"), pascal("\u{7537}"), pascal("\u{bd}")], ["Empty", "U2a", "U7537", "Ubd"]);
        assert_eq!([field("$"), field("_"), field("<=")], ["u24", "u5f", "u3cu3d"]);
    }

    #[test]
    fn a_slip_is_a_letter_or_two() {
        assert_eq!(typo("LookupUserReqest", ["LookupUserRequest", "LookupUser"]), Some("LookupUserRequest"));
        assert_eq!(typo("user.Branch", ["user.branch"]), Some("user.branch"));
        assert_eq!(typo("Form1", ["Form2"]), None);
        assert_eq!(typo("sms", ["smt"]), None);
        assert_eq!(typo("BlockCardRequest", ["BlockUserRequest"]), None);
    }

    #[test]
    fn a_near_name_is_offered() {
        assert_eq!(near("enpoints", ["endpoints", "enums"]), Some("endpoints"));
        assert_eq!(near("sms", ["wallet"]), None);
    }
}
