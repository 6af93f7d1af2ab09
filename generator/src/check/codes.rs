//! Every mistake that can be told: its id, what it is, and a longer text for `countersign explain <id>`.

/// A row.
#[derive(Debug)]
pub struct Code {
    /// Kebab case.
    pub id: &'static str,
    /// One line.
    pub what: &'static str,
    /// A paragraph.
    pub long: &'static str,
}

/// The row of an id.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().find(|code| code.id == id)
}

/// All of them, by name.
pub const ALL: &[Code] = &[];
