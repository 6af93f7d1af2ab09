//! Argon2 in memory that a thread keeps from one password to the next, and wipes. Twenty megabytes that are taken and
//! given back each time stay with the process in ever more pieces: some thousand sign-ins made it grow by hundreds of
//! megabytes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, KeyId, Params, ParamsBuilder, Version};
use rand::Rng;
use zeroize::Zeroizing;

use super::mac::equal;
use super::scheme::{ArgonHash, pepper_of};
use super::{Key, Keyring};

/// The most blocks of one KiB that a thread keeps.
const MOST_KEPT: usize = 64 * 1024;

/// Bytes of a salt that is made here.
const SALT_BYTES: usize = 16;

/// Held by whoever hashes in more memory than a thread keeps: one at a time in the whole process.
static LARGE: Mutex<()> = Mutex::new(());

/// What keeps others from hashing in much memory, if this much is wanted.
pub(super) fn alone_if_large(bytes: usize) -> Option<MutexGuard<'static, ()>> {
    (bytes > MOST_KEPT * Block::SIZE).then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Memory to hash in, of one thread.
#[derive(Default)]
pub(super) struct Memory {
    kept: Vec<Block>,
    /// How many of the blocks have something in them.
    used: usize,
}

/// Also where hashing panics.
impl Drop for Memory {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Memory {
    /// True if the password is the one that was hashed. False if its pepper is known no more; that takes as long.
    pub fn is_right(&mut self, password: &[u8], hash: &ArgonHash, peppers: &Keyring) -> bool {
        self.compare(password, hash, peppers).unwrap_or(false)
    }

    fn compare(&mut self, password: &[u8], hash: &ArgonHash, peppers: &Keyring) -> Option<bool> {
        let ArgonHash { algorithm, version, params, salt, hash: expected } = hash;
        let mut made = Zeroizing::new(vec![0; expected.len()]);
        let pepper = pepper_of(params, peppers);
        let argon = match &pepper {
            Ok(Some(pepper)) => Argon2::new_with_secret(&pepper.bytes, *algorithm, *version, params.clone()).ok()?,
            Ok(None) | Err(()) => Argon2::new(*algorithm, *version, params.clone()),
        };
        self.fill(&argon, password, salt, &mut made)?;
        Some(equal(&made, expected) && pepper.is_ok())
    }

    /// Hashes a password as the adapter itself does: Argon2id, 19 MiB, two passes, a salt of its own; with a pepper, if
    /// there is one, whose id stands in the hash. None if the password is longer than Argon2 takes.
    pub fn hash(&mut self, password: &[u8], pepper: Option<&Key>) -> Option<String> {
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let mut params = ParamsBuilder::new();
        if let Some(pepper) = pepper {
            params.keyid(KeyId::new(pepper.id().as_bytes()).ok()?);
        }
        let params = params.build().ok()?;
        let written = ParamsString::try_from(&params).ok()?;
        let argon = match pepper {
            Some(pepper) => Argon2::new_with_secret(&pepper.bytes, algorithm, version, params).ok()?,
            None => Argon2::new(algorithm, version, params),
        };
        let mut salt = [0; SALT_BYTES];
        rand::rng().fill_bytes(&mut salt);
        let mut made = Zeroizing::new([0; Params::DEFAULT_OUTPUT_LEN]);
        self.fill(&argon, password, &salt, made.as_mut_slice())?;
        let hash = PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: written,
            salt: Some(Salt::new(&salt).ok()?),
            hash: Some(Output::new(made.as_slice()).ok()?),
        };
        Some(hash.to_string())
    }

    /// Wipes what hashing left behind, and gives back what is more than is kept.
    pub fn wipe(&mut self) {
        let used = self.used.min(self.kept.len());
        if let Some(used) = self.kept.get_mut(..used) {
            used.fill(Block::new());
            // Nobody may leave it out because nobody reads it before it is written again.
            std::hint::black_box(used);
        }
        self.used = 0;
        if self.kept.len() > MOST_KEPT {
            self.kept = Vec::new();
        }
    }

    fn fill(&mut self, argon: &Argon2<'_>, password: &[u8], salt: &[u8], made: &mut [u8]) -> Option<()> {
        let needed = argon.params().block_count();
        let alone = alone_if_large(needed * Block::SIZE);
        if self.kept.len() < needed {
            // Exactly as much, and never beside what was kept before.
            self.kept = Vec::new();
            self.kept.reserve_exact(needed);
            self.kept.resize(needed, Block::default());
        }
        self.used = self.used.max(needed);
        let done = argon.hash_password_into_with_memory(password, salt, made, self.kept.get_mut(..needed)?);
        if alone.is_some() {
            // Before the next one takes as much.
            self.wipe();
        }
        done.ok()
    }
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, PasswordHasher, Version};

    use super::super::scheme::Hashed;
    use super::*;
    use crate::crypto::KeyName;

    fn hashed(memory: u32, password: &str) -> ArgonHash {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, 2, 1, None).unwrap());
        match Hashed::read(&argon.hash_password(password.as_bytes()).unwrap().to_string()) {
            Some(Hashed::Argon(hash)) => hash,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn memory_of_other_passwords_changes_nothing() {
        let mut memory = Memory::default();
        let hashes = [hashed(64, "one"), hashed(512, "two"), hashed(64, "three")];
        for round in 0..3 {
            for (password, right) in ["one", "two", "three"].into_iter().zip(&hashes) {
                for hash in &hashes {
                    let is_right = memory.is_right(password.as_bytes(), hash, &Keyring::demo());
                    assert_eq!(is_right, hash == right, "{password}");
                }
            }
            if round == 1 {
                memory.wipe();
            }
        }
        assert_eq!(memory.kept.len(), 512);
    }

    #[test]
    fn what_is_made_here_is_what_argon2_itself_makes() {
        let mut memory = Memory::default();
        let pepper = Keyring::demo().current(KeyName::Pepper).unwrap();
        for pepper in [None, Some(&pepper)] {
            let made = PasswordHash::new(&memory.hash(b"s3cret", pepper).unwrap()).unwrap();
            let params = Params::try_from(&made).unwrap();
            let argon = match pepper {
                Some(pepper) => {
                    Argon2::new_with_secret(&pepper.bytes, Algorithm::Argon2id, Version::V0x13, params).unwrap()
                }
                None => Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            };
            let salt = made.salt.as_ref().unwrap();
            assert_eq!(argon.hash_password_with_salt(b"s3cret", salt.as_ref()).unwrap(), made);
            assert_ne!(memory.hash(b"s3cret", pepper).unwrap(), made.to_string(), "each has a salt of its own");
        }
    }

    #[test]
    fn nothing_of_a_password_is_left_in_the_memory() {
        let mut memory = Memory::default();
        assert!(memory.hash(b"s3cret", None).is_some());
        assert!(memory.kept.iter().any(|block| block.as_ref().iter().any(|word| *word != 0)));
        memory.wipe();
        assert!(memory.kept.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        assert_eq!(memory.kept.len(), Params::default().block_count(), "the memory itself is kept");
    }

    #[test]
    fn much_memory_is_given_back() {
        let mut memory = Memory::default();
        assert!(memory.is_right(b"dear", &hashed(u32::try_from(MOST_KEPT).unwrap() + 8, "dear"), &Keyring::demo()));
        assert!(memory.kept.is_empty());
    }
}
