//! What the row of an error is called in Rust: generated code has the constant, and the derive of an error table names it.

/// The constant of a variant's row: `UserNotFound` -> `USER_NOT_FOUND`, `Err001` -> `ERR001`.
pub fn constant(variant: &str) -> String {
    let mut written = String::new();
    for (at, letter) in variant.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            written.push('_');
        }
        written.push(letter.to_ascii_uppercase());
    }
    written
}
