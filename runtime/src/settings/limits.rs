//! The limits on sending and trying codes, from `limits.*`. Their bounds stand beside their defaults.

use super::tree::{SettingMistake, SettingsTree, seconds};
use crate::behaviours::codes::{OtpLimits, SendWindow};

/// The paths that are read here.
pub(super) const PATHS: &[&str] = &[
    "limits.failures",
    "limits.block",
    "limits.longest_block",
    "limits.hard_cap",
    "limits.resend_interval",
    "limits.resends_per_operation",
    "limits.per_phone_and_user",
    "limits.per_prefix",
    "limits.countries",
    "limits.any_country",
    "limits.budget_per_hour",
    "limits.no_budget",
];

/// Reads the limits.
///
/// # Errors
/// Every value that cannot be used or is out of its bounds.
pub(super) fn read_limits(tree: &SettingsTree) -> Result<OtpLimits, Vec<SettingMistake>> {
    let mut mistakes = Vec::new();
    let limits = read_values(tree, &mut mistakes);
    mistakes.extend(limits.check().into_iter().map(|found| {
        tree.mistake(path_of(found.name), format!("{} is out of bounds, it must be {}", found.value, found.bounds))
    }));
    if mistakes.is_empty() { Ok(limits) } else { Err(mistakes) }
}

fn read_values(tree: &SettingsTree, mistakes: &mut Vec<SettingMistake>) -> OtpLimits {
    let default = OtpLimits::default();
    let mut take = Take { tree, mistakes };
    OtpLimits {
        failures: take.number("limits.failures", default.failures.into()) as u32,
        block_seconds: take.seconds("limits.block", default.block_seconds),
        longest_block_seconds: take.seconds("limits.longest_block", default.longest_block_seconds),
        hard_cap: take.number("limits.hard_cap", default.hard_cap.into()) as u32,
        resend_interval_seconds: take.seconds("limits.resend_interval", default.resend_interval_seconds),
        resends_per_operation: take.number("limits.resends_per_operation", default.resends_per_operation.into()) as u32,
        per_phone_and_user: take.windows("limits.per_phone_and_user", default.per_phone_and_user),
        per_prefix: take.windows("limits.per_prefix", default.per_prefix),
        countries: take.list("limits.countries"),
        budget_per_hour: take.budget(),
        dev_limits_off: false,
    }
}

/// Reads values; what cannot be used becomes a mistake, and the default goes on.
struct Take<'a> {
    tree: &'a SettingsTree,
    mistakes: &'a mut Vec<SettingMistake>,
}

impl Take<'_> {
    fn or<T>(&mut self, value: Result<T, SettingMistake>, default: T) -> T {
        value.unwrap_or_else(|mistake| {
            self.mistakes.push(mistake);
            default
        })
    }

    fn number(&mut self, path: &str, default: u64) -> u64 {
        let value = self.tree.integer_between(path, default as i64, 0, 1_000_000_000);
        self.or(value, default as i64).unsigned_abs()
    }

    fn seconds(&mut self, path: &str, default: u64) -> u64 {
        self.or(self.tree.seconds(path, default), default)
    }

    fn list(&mut self, path: &str) -> Option<Vec<String>> {
        self.or(self.tree.list(path), None)
    }

    fn budget(&mut self) -> Option<u64> {
        self.tree.place("limits.budget_per_hour")?;
        Some(self.number("limits.budget_per_hour", 0))
    }

    /// Windows are written as `5/10m`: so many in so long.
    fn windows(&mut self, path: &str, default: Vec<SendWindow>) -> Vec<SendWindow> {
        let Some(texts) = self.list(path) else { return default };
        let windows: Option<Vec<SendWindow>> = texts.iter().map(|text| window(text)).collect();
        windows.unwrap_or_else(|| {
            self.mistakes.push(self.tree.mistake(path, "a list such as `[5/10m, 10/1h]` is wanted"));
            default
        })
    }
}

fn window(text: &str) -> Option<SendWindow> {
    let (most, length) = text.split_once('/')?;
    Some(SendWindow { most: most.trim().parse().ok()?, seconds: seconds(length)? })
}

/// The setting's path for a name of the limits' own.
fn path_of(name: &str) -> &'static str {
    match name {
        "failures" => "limits.failures",
        "block_seconds" => "limits.block",
        "longest_block_seconds" => "limits.longest_block",
        "hard_cap" => "limits.hard_cap",
        "resend_interval_seconds" => "limits.resend_interval",
        "resends_per_operation" => "limits.resends_per_operation",
        "countries" => "limits.countries",
        "budget_per_hour" => "limits.budget_per_hour",
        _ => "limits",
    }
}
