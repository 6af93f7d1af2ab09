//! Compares passwords with hashes, and spends the same time where there is nothing to compare. Where and how many at once
//! stands in `hashing.rs`, which schemes there are in `scheme.rs`, how they are written in `imported.rs`.

use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::argon::Memory;
use super::hashing::Hashing;
use super::imported::{Unreadable, means_no_password};
use super::scheme::Hashed;
use super::{Key, KeyName, Keyring};

/// The longest password that is hashed, in bytes.
pub const MOST_BYTES: usize = 1024;

/// More is to be hashed than can be; this was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being hashed")]
pub struct Busy;

/// Why a password was not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCompared {
    /// Too many others wait.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// There is a hash, and no password can be compared with it: nobody typed anything wrong.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Compares and hashes passwords, a few at a time.
#[derive(Clone)]
pub struct PasswordChecker {
    hashing: Arc<Hashing>,
    decoy: Arc<Mutex<DecoyHash>>,
}

/// What the password of a user who does not exist is compared with: a hash that costs as much as those of the bank's users do.
#[derive(Debug, Default)]
struct DecoyHash {
    cost: String,
    hash: Option<Hashed>,
}

impl Default for PasswordChecker {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        PasswordChecker { hashing: Arc::new(Hashing::new(cores)), decoy: Arc::default() }
    }
}

impl PasswordChecker {
    /// To be asked before anything is done for a request that will want a hash: whoever would be refused in the end is
    /// refused at once.
    ///
    /// # Errors
    /// If so many wait that another one would not be answered soon.
    pub fn expects_room(&self) -> Result<(), Busy> {
        self.hashing.expects_room()
    }

    /// True if the password is the one that the hash was made of. No hash, a pepper that is known no more, a password
    /// that is too long: false, after as long as a real comparison takes.
    ///
    /// # Errors
    /// If too many others wait; or, after as long as a real comparison takes, if the hash cannot be read: its scheme is
    /// not known, it is not whole, or it is too dear. Then nothing was compared.
    pub async fn is_right(
        &self,
        password: Zeroizing<String>,
        phc: Option<String>,
        peppers: Arc<Keyring>,
    ) -> Result<bool, NotCompared> {
        let decoy = self.decoy.clone();
        let work = move |memory: &mut Memory| compare(password.as_bytes(), phc.as_deref(), &decoy, memory, &peppers);
        Ok(self.hashing.run(work).await??)
    }

    /// Hashes a text as [`hash`] does, where comparisons are done too.
    ///
    /// # Errors
    /// If too many others wait, or the text is too long; then nothing was hashed.
    pub async fn hash(&self, text: Zeroizing<String>) -> Result<String, Busy> {
        self.hash_with(text, None).await
    }

    /// Hashes a password that the adapter keeps itself, with the current pepper, whose id stands in the hash.
    ///
    /// # Errors
    /// If too many others wait, or the password is too long; then nothing was hashed.
    pub async fn peppered(&self, password: Zeroizing<String>, peppers: Arc<Keyring>) -> Result<String, Busy> {
        let pepper = peppers.current(KeyName::Pepper).map_err(|_| Busy)?;
        self.hash_with(password, Some(pepper)).await
    }

    /// Hashes a password with the current pepper, if the hash that there is, is weaker than that. None if it is as good.
    ///
    /// # Errors
    /// If too many others wait.
    pub async fn better(
        &self,
        password: Zeroizing<String>,
        phc: &str,
        peppers: Arc<Keyring>,
    ) -> Result<Option<String>, Busy> {
        let Ok(pepper) = peppers.current(KeyName::Pepper) else { return Ok(None) };
        if !is_weak(phc, &pepper) {
            return Ok(None);
        }
        self.peppered(password, peppers).await.map(Some)
    }

