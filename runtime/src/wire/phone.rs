//! The phone of a request that says it in two parts.

use super::payload::Payload;
use crate::values::Phone;

impl Phone {
    /// The number that a request says in two parts, as `phone.dial_code` and `phone.number`, if they make one.
    pub fn of(request: &impl Payload) -> Option<Phone> {
        Phone::joined(&request.find("phone.dial_code")?, &request.find("phone.number")?)
    }
}
