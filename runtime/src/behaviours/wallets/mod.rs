//! Wallets: one a phone and an app, made at once or not at all, whoever else asks at the same time. What a wallet holds
//! of its owner is sealed; a password is stored as a hash alone. Terms that were accepted: `documents`.

mod create;
mod new_user;
mod password;
mod record;
#[cfg(test)]
mod tests;

pub use create::CreateWallet;
pub(super) use create::create_wallet;
pub use new_user::RequireNewUser;
pub(super) use new_user::require_new_user;
pub use password::SetPassword;
pub(super) use password::set_password;
