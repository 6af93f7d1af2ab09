//! How state is written down: values as JSON, times in milliseconds.

use crate::fault::Fault;
use crate::store::{Millis, Record};
use crate::values::{Json, Time};

/// When what is kept for good is forgotten: at the end of the year 9999.
pub(crate) const FOREVER: Millis = 253_402_300_799_000;

/// A stored value as its type.
pub(crate) fn decoded<T: serde::de::DeserializeOwned>(record: &Record) -> Result<T, Fault> {
    serde_json::from_str(record.value.as_str()).map_err(|error| Fault::new("store.unavailable").with_detail(error))
}

/// For how many bytes of a value there is room at first: as many as a code takes that is bound to a payment.
const USUAL_BYTES: usize = 1536;

/// A value as it is stored.
pub(crate) fn encoded(value: &impl serde::Serialize) -> Result<Json, Fault> {
    let unexpected = |error: &dyn std::fmt::Display| Fault::new("unexpected").with_detail(error);
    let mut written = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut written, value).map_err(|error| unexpected(&error))?;
    String::from_utf8(written).map(Json::written).map_err(|error| unexpected(&error))
}

/// Seconds of a setting in milliseconds; few enough to calculate with.
pub(crate) fn millis_of(seconds: u64) -> Millis {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(FOREVER).min(FOREVER)
}

/// The time of so many milliseconds since 1970.
pub(crate) fn time(millis: Millis) -> Time {
    Time::from_millis(millis)
}
