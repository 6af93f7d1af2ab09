//! `require_device`: the device that a request names must be one of the user's.

use crate::entities::KnownDevice;
use crate::fault::Fault;

/// A device that must be the user's.
#[derive(Debug, Clone, Default)]
pub struct RequireDevice {
    /// The user's devices.
    pub known: Vec<KnownDevice>,
    /// The device.
    pub device: Option<String>,
    /// The application on it, if the request says one.
    pub app: Option<String>,
}

/// [`Core::require_device`].
pub(in crate::behaviours) fn require_device(input: RequireDevice) -> Result<(), Fault> {
    let asked = input.device.unwrap_or_default();
    let app = input.app.filter(|app| !app.is_empty());
    let has_app =
        |device: &KnownDevice| app.as_ref().is_none_or(|app| device.app_ids.is_empty() || device.app_ids.contains(app));
    let good = input.known.is_empty() || input.known.iter().any(|device| device.id == asked && has_app(device));
    if good { Ok(()) } else { Err(Fault::new("device.unknown")) }
}
