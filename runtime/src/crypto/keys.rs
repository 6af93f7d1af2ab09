//! The key ring in use. Key rotation exchanges it while requests are answered: each takes the ring as it stands when it asks.

use std::sync::{Arc, PoisonError, RwLock};

use super::keyring::{Key, KeyName, KeyRingError, Keyring};

/// The key ring in use.
#[derive(Debug)]
pub struct Keys(RwLock<Arc<Keyring>>);

impl From<Keyring> for Keys {
    fn from(ring: Keyring) -> Self {
        Keys(RwLock::new(Arc::new(ring)))
    }
}

impl Keys {
    /// The ring as it stands now.
    pub fn ring(&self) -> Arc<Keyring> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another ring in place of this one. What a key made that the new ring does not list is known no more.
    pub fn exchange(&self, ring: Keyring) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    /// The key that makes new things.
    ///
    /// # Errors
    /// As [`Keyring::current`].
    pub fn current(&self, name: KeyName) -> Result<Key, KeyRingError> {
        self.ring().current(name)
    }

    /// The key of this id, current or previous.
    pub fn by_id(&self, name: KeyName, id: &str) -> Option<Key> {
        self.ring().by_id(name, id)
    }
}
