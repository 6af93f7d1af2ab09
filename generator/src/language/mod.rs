//! What can be written in a definition, as tables: primitive types, rules and keys. What reads, checks, explains or
//! documents them reads these rows; no other file lists them.

pub mod about;
pub mod keys;
pub mod old_names;
pub mod primitive;
pub mod rules;
pub mod synonyms;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The words in the first cells of the manual's tables.
    fn described() -> BTreeSet<&'static str> {
        let manual = include_str!("../../../docs/language.md");
        let cells = manual.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
        cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
    }

    #[test]
    fn the_manual_describes_every_primitive_key_and_rule() {
        let described = described();
        let primitives = primitive::PRIMITIVES.iter().map(|row| row.word);
        let keys = keys::SECTIONS.iter().flat_map(|row| row.keys.iter().copied());
        let rules = rules::RULES.iter().map(|row| row.word);
        let missing: Vec<&str> = primitives.chain(keys).chain(rules).filter(|word| !described.contains(word)).collect();
        assert!(missing.is_empty(), "docs/language.md has no row for {missing:?}");
    }
}
