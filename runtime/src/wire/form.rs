//! A form that behaviours can add to: what the derive `Form` gives them.

use super::payload::Payload;
use crate::entities::{AccountChoice, FieldConfig};

/// A payload that is an operation's form. The derive finds its list of attributes and its configuration.
pub trait Form: Payload + Clone {
    /// How the form wants the field with this id; the last entry wins.
    fn config_of(&self, id: &str) -> Option<FieldConfig>;

    /// Puts a choice of accounts into the form: in place of the attribute with its id, else at the end.
    fn put_choice(&mut self, choice: AccountChoice);
}

/// A union of attributes that has one for a choice of accounts.
pub trait ChoiceAttribute: Payload {
    /// The attribute that offers the choice.
    fn choice(choice: AccountChoice) -> Self;
}

/// The last entry with this id.
pub fn config_of<C: Clone + Into<FieldConfig>>(entries: &[C], id: &str) -> Option<FieldConfig> {
    entries.iter().cloned().map(Into::into).rfind(|entry: &FieldConfig| entry.id.as_deref() == Some(id))
}

/// Replaces the attribute with the choice's id where it stands, else appends it.
pub fn put_choice<A: ChoiceAttribute>(attributes: &mut Vec<A>, choice: AccountChoice) {
    let id = choice.id.clone();
    let attribute = A::choice(choice);
    match attributes.iter_mut().find(|other| other.attribute_id().as_deref() == Some(id.as_str())) {
        Some(old) => *old = attribute,
        None => attributes.push(attribute),
    }
}
