//! Names that stand side by side, such as the fields of a payload: each its own in Rust, also where two wire names are
//! the same once they are spelled as Rust spells them.

use std::collections::HashMap;

/// The Rust names of wire names, in their order; a name that the definition says goes before all others. Of several
/// that would be called alike, the one that is written most plainly keeps the name; the signs of the others are spelled
/// (`reactions-+1`), or they are numbered (`user_id`, `userId`).
pub fn distinct(wires: &[(&str, Option<&str>)], style: fn(&str) -> String) -> Vec<String> {
    let plain: Vec<String> =
        wires.iter().map(|(wire, given)| given.map_or_else(|| style(wire), str::to_owned)).collect();
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    plain.iter().enumerate().for_each(|(at, name)| groups.entry(name).or_default().push(at));
    let keeps = |at: usize| {
        let group = plain.get(at).and_then(|name| groups.get(name.as_str())).map(Vec::as_slice).unwrap_or_default();
        group.iter().min_by_key(|at| rank(wires, **at)) == Some(&at)
    };
    let is_given = |at: usize| wires.get(at).is_some_and(|(_, given)| given.is_some());
    let mut names: Vec<Option<String>> =
        plain.iter().enumerate().map(|(at, name)| (is_given(at) || keeps(at)).then(|| name.clone())).collect();
    for (at, (wire, _)) in wires.iter().enumerate() {
        if names.get(at).is_some_and(Option::is_none) {
            let is_free = |name: &String| !names.iter().flatten().any(|other| other == name);
            let numbered = (2..).map(|number: usize| style(&format!("{wire} {number}")));
            let name = std::iter::once(style(&spell(wire))).chain(numbered).find(is_free);
            names.splice(at..=at, [name]);
        }
    }
    names.into_iter().flatten().collect()
}

/// What a name loses by: signs that Rust drops, then its place.
fn rank(wires: &[(&str, Option<&str>)], at: usize) -> (bool, usize, usize) {
    let (wire, given) = wires.get(at).copied().unwrap_or_default();
    let signs = wire.chars().filter(|letter| !letter.is_ascii_alphanumeric() && *letter != '_').count();
    let edges = wire.len() - wire.trim_matches('_').len();
    (given.is_none(), signs + edges, at)
}

/// A name with its signs in words; a dash or an underscore between letters is none.
fn spell(wire: &str) -> String {
    let letters: Vec<char> = wire.chars().collect();
    let is_word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric());
    let mut spelled = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let between = is_word(at.checked_sub(1)) && is_word(Some(at + 1));
        match word_of(*letter) {
            _ if letter.is_ascii_alphanumeric() => spelled.push(*letter),
            _ if between && matches!(letter, '-' | '_' | ' ') => spelled.push(' '),
            Some(word) => spelled.push_str(&format!(" {word} ")),
            None => spelled.push_str(&format!(" u{:x} ", u32::from(*letter))),
        }
    }
    spelled
}

/// What a sign is called.
fn word_of(sign: char) -> Option<&'static str> {
    const WORDS: [(char, &str); 19] = [
        ('+', "plus"),
        ('-', "minus"),
        ('.', "dot"),
        ('@', "at"),
        ('$', "dollar"),
        ('_', "underscore"),
        ('*', "star"),
        ('#', "hash"),
        ('%', "percent"),
        ('&', "and"),
        ('/', "slash"),
        ('<', "less"),
        ('>', "more"),
        ('=', "equals"),
        ('!', "not"),
        ('?', "question"),
        (':', "colon"),
        (',', "comma"),
        (' ', "blank"),
    ];
    WORDS.iter().find(|(one, _)| *one == sign).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naming::{field, is_identifier, pascal};

    fn of(wires: &[&str], style: fn(&str) -> String) -> Vec<String> {
        distinct(&wires.iter().map(|wire| (*wire, None)).collect::<Vec<_>>(), style)
    }

    #[test]
    fn names_that_clash_are_told_apart() {
        for (wires, names) in [
            (
                &["reactions", "reactions-+1", "reactions--1"][..],
                &["Reactions", "Reactions1", "ReactionsMinusMinus1"][..],
            ),
            (&["txt", "TXT"], &["Txt", "Txt2"]),
            (&["-1", "0", "1"], &["Minus1", "N0", "N1"]),
            (&["1.10", "11.0"], &["N110", "N11Dot0"]),
            (&["α", "β"], &["U3b1", "U3b2"]),
            (&["žena", "ena"], &["Zena", "Ena"]),
            (&["žena", "zena"], &["U17eEna", "Zena"]),
        ] {
            assert_eq!(of(wires, pascal), names);
        }
        for (wires, names) in [
            (&["@type", "type"][..], &["at_type", "type_"][..]),
            (&["userId", "user_id"], &["user_id", "user_id_2"]),
            (&["_id", "id"], &["underscore_id", "id"]),
            (&["address.street", "address"], &["address_street", "address"]),
            (&["größe"], &["grosse"]),
            (&["a", "a2", "A"], &["a", "a2", "a_2"]),
        ] {
            assert_eq!(of(wires, field), names);
        }
        assert_eq!(distinct(&[("a", None), ("A", Some("a"))], field), ["a_2", "a"]);
    }

    /// However names are mixed, each is an identifier and its own.
    #[test]
    fn every_name_can_be_said_and_is_its_own() {
        let parts = ["a", "A", "1", "-", "_", ".", "é", "+", "男", " "];
        let mut wires: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        for one in parts {
            wires.extend(parts.iter().map(|other| format!("{one}{other}")));
            wires.extend(parts.iter().map(|other| format!("{one}{other}a")));
        }
        wires.sort();
        wires.dedup();
        let named: Vec<(&str, Option<&str>)> = wires.iter().map(|wire| (wire.as_str(), None)).collect();
        let names = distinct(&named, field);
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((names.len(), unique.len()), (wires.len(), wires.len()));
        assert!(names.iter().all(|name| is_identifier(name) || is_identifier(&format!("n{name}"))), "{names:?}");
    }
}
