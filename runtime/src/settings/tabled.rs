//! Reads settings by their rows of the table: default, bounds and what is said of a value that is none of them stand there, and
//! nowhere else.

use countersign_engine::settings::{Default as Unset, Kind, Setting, find, time};

use super::tree::{SettingError, SettingsTree};

impl SettingsTree {
    /// `true` or `false`.
    ///
    /// # Errors
    /// If something else is set.
    pub(crate) fn flag(&self, path: &str) -> Result<bool, SettingError> {
        self.boolean(path, self.unset(path)? == "true")
    }

    /// An integer within its bounds.
    ///
    /// # Errors
    /// If something else is set.
    pub(crate) fn number(&self, path: &str) -> Result<u64, SettingError> {
        let default = self.unset(path)?.parse().unwrap_or_default();
        let (least, most) = match self.row(path)?.kind {
            Kind::Integer(least, most) => (least, most),
            _ => (i64::MIN, i64::MAX),
        };
        self.integer_between(path, default, least, most).map(|value| u64::try_from(value).unwrap_or_default())
    }

    /// A length of time within its bounds, in seconds.
    ///
    /// # Errors
    /// If something else is set.
    pub(crate) fn time(&self, path: &str) -> Result<u64, SettingError> {
        let default = countersign_engine::duration::seconds(self.unset(path)?).unwrap_or_default();
        self.time_or(path, default)
    }

    /// The same where what holds if nothing is set does not stand in the table.
    ///
    /// # Errors
    /// If something else is set.
    pub(crate) fn time_or(&self, path: &str, default: u64) -> Result<u64, SettingError> {
        if self.place(path).is_none() {
            return Ok(default);
        }
        let (seconds, kind) = (self.seconds(path, default)?, self.row(path)?.kind);
        match kind {
            Kind::Time(least, most) if !(least..=most).contains(&seconds) => {
                Err(self.error(path, kind.refusal(&time(seconds))))
            }
            _ => Ok(seconds),
        }
    }

    /// A size within its bounds, in bytes: an integer, or a text such as `64KiB`.
    ///
    /// # Errors
    /// If something else is set.
    pub(crate) fn size_or(&self, path: &str, default: u64) -> Result<u64, SettingError> {
        if self.place(path).is_none() {
            return Ok(default);
        }
        let set = match self.integer(path, 0) {
            Ok(bytes) => u64::try_from(bytes).ok(),
            Err(_) => self.text(path, "").ok().and_then(|text| bytes(&text)),
        };
        let kind = self.row(path)?.kind;
        let (least, most) = if let Kind::Size(least, most) = kind { (least, most) } else { (0, u64::MAX) };
        set.filter(|bytes| (least..=most).contains(bytes)).ok_or_else(|| self.error(path, kind.refusal("")))
    }

    /// One of the words that may be set, if one is.
    ///
    /// # Errors
    /// If something else is set.
    pub(crate) fn word(&self, path: &str) -> Result<Option<&'static str>, SettingError> {
        let Some(text) = self.text_if_set(path)? else { return Ok(None) };
        let kind = self.row(path)?.kind;
        let words = if let Kind::OneOf(words) = kind { words } else { &[] };
        match words.iter().find(|word| **word == text) {
            Some(word) => Ok(Some(word)),
            None => Err(self.error(path, kind.refusal(&text))),
        }
    }

    fn row(&self, path: &str) -> Result<&'static Setting, SettingError> {
        find(path).ok_or_else(|| self.error(path, "there is no such setting"))
    }

    /// What holds where nothing is set, without `--dev`.
    fn unset(&self, path: &str) -> Result<&'static str, SettingError> {
        self.row(path).map(|row| match row.default {
            Unset::Is(value) | Unset::Says(_, value) => value,
        })
    }
}

/// A number and `KiB` or `MiB`.
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = match text.trim() {
        text if text.ends_with("KiB") => (text.strip_suffix("KiB")?, 1024),
        text if text.ends_with("MiB") => (text.strip_suffix("MiB")?, 1024 * 1024),
        text => (text, 1),
    };
    number.trim().parse::<u64>().ok()?.checked_mul(unit)
}
