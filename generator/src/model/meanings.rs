//! What fields may mean, each with what follows from being that word.

use super::types::Type;
use crate::vocabulary::Natural;

/// A meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// `user.given_name`
    pub name: String,
    /// `user`
    pub entity: String,
    /// `given_name`
    pub attribute: String,
    /// Its type.
    pub natural: Natural,
    /// Where it is from.
    pub home: Home,
    /// The runtime's type of its closed set of values.
    pub set: Option<String>,
    /// At hand everywhere: `build.version`.
    pub is_always: bool,
    /// Sent back as it came.
    pub is_echoed: bool,
    /// What an element of a list says of itself alone.
    pub is_inward: bool,
    /// A fault may carry it into a failure.
    pub is_carried: bool,
    /// A quality of a thing that is put together from the whole request.
    pub is_gathered: bool,
    /// Its thing may lack it.
    pub may_lack: bool,
    /// A message shows it.
    pub is_in_message: bool,
    /// A message may cut its value.
    pub is_shortened: bool,
    /// The payload, union or enum of the definition's own that it is, or a list of it.
    pub shape: Option<Type>,
    /// Some behaviour reports its refusals by it.
    pub is_outcome: bool,
}

/// Where a meaning is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The vocabulary.
    Shipped,
    /// The definition's `meanings`.
    Own,
    /// The definition's `settings`.
    Setting,
    /// A column of its errors.
    Column,
}

impl Meaning {
    /// True for a quality of this thing.
    pub fn is_of(&self, entity: &str) -> bool {
        self.entity == entity
    }
}
