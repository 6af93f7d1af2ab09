//! Accounts outside the bank, proved by the amounts of deposits that the bank made to them.

mod account;
mod cents;
mod verify;

pub use account::VerifyDeposits;
pub use verify::VerifiedDeposits;
pub(crate) use verify::deposits_ids;
pub(super) use verify::verify_deposits;
