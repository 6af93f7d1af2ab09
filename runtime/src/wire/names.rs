//! Members by their names: in which case they may be written, and what holds if two of them are one.

use std::cell::Cell;

use super::field::Field;
use super::tape::{Members, Node};
use crate::adapter::Case;

/// What an object has of a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'j> {
    /// Its value; none if it is absent or null.
    pub value: Option<Node<'j>>,
    /// The member is there, even if null.
    pub named: bool,
    /// Two spellings of its name have different values.
    pub torn: bool,
}

impl<'j> Given<'j> {
    /// Looks for a field by all its names, the first of which wins.
    pub fn of(members: &Search<'j>, field: &Field, case: Case) -> Self {
        if case == Case::Exact {
            let own = members.find(field.name);
            let mut named = own.is_some();
            let others = field.also.iter().filter_map(|name| members.find(name)).inspect(|_| named = true);
            let value = own.into_iter().chain(others).find(|value| !value.is_null());
            return Given { value, named, torn: false };
        }
        let names = std::iter::once(&field.name).chain(field.also);
        let spelt = |written: &str| names.clone().any(|name| case.same(name, written));
        let mut all = members.all().filter(|member| spelt(member.name())).map(|member| member.value()).peekable();
        let named = all.peek().is_some();
        let mut values = all.filter(|value| !value.is_null());
        let value = values.next();
        let differs = |other: Node<'_>| value.is_none_or(|value| value.value() != other.value());
        Given { value, named, torn: values.any(differs) }
    }
}

/// The members of an object, looked for in the order in which they stand: most are asked for in that order, too.
#[derive(Debug)]
pub(super) struct Search<'j> {
    all: Members<'j>,
    /// Those behind the one that was found last, and how many are not.
    behind: Cell<(Members<'j>, u32)>,
    /// A bit for each of the first members that was found.
    found: Cell<u64>,
}

impl<'j> Search<'j> {
    /// Nothing was found yet.
    pub fn among(all: Members<'j>) -> Self {
        Search { all, behind: Cell::new((all, 0)), found: Cell::new(0) }
    }

    /// True if each of so many members was found by its very name. Of more than there are bits that is not known.
    pub fn has_found_all(&self, count: usize) -> bool {
        self.found.get().count_ones() as usize == count
    }

    /// All of them.
    pub fn all(&self) -> Members<'j> {
        self.all
    }

    /// Counts the member of this very name as found.
    pub fn pass(&self, name: &str) {
        self.find(name);
    }

    /// The value of the member of this very name.
    fn find(&self, name: &str) -> Option<Node<'j>> {
        let (behind, passed) = self.behind.get();
        self.find_from(behind, passed, name).or_else(|| self.find_from(self.all, 0, name))
    }

    /// The same among members before which so many stand.
    fn find_from(&self, mut members: Members<'j>, mut passed: u32, name: &str) -> Option<Node<'j>> {
        while let Some(member) = members.next() {
            passed += 1;
            if member.is_named(name) {
                self.behind.set((members, passed));
                self.found.set(self.found.get() | 1_u64.checked_shl(passed - 1).unwrap_or(0));
                return Some(member.value());
            }
        }
        None
    }
}

/// The member of this name.
pub(crate) fn member<'j>(members: Members<'j>, name: &str, case: Case) -> Option<Node<'j>> {
    let (mut all, mut again) = (members, members);
    let exact = all.find(|member| member.is_named(name));
    let mut other = || again.find(|member| case.same(name, member.name()));
    exact.or_else(|| if case == Case::Any { other() } else { None }).map(|member| member.value())
}

#[cfg(test)]
mod tests {
    use super::super::tape::Tape;
    use super::*;
    use serde_json::{Value, json};

    fn given(json: &Value, case: Case) -> (Option<Value>, bool, bool) {
        let field = Field { name: "Type", also: &["kind"], ..Field::DEFAULT };
        let tape = Tape::read(json.to_string().as_bytes()).unwrap();
        let given = Given::of(&Search::among(tape.root().members().unwrap()), &field, case);
        (given.value.map(Node::value), given.named, given.torn)
    }

    #[test]
    fn names_are_found_in_any_case_where_the_definition_says_so() {
        assert_eq!(given(&json!({ "type": 1 }), Case::Exact), (None, false, false));
        assert_eq!(given(&json!({ "type": 1 }), Case::Any), (Some(json!(1)), true, false));
        assert_eq!(given(&json!({ "KIND": null }), Case::Any), (None, true, false));
    }

    #[test]
    fn the_first_name_that_says_something_wins() {
        assert_eq!(given(&json!({ "kind": 2, "Type": 1 }), Case::Exact), (Some(json!(1)), true, false));
        assert_eq!(given(&json!({ "Type": null, "kind": 2 }), Case::Exact), (Some(json!(2)), true, false));
        assert_eq!(given(&json!({ "Type": null }), Case::Exact), (None, true, false));
    }

    #[test]
    fn members_are_found_in_any_order() {
        let tape = Tape::read(br#"{"a":1,"b":{"a":2,"c":[3]},"c":4,"\u0064":5}"#).unwrap();
        let members = Search::among(tape.root().members().unwrap());
        for (name, value) in [("c", Some("4")), ("a", Some("1")), ("e", None), ("d", Some("5")), ("c", Some("4"))] {
            assert_eq!(members.find(name).and_then(Node::as_number), value, "{name}");
            assert!(!members.has_found_all(4), "{name}");
        }
        assert!(members.find("b").is_some() && members.has_found_all(4));
    }

    #[test]
    fn of_many_members_it_is_not_known_that_all_were_found() {
        let count = u64::BITS as usize + 1;
        let body = (0..count).map(|at| format!(r#""m{at}":{at}"#)).collect::<Vec<_>>().join(",");
        let tape = Tape::read(format!("{{{body}}}").as_bytes()).unwrap();
        let members = Search::among(tape.root().members().unwrap());
        for at in (0..count).rev() {
            assert_eq!(members.find(&format!("m{at}")).and_then(Node::as_number), Some(&*at.to_string()));
        }
        assert!(!members.has_found_all(count));
    }

    #[test]
    fn two_spellings_must_not_differ() {
        assert_eq!(given(&json!({ "type": 1, "TYPE": 1 }), Case::Any), (Some(json!(1)), true, false));
        assert_eq!(given(&json!({ "type": 1, "TYPE": 2 }), Case::Any), (Some(json!(1)), true, true));
        assert_eq!(given(&json!({ "type": null, "TYPE": 2 }), Case::Any), (Some(json!(2)), true, false));
    }
}
