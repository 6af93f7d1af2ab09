//! Argon2 in memory that is kept from one password to the next. Twenty megabytes that are taken and given back each
//! time stay with the process in ever more pieces: some thousand sign-ins made it grow by hundreds of megabytes.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use argon2::{Argon2, Block};

use super::Keyring;
use super::mac::equal;
use super::scheme::{ArgonHash, pepper_of};

/// The most blocks of one KiB that are kept; a hash that needs more gets memory of its own.
const MOST_KEPT: usize = 64 * 1024;

/// Memory to hash in: as many pieces as passwords were ever compared at once.
#[derive(Default)]
pub(super) struct Memory(Mutex<Vec<Vec<Block>>>);

impl fmt::Debug for Memory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Memory")
    }
}

impl Memory {
    /// True if the password is the one that was hashed.
    pub fn is_right(&self, password: &[u8], hash: &ArgonHash, peppers: &Keyring) -> bool {
        let mut blocks = self.pieces().pop().unwrap_or_default();
        let right = compare(password, hash, peppers, &mut blocks);
        if blocks.len() <= MOST_KEPT {
            self.pieces().push(blocks);
        }
        right.unwrap_or(false)
    }

    fn pieces(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None if Argon2 cannot have made this hash; a pepper that is known no more takes as long as another.
fn compare(password: &[u8], hash: &ArgonHash, peppers: &Keyring, blocks: &mut Vec<Block>) -> Option<bool> {
    let ArgonHash { algorithm, version, params, salt, hash: expected } = hash;
    let needed = params.block_count();
    if blocks.len() < needed {
        blocks.resize(needed, Block::default());
    }
    let mut made = vec![0; expected.len()];
    let pepper = pepper_of(params, peppers);
    let argon = match &pepper {
        Ok(Some(pepper)) => Argon2::new_with_secret(&pepper.bytes, *algorithm, *version, params.clone()).ok()?,
        Ok(None) | Err(()) => Argon2::new(*algorithm, *version, params.clone()),
    };
    argon.hash_password_into_with_memory(password, salt, &mut made, blocks.get_mut(..needed)?).ok()?;
    Some(equal(&made, expected) && pepper.is_ok())
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, PasswordHasher, Version};

    use super::super::scheme::Hashed;
    use super::*;

    fn hashed(memory: u32, password: &str) -> ArgonHash {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, 2, 1, None).unwrap());
        match Hashed::read(&argon.hash_password(password.as_bytes()).unwrap().to_string()) {
            Some(Hashed::Argon(hash)) => hash,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn memory_of_other_passwords_changes_nothing() {
        let memory = Memory::default();
        let hashes = [hashed(64, "one"), hashed(512, "two"), hashed(64, "three")];
        for _ in 0..3 {
            for (password, right) in ["one", "two", "three"].into_iter().zip(&hashes) {
                for hash in &hashes {
                    assert_eq!(
                        memory.is_right(password.as_bytes(), hash, &Keyring::demo()),
                        hash == right,
                        "{password}"
                    );
                }
            }
        }
        assert_eq!(memory.pieces().len(), 1);
    }

    #[test]
    fn much_memory_is_given_back() {
        let memory = Memory::default();
        assert!(memory.is_right(b"dear", &hashed(u32::try_from(MOST_KEPT).unwrap() + 8, "dear"), &Keyring::demo()));
        assert!(memory.pieces().is_empty());
    }
}
