//! What the settings say of a kind of code.

use crate::adapter::OtpKind;
use crate::context::Core;
use crate::settings::CodeOptions;

/// What is set of a kind of code.
pub(super) fn code_options(core: &Core, kind: &OtpKind) -> CodeOptions {
    core.shared.options.otps.get(kind.name).copied().unwrap_or_else(|| CodeOptions::of(kind))
}
