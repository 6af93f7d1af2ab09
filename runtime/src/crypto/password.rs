//! Compares passwords with PHC strings, and spends the same time where there is nothing to compare. Hashing runs on
//! blocking threads, no more of them at once than there are cores; who would wait for long is refused.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{ParamsString, PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::argon::Memory;

/// The longest password that is hashed, in bytes.
pub const MOST_BYTES: usize = 1024;

/// How long a comparison may wait for others to end.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// More passwords are to be compared than can be; this one was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being compared")]
pub struct Busy;

/// Compares passwords, a few at a time.
#[derive(Debug, Clone)]
pub struct PasswordChecker {
    slots: Arc<Semaphore>,
    nobody: Arc<Mutex<Nobody>>,
    memory: Arc<Memory>,
}

/// What nobody's password is compared with: a hash that costs as much as those of the bank's users do.
#[derive(Debug, Default)]
struct Nobody {
    cost: String,
    hash: Option<String>,
}

impl Default for PasswordChecker {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        PasswordChecker { slots: Arc::new(Semaphore::new(cores)), nobody: Arc::default(), memory: Arc::default() }
    }
}

impl PasswordChecker {
    /// True if the password is the one that the PHC string was made of. A string that cannot be read, a scheme that is
    /// not known, a password that is too long: false, after as long as a real comparison takes.
    ///
    /// # Errors
    /// If too many others wait; then nothing was compared.
    pub async fn is_right(&self, password: Zeroizing<String>, phc: Option<String>) -> Result<bool, Busy> {
        let waiting = tokio::time::timeout(LONGEST_WAIT, self.slots.clone().acquire_owned());
        let Ok(Ok(slot)) = waiting.await else { return Err(Busy) };
        let (nobody, memory) = (self.nobody.clone(), self.memory.clone());
        let work = tokio::task::spawn_blocking(move || {
            let right = compare(password.as_bytes(), phc.as_deref(), &nobody, &memory);
            drop(slot);
            right
        });
        Ok(work.await.unwrap_or(false))
    }

