//! Changes that a bank has accepted, each with its reason, in a file beside its definition.

use serde::Deserialize;

/// The file in a bank's folder.
pub const FILE: &str = "accepted-changes.yaml";

/// A change that is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The change's line as it is reported, without its places.
    pub change: String,
    /// Why.
    pub reason: String,
}

/// Why the file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AcceptedError {
    /// It is no list of changes with reasons.
    #[error("`{FILE}`: {0}; wanted is a list of `{{ change, reason }}`")]
    Form(String),
    /// A change without a reason.
    #[error("`{FILE}`: `{0}` has no reason")]
    NoReason(String),
}

/// Reads the file's text.
///
/// # Errors
/// It has another form, or a reason is empty.
pub fn accepted(text: &str) -> Result<Vec<Accepted>, AcceptedError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<Accepted> = serde_yaml::from_str(text).map_err(|error| AcceptedError::Form(error.to_string()))?;
    match all.iter().find(|one| one.reason.trim().is_empty()) {
        Some(one) => Err(AcceptedError::NoReason(one.change.clone())),
        None => Ok(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_accepted_for_a_reason() {
        let text = "- change: \"- endpoints: old\"\n  reason: nobody calls it\n";
        assert_eq!(accepted(text).unwrap().len(), 1);
        assert_eq!(accepted("").unwrap().len(), 0);
        assert!(matches!(accepted("- change: a\n  reason: \" \"\n"), Err(AcceptedError::NoReason(_))));
        assert!(matches!(accepted("- change: a\n"), Err(AcceptedError::Form(_))));
        assert!(matches!(accepted("a: b"), Err(AcceptedError::Form(_))));
    }
}
