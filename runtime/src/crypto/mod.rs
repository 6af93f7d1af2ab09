//! Keys, MACs, random codes, password hashes and the one cipher that a contract asks for. Knows nothing of behaviours
//! and keeps nothing; what is stored is decided by those who call.

pub mod aes_cbc;
mod argon;
pub mod digits;
mod hashing;
pub mod imported;
mod keyring;
mod keys;
pub mod mac;
pub mod password;
mod queue;
mod scheme;
pub mod seal;
pub(crate) mod wipe;

pub use keyring::{Key, KeyName, KeyRingError, Keyring, NamedSecret};
pub use keys::Keys;
pub(crate) use queue::Promised;
