//! Users, found by a hook (`find.rs`); what that gives is looked at before it is used. Their passwords: `password.rs`.

mod device;
pub(super) mod disclosures;
pub(super) mod find;
pub(super) mod name;
pub(super) mod password;
mod phone_country;
mod rehash;
mod typed;

pub use device::RequireDevice;
pub(super) use device::require_device;
pub use find::FindUser;
pub(super) use find::{find_user, find_user_if_known};
pub use password::VerifyPassword;
pub(super) use password::verify_password;
pub use phone_country::FindPhoneCountry;
pub(super) use phone_country::find_phone_country;
pub(crate) use rehash::keeps_password_hashes;
