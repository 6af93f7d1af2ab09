//! The country of a phone, where the calling code that a request says leaves it open.

use crate::behaviours::codes::country;
use crate::fault::Fault;
use crate::values::Phone;

/// The phone whose country is wanted.
#[derive(Debug, Clone, Default)]
pub struct FindPhoneCountry {
    /// The phone.
    pub phone: Option<Phone>,
    /// The country of its calling code, by its two letters.
    pub country: Option<String>,
}

/// [`Core::find_phone_country`].
pub(in crate::behaviours) fn find_phone_country(input: FindPhoneCountry) -> Result<String, Fault> {
    let phone =
        input.phone.ok_or_else(|| Fault::new("input.invalid").with_detail("what was sent makes no phone number"))?;
    let own = country::among_several(phone.expose()).map(str::to_owned);
    Ok(own.or(input.country).unwrap_or_default())
}