    async fn hash_with(&self, text: Zeroizing<String>, pepper: Option<Key>) -> Result<String, Busy> {
        if text.len() > MOST_BYTES {
            return Err(Busy);
        }
        let work = move |memory: &mut Memory| memory.hash(text.as_bytes(), pepper.as_ref());
        self.hashing.run(work).await?.ok_or(Busy)
    }
}

fn is_weak(phc: &str, pepper: &Key) -> bool {
    Hashed::read(phc).is_none_or(|hashed| hashed.is_weaker_than_ours(pepper))
}

/// True if the adapter itself would make a dearer hash, peppers apart.
pub(crate) fn is_cheap(phc: &str) -> bool {
    Hashed::read(phc).is_none_or(|hashed| hashed.is_cheaper_than_ours())
}

/// Hashes a password as the adapter itself would: Argon2id, 19 MiB, two passes. For demos and for what a bank enrols at a
/// quiet time: it blocks its thread, and there is one at a time in the process, in memory that is kept.
///
/// # Errors
/// The password is too long to be hashed.
pub fn hash(password: &str) -> Result<String, PasswordTooLong> {
    static MEMORY: Mutex<Option<Memory>> = Mutex::new(None);
    if password.len() > MOST_BYTES {
        return Err(PasswordTooLong);
    }
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let memory = memory.get_or_insert_default();
    let hashed = memory.hash(password.as_bytes(), None);
    memory.wipe();
    hashed.ok_or(PasswordTooLong)
}

/// The password has more bytes than are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password has more than {MOST_BYTES} bytes")]
pub struct PasswordTooLong;

fn compare(
    password: &[u8],
    hash: Option<&str>,
    decoy: &Mutex<DecoyHash>,
    memory: &mut Memory,
    peppers: &Keyring,
) -> Result<bool, Unreadable> {
    let cut = password.get(..MOST_BYTES).unwrap_or(password);
    let Some(text) = hash.filter(|text| !means_no_password(text)) else {
        return Ok(spend(cut, decoy, memory, peppers));
    };
    let Some(hashed) = Hashed::read(text) else {
        spend(cut, decoy, memory, peppers);
        return Err(Unreadable::of(text));
    };
    if password.len() > MOST_BYTES {
        return Ok(spend(cut, decoy, memory, peppers));
    }
    learn(&hashed, decoy);
    let takes = hashed.takes(password);
    Ok(if takes { hashed.is_right(password, memory, peppers) } else { spend(cut, decoy, memory, peppers) })
}

/// Remembers what the bank's users cost, so that the decoy costs the same.
fn learn(hashed: &Hashed, decoy: &Mutex<DecoyHash>) {
    let cost = hashed.cost();
    let known = |decoy: &DecoyHash| decoy.cost == cost;
    if known(&decoy.lock().unwrap_or_else(PoisonError::into_inner)) {
        return;
    }
    // To make one may take as long as a comparison; nobody waits for that.
    let hash = hashed.decoys();
    *decoy.lock().unwrap_or_else(PoisonError::into_inner) = DecoyHash { cost, hash };
}

/// As much work as a comparison, and never right.
fn spend(password: &[u8], decoy: &Mutex<DecoyHash>, memory: &mut Memory, peppers: &Keyring) -> bool {
    let known = decoy.lock().unwrap_or_else(PoisonError::into_inner).hash.clone();
    let hashed = known.or_else(|| Hashed::read(OURS)?.decoys());
    let password = if hashed.as_ref().is_some_and(|hashed| hashed.takes(password)) { password } else { b"too long" };
    std::hint::black_box(hashed.is_some_and(|hashed| hashed.is_right(password, memory, peppers)));
    false
}

