//! The session in which a request comes. Sessions are opened, found and revoked in `behaviours::sessions`.

use std::collections::BTreeMap;

use crate::wire::Payload;

/// The session in which a request came.
#[derive(Debug, Clone)]
pub struct CallSession {
    /// The id by which the store knows it.
    pub(crate) id: String,
    /// What it is bound to, by meaning.
    pub bound: BTreeMap<String, String>,
}

impl CallSession {
    /// True if a request says nothing else of what the session is bound to.
    pub(crate) fn fits(&self, request: &impl Payload) -> bool {
        let same = |(meaning, value): (&String, &String)| request.find(meaning).is_none_or(|said| said == *value);
        self.bound.iter().all(same)
    }
}
