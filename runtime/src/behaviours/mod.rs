//! What endpoints do, one file a family. Each behaviour takes one plain input struct whose fields are all optional
//! and come from the request by what they mean; the signatures stand in the generator's vocabulary.

mod attempts;
mod calls;
pub mod codes;
pub mod deposits;
pub mod documents;
pub mod methods;
pub mod operations;
pub mod questions;
mod refusal;
mod retry;
pub mod sessions;
mod state;
pub mod tables;
pub mod users;
pub mod wallets;

pub(crate) use attempts::lockout_ids;
pub(crate) use deposits::deposits_ids;
pub(crate) use users::keeps_password_hashes;