/// A hash as the adapter makes them, where the bank has shown none yet.
const OURS: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn compared(password: &str, phc: Option<&str>) -> Result<bool, NotCompared> {
        let peppers = Arc::new(Keyring::demo());
        let password = Zeroizing::new(password.to_owned());
        PasswordChecker::default().is_right(password, phc.map(str::to_owned), peppers).await
    }

    async fn right(password: &str, phc: Option<&str>) -> bool {
        compared(password, phc).await.unwrap()
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
        let ask = |phc: Option<String>| checker.is_right(Zeroizing::new("x".into()), phc, Arc::new(Keyring::demo()));
        let cost = || checker.decoy.lock().unwrap().hash.as_ref().map(Hashed::cost);
        assert!(!ask(None).await.unwrap());
        assert_eq!(cost(), None);
        assert!(Hashed::read(OURS).is_some_and(|ours| !ours.cost().is_empty()));
        let dear = "$argon2id$v=19$m=256,t=3,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo";
        let mut costs = std::collections::BTreeSet::new();
        for phc in [dear.to_owned(), bcrypt::hash("s3cret", 4).unwrap(), PBKDF2.to_owned(), SCRYPT.to_owned()] {
            assert!(!ask(Some(phc.clone())).await.unwrap());
            assert_eq!(cost(), Hashed::read(&phc).map(|hashed| hashed.cost()), "{phc}");
            assert!(costs.insert(cost()), "{phc} costs as much as another");
            assert!(!ask(None).await.unwrap());
        }
    }

    const PBKDF2: &str = "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0$q4sYjZoWndy2sRlwZSoG0eoyLhc0LzJf+RgVnt8rKKE";
    const SCRYPT: &str = "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0$DsanEOo1gymjSsAGnOncSMhFYWzSx6zyAsDsiT+4Qlk";

    #[tokio::test]
    async fn hashes_of_other_schemes_are_compared() {
        for phc in [PBKDF2, SCRYPT] {
            assert!(right("s3cret", Some(phc)).await, "{phc}");
            assert!(!right("S3cret", Some(phc)).await, "{phc}");
        }
    }

    #[tokio::test]
    async fn hashes_that_would_never_end_are_not_begun() {
        let began = std::time::Instant::now();
        for phc in [
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo",
            "$argon2id$v=19$m=64,t=4000000000,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo",
            "$2b$31$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
            "$pbkdf2-sha256$i=4000000000,l=32$c2FsdHNhbHRzYWx0$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo",
            "$scrypt$ln=40,r=8,p=1$c2FsdHNhbHRzYWx0$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo",
        ] {
            assert!(Hashed::read(phc).is_none(), "{phc}");
            assert!(matches!(compared("s3cret", Some(phc)).await, Err(NotCompared::Unreadable(_))), "{phc}");
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    }

    fn peppers(ids: &[&str]) -> Arc<Keyring> {
        use crate::crypto::NamedSecret;
        let secret =
            |id: &str| NamedSecret { id: id.to_owned(), bytes: Zeroizing::new(format!("{id:-<40}").into_bytes()) };
        let mut all: std::collections::BTreeMap<_, _> =
            KeyName::ALL.iter().map(|name| (*name, vec![secret(name.as_str())])).collect();
        all.insert(KeyName::Pepper, ids.iter().map(|id| secret(id)).collect());
        Arc::new(Keyring::new(all).unwrap())
    }

    #[tokio::test]
    async fn a_pepper_is_needed_as_long_as_its_hashes_are() {
        let checker = PasswordChecker::default();
        let password = || Zeroizing::new("s3cret".to_owned());
        let plain = hash("s3cret").unwrap();
        let old = checker.better(password(), &plain, peppers(&["00000001"])).await.unwrap().unwrap();
        assert!(old.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=MDAwMDAwMDE$"), "{old}");
        let good = |phc: &str, ring: &[&str]| {
            let (phc, ring) = (phc.to_owned(), peppers(ring));
            let checker = &checker;
            async move { checker.is_right(password(), Some(phc), ring).await.unwrap() }
        };
        assert!(good(&old, &["00000001"]).await);
        assert!(good(&old, &["00000002", "00000001"]).await);
        assert!(!good(&old, &["00000002"]).await, "without its pepper a hash is worth nothing");
        assert!(
            !checker
                .is_right(Zeroizing::new("S3cret".into()), Some(old.clone()), peppers(&["00000001"]))
                .await
                .unwrap()
        );
        let again = |ring: &[&str]| checker.better(password(), &old, peppers(ring));
        assert_eq!(again(&["00000001"]).await.unwrap(), None, "it is as good as ours");
        let new = again(&["00000002", "00000001"]).await.unwrap().unwrap();
        assert!(good(&new, &["00000002"]).await);
        for weak in
            [PBKDF2, SCRYPT, "$argon2id$v=19$m=256,t=3,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo"]
        {
            assert!(checker.better(password(), weak, peppers(&["00000001"])).await.unwrap().is_some(), "{weak}");
        }
    }

    #[test]
    fn a_hash_is_weak_by_its_scheme_by_any_of_its_costs_and_by_its_pepper() {
        let pepper = peppers(&["00000001"]).current(KeyName::Pepper).unwrap();
        let weak = |scheme: &str, costs: &str, pepper_id: &str| {
            let end = "BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
            is_weak(&format!("${scheme}$v=19${costs},p=1{pepper_id}${end}"), &pepper)
        };
        let ours = ",keyid=MDAwMDAwMDE";
        assert!(!weak("argon2id", "m=19456,t=2", ours) && !weak("argon2id", "m=32768,t=3", ours));
        assert!(weak("argon2id", "m=19455,t=2", ours) && weak("argon2id", "m=19456,t=1", ours));
        assert!(weak("argon2i", "m=19456,t=2", ours) && weak("argon2d", "m=19456,t=2", ours));
        assert!(weak("argon2id", "m=19456,t=2", "") && weak("argon2id", "m=19456,t=2", ",keyid=MDAwMDAwMDI"));
        assert!(is_weak("no hash at all", &pepper));
    }

    #[test]
    fn a_hash_may_cost_as_much_as_is_borne_and_no_more() {
        let end = "$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo";
        let read = |costs: &str| Hashed::read(&format!("{costs}{end}")).is_some();
        for (borne, too_dear) in [
            ("$argon2id$v=19$m=262144,t=2,p=1", "$argon2id$v=19$m=262145,t=2,p=1"),
            ("$argon2id$v=19$m=1024,t=16,p=1", "$argon2id$v=19$m=1024,t=17,p=1"),
            ("$argon2id$v=19$m=1024,t=2,p=16", "$argon2id$v=19$m=1024,t=2,p=17"),
            ("$pbkdf2-sha256$i=5000000,l=32", "$pbkdf2-sha256$i=5000001,l=32"),
            ("$pbkdf2-sha256$i=1,l=32", "$pbkdf2-sha256$i=0,l=32"),
            ("$scrypt$ln=18,r=8,p=1", "$scrypt$ln=19,r=8,p=1"),
            ("$scrypt$ln=17,r=16,p=1", "$scrypt$ln=18,r=16,p=1"),
            ("$scrypt$ln=4,r=16,p=1", "$scrypt$ln=4,r=17,p=1"),
            ("$scrypt$ln=4,r=8,p=16", "$scrypt$ln=4,r=8,p=17"),
        ] {
            assert!(read(borne), "{borne}");
            assert!(!read(too_dear), "{too_dear}");
        }
    }

    #[tokio::test]
    async fn without_a_readable_hash_nothing_is_right() {
        for phc in [None, Some(""), Some("!"), Some("!$2b$04$abc"), Some("*LK*")] {
            assert!(!right("s3cret", phc).await, "{phc:?}");
        }
        for phc in ["s3cret", "$md5$abc", "$argon2id$v=19$broken"] {
            assert!(matches!(compared("s3cret", Some(phc)).await, Err(NotCompared::Unreadable(_))), "{phc}");
        }
        assert!(hash(&"x".repeat(MOST_BYTES + 1)).is_err());
        assert!(hash(&"x".repeat(MOST_BYTES)).is_ok());
    }
}
