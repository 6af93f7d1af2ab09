//! The error table of the model: its rows, and which faults each endpoint answers with them.

use super::types::Payload;
use crate::arena::Id;

#[derive(Debug, Clone, PartialEq)]
pub struct ErrorRow {
    /// The name in the definition: `UNSUPPORTED_MEDIA_TYPE`.
    pub name: String,
    /// The code on the wire.
    pub code: String,
    pub status: u16,
    pub says: Says,
    pub columns: Vec<(String, String)>,
    /// A payload that is sent in place of the failure.
    pub shows: Option<Id<Payload>>,
    /// Some endpoint, or the adapter as a whole, declares it; others are not written.
    pub is_used: bool,
    pub trace: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    Key(String),
    FirstOf(Vec<String>),
    Text(String),
}

/// A row and the faults that it answers at one endpoint; no faults: declared, but never answered by the default body.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub row: Id<ErrorRow>,
    pub faults: Vec<String>,
}