    /// Hashes a text as [`hash`] does, where comparisons are done too.
    ///
    /// # Errors
    /// If too many others wait, or the text is too long; then nothing was hashed.
    pub async fn hash(&self, text: Zeroizing<String>) -> Result<String, Busy> {
        let waiting = tokio::time::timeout(LONGEST_WAIT, self.slots.clone().acquire_owned());
        let Ok(Ok(slot)) = waiting.await else { return Err(Busy) };
        let work = tokio::task::spawn_blocking(move || {
            let hashed = hash(&text);
            drop(slot);
            hashed
        });
        work.await.ok().and_then(Result::ok).ok_or(Busy)
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

fn compare(password: &[u8], phc: Option<&str>, nobody: &Mutex<Nobody>, memory: &Memory) -> bool {
    let spent = || spend(password.get(..MOST_BYTES).unwrap_or(password), nobody, memory);
    let Some(text) = phc.filter(|_| password.len() <= MOST_BYTES) else { return spent() };
    match cost(text) {
        Some(cost) if cost.starts_with("$2") => {
            learn(cost, nobody);
            // bcrypt reads 72 bytes and no more; a longer password is refused rather than cut.
            if password.len() > 72 || password.contains(&0) {
                return spent();
            }
            bcrypt::verify(password, text).unwrap_or(false)
        }
        Some(cost) => {
            learn(cost, nobody);
            PasswordHash::new(text).is_ok_and(|hash| memory.is_right(password, &hash))
        }
        None => spent(),
    }
}

/// Scheme and cost of a PHC string: all of it but salt and hash. None if it is of no scheme that is known.
fn cost(phc: &str) -> Option<String> {
    if phc.starts_with("$2") {
        return phc.parse::<bcrypt::HashParts>().is_ok().then(|| phc.chars().take(7).collect());
    }
    let hash = PasswordHash::new(phc).ok()?;
    let known = hash.algorithm.as_str().starts_with("argon2") && hash.hash.is_some();
    known.then(|| format!("{}${:?}${}", hash.algorithm, hash.version, hash.params))
}

/// Remembers what the bank's users cost, so that nobody costs the same.
fn learn(cost: String, nobody: &Mutex<Nobody>) {
    let mut nobody = nobody.lock().unwrap_or_else(PoisonError::into_inner);
    if nobody.cost != cost {
        *nobody = Nobody { hash: None, cost };
    }
}

/// As much work as a comparison, and never right.
fn spend(password: &[u8], nobody: &Mutex<Nobody>, memory: &Memory) -> bool {
    let hash = {
        let mut nobody = nobody.lock().unwrap_or_else(PoisonError::into_inner);
        if nobody.hash.is_none() {
            nobody.hash = nobodys_hash(&nobody.cost);
        }
        nobody.hash.clone()
    };
    let work = |text: &str| match text.starts_with("$2") {
        true => bcrypt::verify(password, text).unwrap_or(false),
        false => PasswordHash::new(text).is_ok_and(|hash| memory.is_right(password, &hash)),
    };
    std::hint::black_box(hash.as_deref().is_some_and(work));
    false
}

/// A hash of a password that nobody has, at this cost.
fn nobodys_hash(cost: &str) -> Option<String> {
    const NOBODYS: &str = "nobody has this password";
    if let Some(cost) = cost.strip_prefix("$2") {
        let number = cost.split('$').nth(1)?.parse().ok()?;
        return bcrypt::hash(NOBODYS, number).ok();
    }
    let mut parts = cost.split('$');
    let algorithm = parts.next().and_then(|name| Algorithm::new(name).ok()).unwrap_or_default();
    let params = parts.nth(1).and_then(|text| text.parse::<ParamsString>().ok());
    let params = params.and_then(|params| Params::try_from(&params).ok()).unwrap_or_default();
    let hasher = Argon2::new(algorithm, Version::V0x13, params);
    hasher.hash_password(NOBODYS.as_bytes()).map(|hash| hash.to_string()).ok()
}

fn ours() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn right(password: &str, phc: Option<&str>) -> bool {
        PasswordChecker::default().is_right(Zeroizing::new(password.to_owned()), phc.map(str::to_owned)).await.unwrap()
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
    async fn nobody_costs_what_the_banks_users_cost() {
        let checker = PasswordChecker::default();
        let nobodys = || async {
            checker.is_right(Zeroizing::new("x".into()), None).await.unwrap();
            checker.nobody.lock().unwrap().hash.clone().unwrap()
        };
        assert!(nobodys().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let dear = "$argon2id$v=19$m=256,t=3,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo";
        assert!(!checker.is_right(Zeroizing::new("x".into()), Some(dear.into())).await.unwrap());
        assert!(nobodys().await.starts_with("$argon2id$v=19$m=256,t=3,p=1$"));
        let phc = bcrypt::hash("s3cret", 4).unwrap();
        assert!(checker.is_right(Zeroizing::new("s3cret".into()), Some(phc)).await.unwrap());
        assert!(nobodys().await.starts_with("$2b$04$"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_for_long_is_refused() {
        let checker = PasswordChecker { slots: Arc::new(Semaphore::new(1)), ..PasswordChecker::default() };
        let taken = checker.slots.clone().acquire_owned().await.unwrap();
        let compare = || checker.is_right(Zeroizing::new("x".into()), None);
        assert_eq!(compare().await, Err(Busy));
        drop(taken);
        assert_eq!(compare().await, Ok(false));
    }

    #[tokio::test]
    async fn without_a_readable_hash_nothing_is_right() {
        for phc in [None, Some(""), Some("s3cret"), Some("$md5$abc"), Some("$argon2id$v=19$broken")] {
            assert!(!right("s3cret", phc).await, "{phc:?}");
        }
        assert!(hash(&"x".repeat(MOST_BYTES + 1)).is_err());
    }
}
