//! Attempts of whatever a user must know: a code, a password, answers. One is reserved before anything is compared, and how
//! it ended is settled before the caller is answered (`reservation.rs`); so many failures in a row lock the user (`lockout.rs`).

pub(super) mod lockout;
pub(super) mod reservation;

pub(crate) use lockout::lockout_ids;
