//! Key rings and key rotation: the secrets of an adapter, by what they are for, each with the ones that it had before. Where they come from (a
//! file, the environment) is the settings' business.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::mac::keyed;

/// The fewest bytes that a secret may have.
pub const FEWEST_BYTES: usize = 32;

/// What a key is for. No key serves two purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
    /// Binds one-time codes to what they were made for.
    Codes,
    /// Stands for users, phones and operations where counters are kept.
    Counters,
    /// Goes into password hashes that the adapter makes itself.
    Pepper,
    /// Chains audit entries.
    Audit,
}

impl KeyName {
    /// All of them.
    pub const ALL: [KeyName; 4] = [KeyName::Codes, KeyName::Counters, KeyName::Pepper, KeyName::Audit];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyName::Codes => "codes",
            KeyName::Counters => "counters",
            KeyName::Pepper => "pepper",
            KeyName::Audit => "audit",
        }
    }
}

/// A secret and the id that records name it by.
#[derive(Clone)]
pub struct NamedSecret {
    /// A short name that is stored beside what the key made, such as `2026-11`.
    pub id: String,
    /// At least [`FEWEST_BYTES`] bytes.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for NamedSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "NamedSecret({}, [redacted])", self.id)
    }
}

/// A key: its id and its bytes.
#[derive(Clone)]
pub struct Key {
    pub(crate) id: Arc<str>,
    pub(crate) bytes: Arc<Zeroizing<Vec<u8>>>,
    /// A MAC with it of nothing yet, to go on from.
    pub(super) keyed: Arc<Hmac<Sha256>>,
}

impl Key {
    /// The key of this id.
    pub(crate) fn new(id: &str, bytes: Zeroizing<Vec<u8>>) -> Self {
        Key { id: id.into(), keyed: Arc::new(keyed(&bytes)), bytes: Arc::new(bytes) }
    }
}

impl Key {
    /// The id that records name it by.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Key({}, [redacted])", self.id)
    }
}

/// Why secrets do not make a key ring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// A purpose has no secret.
    #[error("no secret for `{0}`")]
    Missing(&'static str),
    /// A secret is too short.
    #[error("the secret `{id}` for `{name}` has {bytes} bytes, it needs at least {FEWEST_BYTES}")]
    TooShort {
        /// What it is for.
        name: &'static str,
        /// Its id.
        id: String,
        /// Its length.
        bytes: usize,
    },
    /// Two secrets for one purpose have the same id.
    #[error("two secrets for `{name}` are called `{id}`")]
    SameId {
        /// What they are for.
        name: &'static str,
        /// Their id.
        id: String,
    },
    /// One secret serves two purposes.
    #[error("`{0}` and `{1}` have the same secret")]
    Shared(&'static str, &'static str),
}

/// All keys of an adapter. Of each purpose the first makes new things; the older ones still know what they made.
#[derive(Debug, Clone)]
pub struct Keyring {
    rings: BTreeMap<KeyName, Ring>,
}

#[derive(Debug, Clone)]
struct Ring {
    current: Key,
    previous: Vec<Key>,
}

impl Keyring {
    /// A key ring from secrets; of each purpose the first is the current one, the others are previous ones.
    ///
    /// # Errors
    /// A purpose without a secret, a secret that is too short, ids or secrets that occur twice.
    pub fn new(secrets: BTreeMap<KeyName, Vec<NamedSecret>>) -> Result<Self, KeyRingError> {
        refuse_shared(&secrets)?;
        let mut rings = BTreeMap::new();
        for name in KeyName::ALL {
            rings.insert(name, ring(name, secrets.get(&name).map_or(&[], Vec::as_slice))?);
        }
        Ok(Keyring { rings })
    }

    /// A key ring for some purposes only: for commands that need no more.
    ///
    /// # Errors
    /// As [`Keyring::new`], of the purposes that are there.
    pub fn of_some(secrets: BTreeMap<KeyName, Vec<NamedSecret>>) -> Result<Self, KeyRingError> {
        refuse_shared(&secrets)?;
        let rings = secrets.iter().map(|(name, secrets)| Ok((*name, ring(*name, secrets)?)));
        Ok(Keyring { rings: rings.collect::<Result<_, _>>()? })
    }

    /// The keys of `--dev`, the same in every copy of countersign. Whoever serves beyond one machine must refuse them.
    pub fn demo() -> Self {
        let key = |name: KeyName| {
            Key::new("demo", Zeroizing::new(crate::crypto::mac::plain_hash(&["countersign demo key", name.as_str()])))
        };
        let rings = KeyName::ALL.map(|name| (name, Ring { current: key(name), previous: Vec::new() }));
        Keyring { rings: rings.into_iter().collect() }
    }

    /// True if these are the keys that every copy of countersign has.
    pub fn is_demo(&self) -> bool {
        let demo = Keyring::demo();
        KeyName::ALL.iter().any(|name| {
            let known = demo.current(*name).map(|key| key.bytes).ok();
            self.all(*name).any(|key| Some(&key.bytes) == known.as_ref())
        })
    }

