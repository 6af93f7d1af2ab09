//! The country of a phone, where the calling code that a request says leaves it open.

use crate::behaviours::codes::country;
use crate::context::Core;
use crate::fault::Fault;
use crate::values::Phone;

/// Whose country to tell.
#[derive(Debug, Clone, Default)]
pub struct FindPhoneCountry {
    /// The phone.
    pub phone: Option<Phone>,
    /// The country of its calling code, by its two letters.
    pub country: Option<String>,
}

impl Core {
    /// Tells the country of a phone, by its two letters: the number's own where several countries share its calling code,
    /// else the one that is known for the code.
    ///
    /// # Errors
    /// `input.invalid` for what is no phone.
    pub async fn find_phone_country(&self, input: FindPhoneCountry) -> Result<String, Fault> {
        let phone = input
            .phone
            .ok_or_else(|| Fault::new("input.invalid").with_detail("what was sent makes no phone number"))?;
        let own = country::among_several(phone.expose()).map(str::to_owned);
        Ok(own.or(input.country).unwrap_or_default())
    }
}
