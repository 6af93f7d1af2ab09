//! The schemes of password hashes that are compared, and how dear a hash of each may be: what a bank's hook gives is not
//! trusted to end in time. How they are written stands in `imported.rs`. Only [`password`](super::password) asks.

use std::borrow::Cow;

use argon2::{Algorithm, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::digest::Digest as _;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::argon::{Memory, alone_if_large};
use super::imported::parse;
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
    Bcrypt { text: String, cost: u32, prehash: Prehash },
    Argon(ArgonHash),
    Pbkdf2 { digest: Digest, rounds: u32, salt: Vec<u8>, hash: Vec<u8> },
    Scrypt { log_n: u32, r: u32, p: u32, salt: Vec<u8>, hash: Vec<u8> },
    Salted { digest: Digest, salt: Vec<u8>, hash: Vec<u8> },
}

/// A hash that Argon2 made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArgonHash {
    pub algorithm: Algorithm,
    pub version: Version,
    pub params: Params,
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
}

/// A hash function of the SHA family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    /// How many bytes it makes.
    pub fn length(self) -> usize {
        match self {
            Digest::Sha1 => 20,
            Digest::Sha256 => 32,
            Digest::Sha512 => 64,
        }
    }

    fn pbkdf2(self, password: &[u8], salt: &[u8], rounds: u32, made: &mut [u8]) {
        match self {
            Digest::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, made),
            Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, made),
            Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, made),
        }
    }

    fn salted(self, password: &[u8], salt: &[u8]) -> Vec<u8> {
        match self {
            Digest::Sha1 => Sha1::new().chain_update(password).chain_update(salt).finalize().to_vec(),
            Digest::Sha256 => Sha256::new().chain_update(password).chain_update(salt).finalize().to_vec(),
            Digest::Sha512 => Sha512::new().chain_update(password).chain_update(salt).finalize().to_vec(),
        }
    }
}

/// What is hashed by bcrypt in place of the password, so that its length does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prehash {
    /// The password itself.
    None,
    /// Its SHA-256 in hexadecimal.
    Hex,
    /// Its SHA-256 in Base64.
    Base64,
    /// Its HMAC-SHA-256 in Base64; the key is the salt as it is written.
    Keyed(String),
}

impl Prehash {
    fn of<'p>(&self, password: &'p [u8]) -> Cow<'p, [u8]> {
        match self {
            Prehash::None => Cow::Borrowed(password),
            Prehash::Hex => Cow::Owned(hex::encode(Sha256::digest(password)).into_bytes()),
            Prehash::Base64 => Cow::Owned(STANDARD.encode(Sha256::digest(password)).into_bytes()),
            Prehash::Keyed(salt) => {
                let made = Hmac::<Sha256>::new_from_slice(salt.as_bytes())
                    .map(|hmac| hmac.chain_update(password).finalize().into_bytes().to_vec());
                Cow::Owned(STANDARD.encode(made.unwrap_or_default()).into_bytes())
            }
        }
    }
}

impl Hashed {
    /// Reads a hash. None if the scheme is not known, the hash is not whole, or it is too dear.
    pub fn read(text: &str) -> Option<Hashed> {
        parse(text).filter(Hashed::is_bearable)
    }

    fn is_bearable(&self) -> bool {
        match self {
            Hashed::Bcrypt { cost, .. } => *cost <= MOST_BCRYPT,
            Hashed::Argon(ArgonHash { params, .. }) => {
                let Cost { memory, rounds, lanes } = MOST_ARGON;
                params.m_cost() <= memory && params.t_cost() <= rounds && params.p_cost() <= lanes
            }
            // Each piece of a long hash costs all rounds.
            Hashed::Pbkdf2 { digest, rounds, hash, .. } => {
                let pieces = u32::try_from(hash.len().div_ceil(digest.length())).unwrap_or(u32::MAX);
                rounds.saturating_mul(pieces) <= MOST_PBKDF2
            }
            Hashed::Scrypt { log_n, r, p, .. } => {
                let (most_n, most_r, most_p) = MOST_SCRYPT;
                let bearable = *log_n <= most_n && *r <= most_r && *p <= most_p;
                bearable && scrypt_memory(*log_n, *r) <= MOST_MEMORY && scrypt_params(*log_n, *r, *p).is_some()
            }
            Hashed::Salted { .. } => true,
        }
    }

