//! The types of values that the settings of a definition or of a bank may have. Bounds beyond their type are for whoever uses
//! them.

use std::time::Duration;

use super::tree::{SettingError, SettingsTree};
use crate::values::Secret;

/// A value of a setting: `String`, `bool`, an integer, [`Duration`] (`90s`, `5m`), `Vec<String>`, [`Secret<String>`] (`env:NAME`
/// or `file:PATH`), or an `Option` of one, which is none where nothing is set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of a setting",
    note = "a setting is a `String`, `bool`, integer, `Duration`, `Vec<String>`, `Secret<String>` or an `Option` of one"
)]
pub trait SettingValue: Sized {
    /// Reads what is set, else the default as the environment would write it.
    ///
    /// # Errors
    /// If something else is set, or nothing and there is no default.
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError>;
}

/// Something is set at the path, or the default is.
fn with_default<'t>(
    tree: &'t SettingsTree,
    path: &str,
    default: Option<&str>,
) -> Result<std::borrow::Cow<'t, SettingsTree>, SettingError> {
    match default {
        _ if tree.place(path).is_some() => Ok(std::borrow::Cow::Borrowed(tree)),
        Some(text) => Ok(std::borrow::Cow::Owned(tree.with_one(path, text))),
        None => {
            let variable = path.to_uppercase().replace('.', "__");
            Err(tree.error(path, format!("it is missing, and the bank's hooks need it (or COUNTERSIGN_{variable})")))
        }
    }
}

impl SettingValue for String {
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
        with_default(tree, path, default)?.text(path, "")
    }
}

impl SettingValue for bool {
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
        with_default(tree, path, default)?.boolean(path, false)
    }
}

impl SettingValue for Duration {
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
        with_default(tree, path, default)?.seconds(path, 0).map(Duration::from_secs)
    }
}

impl SettingValue for Vec<String> {
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
        Ok(with_default(tree, path, default)?.list(path)?.unwrap_or_default())
    }
}

impl SettingValue for Secret<String> {
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
        with_default(tree, path, default)?.secret(path)
    }
}

impl<T: SettingValue> SettingValue for Option<T> {
    fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
        let is_there = default.is_some() || tree.place(path).is_some();
        is_there.then(|| T::read(tree, path, default)).transpose()
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl SettingValue for $integer {
            fn read(tree: &SettingsTree, path: &str, default: Option<&str>) -> Result<Self, SettingError> {
                let value = with_default(tree, path, default)?.integer(path, 0)?;
                <$integer>::try_from(value).map_err(|_| {
                    tree.error(path, format!("{value} is not between {} and {}", <$integer>::MIN, <$integer>::MAX))
                })
            }
        }
    )*};
}

integers!(i64, u8, u16, u32, u64, usize);
