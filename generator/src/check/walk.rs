//! Walking through payloads: which meaning stands where.

use super::Cx;
use super::words::thing_of;
use crate::raw::{Field, Meaning, TypeName, Variant};
use crate::source::Place;

/// A meaning and where in a payload it stands.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub meaning: String,
    /// Wire names from the payload's root.
    pub path: Vec<String>,
    pub optional: bool,
    pub place: Place,
    /// It stands in an element of the list that the path leads to.
    pub in_element: bool,
}

impl<'a> Cx<'a> {
    /// Every meaning of a payload, nested ones included.
    pub fn walk(&self, payload: &str) -> Vec<Found> {
        let mut all = Vec::new();
        self.walk_into(payload, &[], false, &mut all);
        all
    }

    fn walk_into(&self, payload: &str, path: &[String], optional: bool, all: &mut Vec<Found>) {
        if path.len() > 16 {
            return;
        }
        for field in self.fields(payload) {
            let mut here = path.to_vec();
            here.push(field.name.text.clone());
            let optional = optional || field.optional;
            if let Some(meaning) = self.meaning_of(field) {
                let place = field.name.place;
                all.push(Found { meaning, path: here.clone(), optional, place, in_element: false });
            }
            match &field.ty {
                Some(TypeName::List(element)) => {
                    for (meaning, place) in self.inside(&element.text) {
                        all.push(Found { meaning, path: here.clone(), optional: true, place, in_element: true });
                    }
                }
                Some(TypeName::One(inner)) => self.walk_into(&inner.text, &here, optional, all),
                None => {}
            }
        }
    }

    /// What a field means: as it says, or for a list what its elements make it.
    pub fn meaning_of(&self, field: &Field) -> Option<String> {
        match (&field.meaning, &field.ty) {
            (Some(Meaning::Plain(meaning)), _) => Some(meaning.text.clone()),
            (None, Some(TypeName::List(element))) => {
                let thing = self.element_thing(&element.text)?;
                self.words.list_meaning(&thing).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// The thing that an element of a list is: the first word of its first meaning.
    pub fn element_thing(&self, kind: &str) -> Option<String> {
        let fields = match self.definition.unions.get(kind) {
            Some(union) => {
                self.expand_members(&union.every, 0).into_iter().filter_map(|member| member.field()).collect()
            }
            None => self.fields(kind),
        };
        fields.into_iter().find_map(|field| match &field.meaning {
            Some(Meaning::Plain(meaning)) => Some(thing_of(&meaning.text).to_owned()),
            _ => None,
        })
    }

    /// Meanings that an element of a list may carry beside those of its own thing.
    pub fn inside(&self, kind: &str) -> Vec<(String, Place)> {
        let fields: Vec<&Field> = match self.definition.unions.get(kind) {
            Some(union) => {
                let own = union
                    .of
                    .iter()
                    .filter_map(|(_, variant)| if let Variant::Fields(own) = variant { Some(own) } else { None });
                own.flat_map(|own| self.expand_members(own, 0)).filter_map(|member| member.field()).collect()
            }
            None => self.fields(kind),
        };
        let thing = self.element_thing(kind);
        let mut all: Vec<(String, Place)> = Vec::new();
        for field in fields {
            let meanings: Vec<&String> = match &field.meaning {
                Some(Meaning::Plain(meaning)) => vec![&meaning.text],
                Some(Meaning::Conditional(all)) => all.iter().map(|(meaning, ..)| &meaning.text).collect(),
                None => Vec::new(),
            };
            for meaning in meanings {
                let own = thing.as_deref() == Some(thing_of(meaning)) || self.words.is_inward(meaning);
                if !own && !all.iter().any(|(other, _)| other == meaning) {
                    all.push((meaning.clone(), field.name.place));
                }
            }
        }
        all
    }
}
