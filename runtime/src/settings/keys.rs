//! The key ring from `keys.*`: one reference each, or a list whose first makes new things and whose others still
//! know what they made.

use std::collections::BTreeMap;

use super::read::Sources;
use super::secrets;
use super::strength;
use super::tree::{SettingError, SettingsTree};
use crate::crypto::{KeyName, KeyRingError, Keyring, NamedSecret};

/// Reads the key ring of these purposes. With `--dev` and no key set it is the demo one.
///
/// # Errors
/// Every reference that is missing, cannot be read or names a weak secret.
pub(super) fn read_keys(
    tree: &SettingsTree,
    sources: &Sources,
    names: &[KeyName],
) -> Result<Keyring, Vec<SettingError>> {
    let none_set = KeyName::ALL.iter().all(|name| tree.place(&path(*name)).is_none());
    if sources.dev && none_set {
        return Ok(Keyring::demo());
    }
    let mut errors = Vec::new();
    let mut all = BTreeMap::new();
    for name in names.iter().copied() {
        match read_ring(name, tree, sources) {
            Ok(secrets) => drop(all.insert(name, secrets)),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let ring = Keyring::of_some(all).map_err(|error| vec![tree.error(blamed(&error), error.to_string())])?;
    if ring.is_demo() && !sources.dev {
        return Err(vec![tree.error("keys", "these are the demo keys, which everybody has; they are for --dev only")]);
    }
    Ok(ring)
}

fn read_ring(name: KeyName, tree: &SettingsTree, sources: &Sources) -> Result<Vec<NamedSecret>, SettingError> {
    let path = path(name);
    let references = tree.list(&path)?.unwrap_or_default();
    if references.is_empty() {
        let what = "it is missing; write `env:NAME` or `file:PATH`, which names a secret of at least 32 bytes";
        return Err(tree.error(&path, what));
    }
    references.iter().map(|reference| read_one(reference, sources).map_err(|what| tree.error(&path, what))).collect()
}

fn read_one(reference: &str, sources: &Sources) -> Result<NamedSecret, String> {
    let bytes = secrets::read(reference, &|name| sources.environment.get(name).cloned())?;
    strength::check(&bytes)?;
    Ok(NamedSecret { id: fingerprint(&bytes), bytes })
}

/// The id by which records name a secret: it needs no keeping, and a ring may be put in another order.
fn fingerprint(bytes: &[u8]) -> String {
    use sha2::Digest;
    let hash = sha2::Sha256::new().chain_update(b"countersign key id\0").chain_update(bytes).finalize();
    hex::encode(hash).chars().take(8).collect()
}

fn path(name: KeyName) -> String {
    format!("keys.{}", name.as_str())
}

fn blamed(error: &KeyRingError) -> &'static str {
    let name = match error {
        KeyRingError::Missing(name) | KeyRingError::Shared(_, name) => name,
        KeyRingError::TooShort { name, .. } | KeyRingError::SameId { name, .. } => name,
    };
    KeyName::ALL.iter().find(|known| known.as_str() == *name).map_or("keys", |known| match known {
        KeyName::Codes => "keys.codes",
        KeyName::Counters => "keys.counters",
        KeyName::Pepper => "keys.pepper",
        KeyName::Audit => "keys.audit",
    })
}
