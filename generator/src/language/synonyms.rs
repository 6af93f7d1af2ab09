//! What other languages and people call the words of this one.

/// Another word, and what it is called here: a key, a rule, a type or a part of a signature.
pub static SYNONYMS: [(&str, &str); 65] = [
    ("alias", "also"),
    ("aliases", "also"),
    ("allowed", "one_of"),
    ("auth", "callers"),
    ("authentication", "callers"),
    ("base_path", "base"),
    ("body", "request"),
    ("bool", "boolean"),
    ("choices", "one_of"),
    ("condition", "when"),
    ("constant", "const"),
    ("datetime", "time"),
    ("description", "about"),
    ("digits_count", "digits"),
    ("doc", "about"),
    ("enum", "one_of"),
    ("error_message", "says"),
    ("errorMessage", "says"),
    ("expiry", "life"),
    ("expires", "life"),
    ("fields", "payloads"),
    ("float", "decimal"),
    ("format", "pattern"),
    ("from", "extends"),
    ("handler", "does"),
    ("hooks", "behaviours"),
    ("include", "+"),
    ("inherits", "extends"),
    ("int", "integer"),
    ("length", "digits"),
    ("max_length", "max"),
    ("max_size", "body_limit"),
    ("maxLength", "max"),
    ("maximum", "max"),
    ("meaning", "is"),
    ("message", "says"),
    ("min_length", "min"),
    ("minLength", "min"),
    ("minimum", "min"),
    ("models", "payloads"),
    ("must_be", "one_of"),
    ("name", "title"),
    ("nullable", "optional"),
    ("number", "decimal"),
    ("number", "integer"),
    ("output", "response"),
    ("parent", "extends"),
    ("path", "route"),
    ("prefix", "starts_with"),
    ("regex", "pattern"),
    ("regexp", "pattern"),
    ("required", "optional"),
    ("retries", "attempts"),
    ("return", "response"),
    ("returns", "response"),
    ("schemas", "payloads"),
    ("status", "success"),
    ("status_code", "status"),
    ("string", "text"),
    ("texts", "messages"),
    ("attempts", "attempts"),
    ("ttl", "life"),
    ("type", "as"),
    ("url", "route"),
    ("values", "one_of"),
];

/// What a word may be called here.
pub fn all(word: &str) -> impl Iterator<Item = &'static str> {
    let lower = word.to_lowercase();
    let fits = move |(other, _): &&(&str, &str)| other.to_lowercase() == lower;
    SYNONYMS.iter().filter(fits).map(|(_, meant)| *meant).collect::<Vec<_>>().into_iter()
}

/// The first of them.
pub fn find(word: &str) -> Option<&'static str> {
    all(word).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{keys, primitive, rules};

    #[test]
    fn every_synonym_is_of_a_word_of_the_language() {
        for (word, meant) in SYNONYMS {
            let is_key = keys::sections_with(meant).next().is_some();
            assert!(
                is_key || rules::find(meant).is_some() || primitive::words().any(|one| one == meant) || meant == "+",
                "{word}"
            );
        }
    }
}
