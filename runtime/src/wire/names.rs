//! Members by their names: in which case they may be written, and what holds if two of them are one.

use super::field::Field;
use crate::adapter::Case;
use crate::values::Json;

type Members = serde_json::Map<String, Json>;

/// What an object has of a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'j> {
    /// Its value; none if it is absent or null.
    pub value: Option<&'j Json>,
    /// The member is there, even if null.
    pub named: bool,
    /// Two spellings of its name have different values.
    pub torn: bool,
}

impl<'j> Given<'j> {
    /// Looks for a field by all its names, the first of which wins.
    pub fn of(members: &'j Members, field: &Field, case: Case) -> Self {
        let mut names = std::iter::once(&field.name).chain(field.also);
        if case == Case::Exact {
            let value = names.clone().find_map(|name| members.get(*name).filter(|value| !value.is_null()));
            return Given { value, named: names.any(|name| members.contains_key(*name)), torn: false };
        }
        let spelt = |written: &str| names.clone().any(|name| case.same(name, written));
        let mut all = members.iter().filter(|(written, _)| spelt(written)).map(|(_, value)| value).peekable();
        let named = all.peek().is_some();
        let mut values = all.filter(|value| !value.is_null());
        let value = values.next();
        Given { value, named, torn: values.any(|other| Some(other) != value) }
    }
}

/// The member of this name.
pub(crate) fn member<'j>(members: &'j Members, name: &str, case: Case) -> Option<&'j Json> {
    let other = || members.iter().find(|(written, _)| case.same(name, written)).map(|(_, value)| value);
    members.get(name).or_else(|| if case == Case::Any { other() } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn given(json: &Json, case: Case) -> (Option<Json>, bool, bool) {
        let field = Field { name: "Type", also: &["kind"], ..Field::DEFAULT };
        let given = Given::of(json.as_object().unwrap(), &field, case);
        (given.value.cloned(), given.named, given.torn)
    }

    #[test]
    fn names_are_found_in_any_case_where_the_definition_says_so() {
        assert_eq!(given(&json!({ "type": 1 }), Case::Exact), (None, false, false));
        assert_eq!(given(&json!({ "type": 1 }), Case::Any), (Some(json!(1)), true, false));
        assert_eq!(given(&json!({ "KIND": null }), Case::Any), (None, true, false));
    }

    #[test]
    fn two_spellings_must_not_differ() {
        assert_eq!(given(&json!({ "type": 1, "TYPE": 1 }), Case::Any), (Some(json!(1)), true, false));
        assert_eq!(given(&json!({ "type": 1, "TYPE": 2 }), Case::Any), (Some(json!(1)), true, true));
        assert_eq!(given(&json!({ "type": null, "TYPE": 2 }), Case::Any), (Some(json!(2)), true, false));
    }
}
