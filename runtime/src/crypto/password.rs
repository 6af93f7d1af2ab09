//! Compares passwords with PHC strings, and spends the same time where there is nothing to compare. Hashing runs on
//! blocking threads, no more of them at once than there are cores.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The longest password that is hashed, in bytes.
pub const MOST_BYTES: usize = 1024;

/// Compares passwords, a few at a time.
#[derive(Debug, Clone)]
pub struct PasswordChecker {
    slots: Arc<Semaphore>,
}

impl Default for PasswordChecker {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        PasswordChecker { slots: Arc::new(Semaphore::new(cores)) }
    }
}

impl PasswordChecker {
    /// True if the password is the one that the PHC string was made of. A string that cannot be read, a scheme that is
    /// not known, a password that is too long: false, after as long as a real comparison takes.
    pub async fn is_right(&self, password: Zeroizing<String>, phc: Option<String>) -> bool {
        let Ok(slot) = self.slots.clone().acquire_owned().await else { return false };
        let work = tokio::task::spawn_blocking(move || {
            let right = compare(password.as_bytes(), phc.as_deref());
            drop(slot);
            right
        });
        work.await.unwrap_or(false)
    }
}

/// Hashes a password as the adapter itself would: Argon2id, 19 MiB, two passes.
///
/// # Errors
/// The password is too long to be hashed.
pub fn hash(password: &str) -> Result<String, PasswordTooLong> {
    if password.len() > MOST_BYTES {
        return Err(PasswordTooLong);
    }
    ours().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| PasswordTooLong)
}

/// The password has more bytes than are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password has more than {MOST_BYTES} bytes")]
pub struct PasswordTooLong;

fn compare(password: &[u8], phc: Option<&str>) -> bool {
    if password.len() > MOST_BYTES {
        return spend(&[]);
    }
    match phc {
        Some(text) if text.starts_with("$2") => compare_bcrypt(password, text),
        Some(text) => match PasswordHash::new(text) {
            Ok(hash) if hash.algorithm.as_str().starts_with("argon2") => {
                Argon2::default().verify_password(password, &hash).is_ok()
            }
            _ => spend(password),
        },
        None => spend(password),
    }
}

/// bcrypt reads 72 bytes and no more; a longer password is refused rather than cut.
fn compare_bcrypt(password: &[u8], text: &str) -> bool {
    if password.len() > 72 || password.contains(&0) {
        return spend(password);
    }
    std::str::from_utf8(password).is_ok_and(|password| bcrypt::verify(password, text).unwrap_or(false))
}

/// As much work as a comparison, and never right.
fn spend(password: &[u8]) -> bool {
    static NOBODY: OnceLock<Option<String>> = OnceLock::new();
    let known = NOBODY.get_or_init(|| hash("nobody has this password").ok());
    if let Some(hash) = known.as_deref().and_then(|text| PasswordHash::new(text).ok()) {
        let _ = std::hint::black_box(ours().verify_password(password, &hash).is_ok());
    }
    false
}

fn ours() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn right(password: &str, phc: Option<&str>) -> bool {
        PasswordChecker::default().is_right(Zeroizing::new(password.to_owned()), phc.map(str::to_owned)).await
    }

    #[tokio::test]
    async fn argon2_strings_are_compared_byte_for_byte() {
        let phc = hash("s3cret Ž").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(right("s3cret Ž", Some(&phc)).await);
        for wrong in ["s3cret ž", "s3cret Ž ", " s3cret Ž", ""] {
            assert!(!right(wrong, Some(&phc)).await, "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn bcrypt_strings_are_compared_and_long_passwords_refused() {
        let phc = bcrypt::hash("s3cret", 4).unwrap();
        assert!(right("s3cret", Some(&phc)).await);
        assert!(!right("secret", Some(&phc)).await);
        let long = "x".repeat(73);
        let cut = bcrypt::hash("x".repeat(72), 4).unwrap();
        assert!(!right(&long, Some(&cut)).await);
        assert!(right(&long[..72], Some(&cut)).await);
    }

    #[tokio::test]
    async fn without_a_readable_hash_nothing_is_right() {
        for phc in [None, Some(""), Some("s3cret"), Some("$md5$abc"), Some("$argon2id$v=19$broken")] {
            assert!(!right("s3cret", phc).await, "{phc:?}");
        }
        assert!(hash(&"x".repeat(MOST_BYTES + 1)).is_err());
    }
}
