//! What can be written in a definition, as tables: primitive types, rules and keys. What reads, checks, explains or
//! documents them reads these rows; no other file lists them.

pub mod about;
pub mod keys;
pub mod old_names;
pub mod primitive;
pub mod rules;
pub mod synonyms;
