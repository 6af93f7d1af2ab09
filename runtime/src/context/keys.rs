//! The keys as behaviours use them: the current one of a purpose, and pseudonyms of users, phones and operations.

use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{Key, KeyName, Keys};
use crate::fault::Fault;

/// Gives out keys and pseudonyms.
#[derive(Clone, Copy)]
pub(crate) struct KeyAccess<'a>(pub(super) &'a Keys);

impl KeyAccess<'_> {
    /// The key that makes new things of this purpose.
    ///
    /// # Errors
    /// `unexpected`, if the ring has none.
    pub fn current(&self, name: KeyName) -> Result<Key, Fault> {
        self.0.current(name).map_err(|error| Fault::new("unexpected").with_detail(error))
    }

    /// The key of this purpose with this id, if the ring still has it.
    pub fn by_id(&self, name: KeyName, id: &str) -> Option<Key> {
        self.0.by_id(name, id)
    }

    /// What stands in the store for a user, a phone or an operation.
    ///
    /// # Errors
    /// `unexpected`, if the ring has no key.
    pub fn pseudonym(&self, purpose: &str, fields: &[Field<'_>]) -> Result<String, Fault> {
        // A newer key would stand for everybody anew, and free those who are blocked.
        let key = self.0.ring().oldest(KeyName::Counters);
        let key = key.map_err(|error| Fault::new("unexpected").with_detail(error))?;
        Ok(mac_text(&key, purpose, fields))
    }
}