    /// The key that makes new things.
    ///
    /// # Errors
    /// Never, for a ring that was made by [`Keyring::new`].
    pub fn current(&self, name: KeyName) -> Result<Key, KeyRingError> {
        self.rings.get(&name).map(|ring| ring.current.clone()).ok_or(KeyRingError::Missing(name.as_str()))
    }

    /// The key that was there first, for what must not change with every exchange.
    ///
    /// # Errors
    /// As [`Keyring::current`].
    pub fn oldest(&self, name: KeyName) -> Result<Key, KeyRingError> {
        self.all(name).last().cloned().ok_or(KeyRingError::Missing(name.as_str()))
    }

    /// The key of this id, current or previous.
    pub fn by_id(&self, name: KeyName, id: &str) -> Option<Key> {
        self.all(name).find(|key| key.id.as_ref() == id).cloned()
    }

    /// The ids of all keys of a purpose, the current one first.
    pub fn ids(&self, name: KeyName) -> Vec<String> {
        self.all(name).map(|key| key.id.to_string()).collect()
    }

    /// The current key, then the previous ones.
    pub(crate) fn all(&self, name: KeyName) -> impl Iterator<Item = &Key> {
        self.rings.get(&name).into_iter().flat_map(|ring| std::iter::once(&ring.current).chain(&ring.previous))
    }
}

fn ring(name: KeyName, secrets: &[NamedSecret]) -> Result<Ring, KeyRingError> {
    let mut keys: Vec<Key> = Vec::new();
    for secret in secrets {
        if secret.bytes.len() < FEWEST_BYTES {
            let (id, bytes) = (secret.id.clone(), secret.bytes.len());
            return Err(KeyRingError::TooShort { name: name.as_str(), id, bytes });
        }
        if keys.iter().any(|key| key.id.as_ref() == secret.id) {
            return Err(KeyRingError::SameId { name: name.as_str(), id: secret.id.clone() });
        }
        keys.push(Key::new(&secret.id, secret.bytes.clone()));
    }
    let mut keys = keys.into_iter();
    let current = keys.next().ok_or(KeyRingError::Missing(name.as_str()))?;
    Ok(Ring { current, previous: keys.collect() })
}

fn refuse_shared(secrets: &BTreeMap<KeyName, Vec<NamedSecret>>) -> Result<(), KeyRingError> {
    let mut seen: Vec<(KeyName, &[u8])> = Vec::new();
    for (name, ring) in secrets {
        for secret in ring {
            if let Some((other, _)) = seen.iter().find(|(other, bytes)| other != name && *bytes == &secret.bytes[..]) {
                return Err(KeyRingError::Shared(other.as_str(), name.as_str()));
            }
            seen.push((*name, &secret.bytes));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(id: &str, byte: u8, length: usize) -> NamedSecret {
        NamedSecret { id: id.to_owned(), bytes: Zeroizing::new(vec![byte; length]) }
    }

    fn secrets() -> BTreeMap<KeyName, Vec<NamedSecret>> {
        KeyName::ALL.iter().enumerate().map(|(at, name)| (*name, vec![secret("now", at as u8 + 1, 32)])).collect()
    }

    #[test]
    fn the_first_secret_makes_and_the_others_still_know() {
        let mut all = secrets();
        all.insert(KeyName::Codes, vec![secret("new", 90, 32), secret("old", 91, 40)]);
        let ring = Keyring::new(all).unwrap();
        assert_eq!(ring.current(KeyName::Codes).unwrap().id(), "new");
        assert_eq!(ring.by_id(KeyName::Codes, "old").unwrap().id(), "old");
        assert!(ring.by_id(KeyName::Codes, "older").is_none());
        assert_eq!(ring.ids(KeyName::Codes), ["new", "old"]);
        assert!(!ring.is_demo());
    }

    #[test]
    fn weak_rings_are_refused() {
        type Secrets = BTreeMap<KeyName, Vec<NamedSecret>>;
        let refused = |change: &dyn Fn(&mut Secrets)| {
            let mut all = secrets();
            change(&mut all);
            Keyring::new(all).unwrap_err()
        };
        assert_eq!(refused(&|all| drop(all.remove(&KeyName::Audit))), KeyRingError::Missing("audit"));
        let short = refused(&|all| drop(all.insert(KeyName::Pepper, vec![secret("p", 1, 31)])));
        assert!(matches!(short, KeyRingError::TooShort { bytes: 31, .. }));
        let same = refused(&|all| drop(all.insert(KeyName::Pepper, vec![secret("a", 77, 32), secret("a", 78, 32)])));
        assert!(matches!(same, KeyRingError::SameId { .. }));
        let shared = refused(&|all| drop(all.insert(KeyName::Pepper, vec![secret("a", 1, 32)])));
        assert_eq!(shared, KeyRingError::Shared("codes", "pepper"));
    }

    #[test]
    fn demo_keys_are_known_as_such_and_show_nothing() {
        assert!(Keyring::demo().is_demo());
        assert!(format!("{:?}", Keyring::demo()).contains("[redacted]"));
    }
}
