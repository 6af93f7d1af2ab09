//! Names that the language had before. For one version they are read as what they are called now, and `old-name` warns of
//! each.

/// A name that was changed.
#[derive(Debug, Clone, Copy)]
pub struct OldName {
    /// The top-level key below which it stands.
    pub section: &'static str,
    /// What was changed.
    pub change: Change,
}

/// What was changed.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// A key of the section's entries: its old name and its new one.
    Key(&'static str, &'static str),
    /// A word that a key may have as its value, at any depth of the section's entries: the key, the old word, the new one.
    Value(&'static str, &'static str, &'static str),
}

/// All of them.
pub static OLD_NAMES: [OldName; 3] = [
    OldName { section: "otps", change: Change::Key("keep", "id_life") },
    OldName { section: "payloads", change: Change::Value("unknown", "keep", "echo") },
    OldName { section: "unions", change: Change::Value("unknown", "keep", "echo") },
];
