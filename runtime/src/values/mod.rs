//! The values that fields, behaviours and hooks speak of. How they look on the wire is decided in `wire`.

mod address;
mod decimal;
mod json;
mod phone;
mod registration_number;
mod secret;
mod signs;
mod time;

pub(crate) use address::address_text;
pub use decimal::Decimal;
pub use json::{Const, Json, Map, Pairs, Rest};
pub use phone::{NotAPhone, Phone};
pub use registration_number::RegistrationNumber;
pub use secret::Secret;
pub(crate) use signs::{folded, is_control, is_hidden, is_invisible, is_line_break, plain, shows_something, without};
pub use time::{Date, Time, Zone};
