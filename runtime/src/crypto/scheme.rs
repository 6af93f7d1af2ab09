//! The schemes of password hashes that are known, and how dear a hash of each may be: what a bank's hook gives is not
//! trusted to end in time. Only [`password`](super::password) asks.

use argon2::Params;
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use sha2::{Sha256, Sha512};

use super::argon::{Memory, alone_if_large};
use super::mac::equal;
use super::{Key, KeyName, Keyring};

/// The dearest hashes that are computed: a second or so on a slow core.
const MOST_ARGON: Cost = Cost { memory: 256 * 1024, rounds: 16, lanes: 16 };
const MOST_BCRYPT: u32 = 15;
const MOST_PBKDF2: u32 = 5_000_000;
const MOST_SCRYPT: (u32, u32, u32) = (18, 16, 16);

/// The most memory that one hash may take, in bytes.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// bcrypt reads so many bytes and no more.
const MOST_BCRYPT_BYTES: usize = 72;

struct Cost {
    memory: u32,
    rounds: u32,
    lanes: u32,
}

/// A password hash of a scheme that is known.
#[derive(Debug, Clone)]
pub(super) enum Hashed {
    Bcrypt(String),
    Argon(PasswordHash),
    Pbkdf2 { hash: PasswordHash, rounds: u32, wide: bool },
    Scrypt { hash: PasswordHash, params: scrypt::Params },
}

impl Hashed {
    /// Reads a PHC string, or bcrypt's own form. None if the scheme is not known, the hash is not whole, or it is too
    /// dear.
    pub fn read(text: &str) -> Option<Hashed> {
        if text.starts_with("$2") {
            text.parse::<bcrypt::HashParts>().ok()?;
            let cost = text.split('$').nth(2)?.parse::<u32>().ok()?;
            return (cost <= MOST_BCRYPT).then(|| Hashed::Bcrypt(text.to_owned()));
        }
        let hash = PasswordHash::new(text).ok()?;
        if hash.salt.is_none() || hash.hash.is_none() {
            return None;
        }
        let number = |name: &'static str| hash.params.get_decimal(name);
        match hash.algorithm.as_str() {
            "argon2id" | "argon2i" | "argon2d" => {
                let params = Params::try_from(&hash).ok()?;
                let Cost { memory, rounds, lanes } = MOST_ARGON;
                let cheap = params.m_cost() <= memory && params.t_cost() <= rounds && params.p_cost() <= lanes;
                cheap.then_some(Hashed::Argon(hash))
            }
            name @ ("pbkdf2-sha256" | "pbkdf2-sha512") => {
                let rounds = number("i").filter(|rounds| (1..=MOST_PBKDF2).contains(rounds))?;
                Some(Hashed::Pbkdf2 { rounds, wide: name.ends_with("512"), hash })
            }
            "scrypt" => {
                let (log_n, r, p) = (number("ln")?, number("r")?, number("p")?);
                let (most_n, most_r, most_p) = MOST_SCRYPT;
                if log_n > most_n || r > most_r || p > most_p || scrypt_memory(log_n, r) > MOST_MEMORY {
                    return None;
                }
                let params = scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()?;
                Some(Hashed::Scrypt { params, hash })
            }
            _ => None,
        }
    }

    /// Scheme and cost: all of it but salt and hash.
    pub fn cost(&self) -> String {
        match self {
            Hashed::Bcrypt(text) => text.chars().take(7).collect(),
            Hashed::Argon(hash) | Hashed::Pbkdf2 { hash, .. } | Hashed::Scrypt { hash, .. } => {
                format!("{}${:?}${}", hash.algorithm, hash.version, hash.params)
            }
        }
    }

    /// A hash that costs as much and that no password has.
    pub fn nobodys(&self) -> Option<Hashed> {
        let empty = |hash: &PasswordHash| {
            let (salt, hash_of_nobody) = (Salt::new(&[7; 16]).ok()?, Output::new(&[0; 32]).ok()?);
            Some(PasswordHash { salt: Some(salt), hash: Some(hash_of_nobody), ..hash.clone() })
        };
        Some(match self {
            Hashed::Bcrypt(text) => {
                let cost = text.split('$').nth(2)?.parse().ok()?;
                Hashed::Bcrypt(bcrypt::hash("nobody has this password", cost).ok()?)
            }
            Hashed::Argon(hash) => Hashed::Argon(empty(hash)?),
            Hashed::Pbkdf2 { hash, rounds, wide } => {
                Hashed::Pbkdf2 { hash: empty(hash)?, rounds: *rounds, wide: *wide }
            }
            Hashed::Scrypt { hash, params } => Hashed::Scrypt { hash: empty(hash)?, params: *params },
        })
    }

    /// True if the password can be compared at all.
    pub fn takes(&self, password: &[u8]) -> bool {
        // A longer password would be cut, and a NUL would end it.
        !matches!(self, Hashed::Bcrypt(_)) || (password.len() <= MOST_BCRYPT_BYTES && !password.contains(&0))
    }

    /// True if the password is the one that was hashed.
    pub fn is_right(&self, password: &[u8], memory: &mut Memory, peppers: &Keyring) -> bool {
        match self {
            Hashed::Bcrypt(text) => bcrypt::verify(password, text).unwrap_or(false),
            Hashed::Argon(hash) => memory.is_right(password, hash, peppers),
            Hashed::Pbkdf2 { hash, rounds, wide } => same(hash, |salt, made| match wide {
                true => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, *rounds, made),
                false => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, *rounds, made),
            }),
            Hashed::Scrypt { hash, params } => same(hash, |salt, made| {
                let _alone = alone_if_large(scrypt_memory(params.log_n().into(), params.r()) as usize);
                // What fails leaves zeros, which no hash is.
                let _ = scrypt::scrypt(password, salt, params, made);
            }),
        }
    }

    /// True if the adapter itself would hash the password better: by another scheme or at a higher cost.
    pub fn is_cheaper_than_ours(&self) -> bool {
        let Hashed::Argon(hash) = self else { return true };
        let Ok(params) = Params::try_from(hash) else { return true };
        hash.algorithm.as_str() != "argon2id"
            || params.m_cost() < Params::DEFAULT_M_COST
            || params.t_cost() < Params::DEFAULT_T_COST
    }

    /// The same, or if it has another pepper than this.
    pub fn is_weaker_than_ours(&self, pepper: &Key) -> bool {
        let Hashed::Argon(hash) = self else { return true };
        let Ok(params) = Params::try_from(hash) else { return true };
        self.is_cheaper_than_ours() || params.keyid() != pepper.id().as_bytes()
    }
}

/// The key that a hash was peppered with. `Err` if it is known no more.
pub(super) fn pepper_of(params: &Params, peppers: &Keyring) -> Result<Option<Key>, ()> {
    if params.keyid().is_empty() {
        return Ok(None);
    }
    let id = std::str::from_utf8(params.keyid()).map_err(|_| ())?;
    peppers.by_id(KeyName::Pepper, id).map(Some).ok_or(())
}

/// What scrypt takes at these costs, in bytes.
fn scrypt_memory(log_n: u32, r: u32) -> u64 {
    (128 * u64::from(r)).saturating_mul(1_u64.checked_shl(log_n).unwrap_or(u64::MAX))
}

fn same(hash: &PasswordHash, make: impl FnOnce(&[u8], &mut [u8])) -> bool {
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
    let mut made = vec![0; expected.len()];
    make(salt.as_ref(), &mut made);
    equal(&made, expected.as_ref())
}
