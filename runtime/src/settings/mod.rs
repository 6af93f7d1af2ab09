//! What may be set without generating again: read at start from one file and the environment, typed, checked at
//! once with every mistake told. What the values do is decided by the parts that they are given to.

mod keys;
mod options;
mod read;
mod rules;
mod secrets;
mod tree;
#[cfg(test)]
mod tests;
mod values;

pub use options::{CodeOptions, ErrorDetail, Options, PasswordEncryption};
pub use read::{DevOptions, Loaded, Sources, load};
pub use tree::{Place, SettingMistake, SettingsTree};

/// The settings that a definition declares; derived by `Settings`.
pub trait Settings: Sized + Send + Sync + 'static {
    /// The paths that it reads, such as `application.name`.
    const PATHS: &'static [&'static str];

    /// What the definition sets, by path, as texts; a path of the runtime may be among them.
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[];

    /// Reads them.
    ///
    /// # Errors
    /// Every value that is not of its type.
    fn read(from: &SettingsTree) -> Result<Self, Vec<SettingMistake>>;
}

/// For an API without settings of its own.
impl Settings for () {
    const PATHS: &'static [&'static str] = &[];

    fn read(_from: &SettingsTree) -> Result<Self, Vec<SettingMistake>> {
        Ok(())
    }
}
