//! Sending codes. `send_otp` (`otp.rs`), `send_sms` (`callers_code.rs`) and `resend_otp` store the code and reserve every rate limit
//! first (`issue.rs`, `rate_limits.rs`), then call the hook, then store what became of the message (`delivery.rs`). A message is
//! never repeated by the runtime. Who does not exist gets a decoy (`recipient.rs`, `decoy_slots.rs`).

mod callers_code;
mod callers_words;
mod conversion_alarm;
mod decoy_slots;
mod delivery;
mod draft;
mod issue;
mod message_text;
mod otp;
mod rate_limits;
mod recipient;
mod resend;

pub use callers_code::SendSms;
pub(in crate::behaviours) use callers_code::send_sms;
pub(in crate::behaviours) use otp::send_otp;
pub(in crate::behaviours) use resend::resend_otp;
pub use resend::{ResendOtp, ResentOtp};
