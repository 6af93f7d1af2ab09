//! One-time codes: made, sent, checked, spent. A code is bound to what it was made for; the store holds MACs only.
//! The order of the checks and what each of them answers stand in `verify/otp.rs`; the rate limits of messages in
//! `send/rate_limits.rs`, what may be set of limits in `limits.rs`.

mod binding;
mod by_id;
mod code_in_answer;
pub(crate) mod country;
mod find;
pub(super) mod inputs;
mod life;
pub(super) mod limits;
mod open_code;
mod options;
mod record;
mod record_text;
mod sealed;
mod send;
mod settings;
pub(super) mod token;
mod unsent;
pub(super) mod verify;
mod written;

pub use by_id::{AskOtp, ShownOtp};
pub(super) use by_id::{cancel_otp, show_otp};
pub(super) use code_in_answer::issue_otp;
pub use code_in_answer::{IssueOtp, IssuedOtp};
pub use inputs::{CredentialsVerdict, OneTimeCode, SendOtp, SentOtp, VerifiedOtp, VerifyOtp};
pub(crate) use limits::WINDOW_BOUNDS;
pub use limits::{OtpLimits, OutOfBounds, SendWindow};
pub use record::OtpStatus;
pub use send::{ResendOtp, ResentOtp, SendSms};
pub(super) use send::{resend_otp, send_otp, send_sms};
pub(crate) use settings::window;
pub use unsent::{StoredOtp, UnsentOtp};
pub(super) use unsent::{open_otp, waive_otp};
pub use verify::CallersAccount;
pub(super) use verify::{verify_otp, verify_otp_and_password, verify_otp_and_password_if_active, verify_otp_if_active};
pub(crate) use written::cleaned;
