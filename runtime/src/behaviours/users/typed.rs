//! What a user typed, as it can be compared: decrypted where it came encrypted and there is a key; what only the bank can
//! decrypt; or nothing. Who compares it is decided in `password.rs`.

use crate::context::Core;
use crate::crypto::aes_cbc::{is_aes_cbc, is_protected};
use crate::entities::PasswordProtection;
use crate::fault::Fault;
use crate::telemetry;
use crate::values::Secret;

/// What the audit log records a password that cannot be decrypted here.
pub(super) const NO_KEY: &str = "there is no key to decrypt it with";

/// What there is to compare.
pub(super) enum Typed {
    Plain(Secret<String>),
    /// Encrypted, and only the bank may have the key.
    ForTheBank(Secret<String>),
    /// It should be that, and is empty or not of its form.
    NoneForTheBank,
    /// It is empty, or cannot be decrypted.
    None,
}

impl Typed {
    /// True if only a bank that checks passwords itself could do so.
    pub fn lacks_key(&self) -> bool {
        matches!(self, Typed::ForTheBank(_) | Typed::NoneForTheBank)
    }
}

/// True if plain passwords are refused.
pub(super) fn must_be_encrypted(core: &Core) -> bool {
    core.shared.options.password_encryption.as_ref().is_some_and(|encryption| encryption.required)
}

/// The password as the bank shall see it. Without a key of ours the protected text itself goes to the bank.
pub(super) fn decrypted_password(
    core: &Core,
    password: Option<Secret<String>>,
    protection: Option<PasswordProtection>,
    transformation: Option<&str>,
) -> Typed {
    let is_encrypted = protection == Some(PasswordProtection::Aes);
    let encryption = core.shared.options.password_encryption.as_ref();
    let Some(password) = password.filter(|password| !password.expose().is_empty()) else {
        return if is_encrypted && encryption.is_none() { Typed::NoneForTheBank } else { Typed::None };
    };
    match (is_encrypted, encryption) {
        (false, _) => Typed::Plain(password),
        (true, None) if is_protected(password.expose()) => Typed::ForTheBank(password),
        (true, None) => Typed::NoneForTheBank,
        (true, Some(encryption)) => {
            // The request must name what is set; it cannot choose another cipher.
            let named = is_aes_cbc(transformation.unwrap_or_default());
            let Ok(plain) = encryption.cipher.decrypt(password.expose()) else { return Typed::None };
            telemetry::hide(&plain);
            if named { Typed::Plain(Secret::new(plain.as_str().to_owned())) } else { Typed::None }
        }
    }
}

/// Whoever runs the adapter must do something about it: the user typed nothing wrong.
pub(super) fn no_key() -> Fault {
    let what = "passwords come encrypted, and `password_encryption.key` is not set, so nobody can be checked by them";
    tracing::error!("{what}");
    Fault::new("unexpected").with_detail(what)
}