    /// Scheme and cost: all of it but salt and hash.
    pub fn cost(&self) -> String {
        match self {
            Hashed::Bcrypt { cost, .. } => format!("bcrypt {cost}"),
            Hashed::Argon(ArgonHash { algorithm, version, params, .. }) => {
                format!("{algorithm} {version:?} {} {} {}", params.m_cost(), params.t_cost(), params.p_cost())
            }
            Hashed::Pbkdf2 { digest, rounds, hash, .. } => format!("pbkdf2 {digest:?} {rounds} {}", hash.len()),
            Hashed::Scrypt { log_n, r, p, .. } => format!("scrypt {log_n} {r} {p}"),
            Hashed::Salted { digest, .. } => format!("salted {digest:?}"),
        }
    }

    /// A hash that costs as much and that no password has.
    pub fn decoys(&self) -> Option<Hashed> {
        let mut decoys = self.clone();
        match &mut decoys {
            Hashed::Bcrypt { text, cost, .. } => *text = bcrypt::hash("nobody has this password", *cost).ok()?,
            Hashed::Argon(ArgonHash { salt, hash, .. })
            | Hashed::Pbkdf2 { salt, hash, .. }
            | Hashed::Scrypt { salt, hash, .. }
            | Hashed::Salted { salt, hash, .. } => {
                *salt = vec![7; 16];
                hash.fill(0);
            }
        }
        Some(decoys)
    }

    /// True if the password can be compared at all.
    pub fn takes(&self, password: &[u8]) -> bool {
        // A longer password would be cut, and a NUL would end it.
        let Hashed::Bcrypt { prehash: Prehash::None, .. } = self else { return true };
        password.len() <= MOST_BCRYPT_BYTES && !password.contains(&0)
    }

    /// True if the password is the one that was hashed.
    pub fn is_right(&self, password: &[u8], memory: &mut Memory, peppers: &Keyring) -> bool {
        match self {
            Hashed::Bcrypt { text, prehash, .. } => bcrypt::verify(prehash.of(password), text).unwrap_or(false),
            Hashed::Argon(hash) => memory.is_right(password, hash, peppers),
            Hashed::Pbkdf2 { digest, rounds, salt, hash } => {
                same(hash, |made| digest.pbkdf2(password, salt, *rounds, made))
            }
            Hashed::Scrypt { log_n, r, p, salt, hash } => same(hash, |made| {
                let _alone = alone_if_large(scrypt_memory(*log_n, *r) as usize);
                // What fails leaves zeros, which no hash is.
                if let Some(params) = scrypt_params(*log_n, *r, *p) {
                    let _ = scrypt::scrypt(password, salt, &params, made);
                }
            }),
            Hashed::Salted { digest, salt, hash } => equal(&digest.salted(password, salt), hash),
        }
    }

    /// True if the adapter itself would hash the password better: by another scheme or at a higher cost.
    pub fn is_cheaper_than_ours(&self) -> bool {
        let Hashed::Argon(ArgonHash { algorithm, version, params, .. }) = self else { return true };
        *algorithm != Algorithm::Argon2id
            || *version != Version::V0x13
            || params.m_cost() < Params::DEFAULT_M_COST
            || params.t_cost() < Params::DEFAULT_T_COST
    }

    /// The same, or if it has another pepper than this.
    pub fn is_weaker_than_ours(&self, pepper: &Key) -> bool {
        let Hashed::Argon(ArgonHash { params, .. }) = self else { return true };
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

fn scrypt_params(log_n: u32, r: u32, p: u32) -> Option<scrypt::Params> {
    scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()
}

fn same(expected: &[u8], make: impl FnOnce(&mut [u8])) -> bool {
    let mut made = Zeroizing::new(vec![0; expected.len()]);
    make(&mut made);
    equal(&made, expected)
}
