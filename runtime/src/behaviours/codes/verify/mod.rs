//! Checking codes. An attempt is reserved (`reserve.rs`), the code compared (`otp.rs`), the attempt settled (`settle.rs`). An id
//! that never was takes the same steps with a decoy (`decoy.rs`). Codes without an id: `by_code.rs`.

mod by_code;
mod claimed;
mod code_attempt;
mod decoy;
mod otp;
pub(in crate::behaviours) mod pending;
mod refusal;
mod reserve;
mod settle;
mod skipped;
mod with_password;

pub(in crate::behaviours) use otp::verify_otp;
pub use skipped::CallersAccount;
pub(in crate::behaviours) use skipped::{verify_otp_and_password_if_active, verify_otp_if_active};
pub(in crate::behaviours) use with_password::verify_otp_and_password;
