//! What a case expects of an answer.

/// What is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// One of these faults, for this reason, answered with this message key.
    Fault {
        /// Any of them.
        faults: Vec<&'static str>,
        /// Others, of the definition's own.
        own: Vec<String>,
        /// The key of the broken rule.
        key: Option<String>,
        /// Why, in the words of the definition.
        because: String,
    },
    /// Anything but the refusal of this rule.
    Kept {
        /// The key that must not be answered.
        key: Option<String>,
        /// The fault that must not be answered.
        fault: String,
        /// Why, in the words of the definition.
        because: String,
    },
    /// Anything that the definition knows.
    AnyDeclared,
}

impl Expected {
    /// One fault.
    pub fn fault(fault: &'static str, because: impl Into<String>) -> Expected {
        Expected::Fault { faults: vec![fault], own: Vec::new(), key: None, because: because.into() }
    }
}
