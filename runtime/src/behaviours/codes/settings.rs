//! Reads the limits from the settings: `limits.*` and `sms.*`.

use countersign_engine::duration::seconds;

use super::limits::{OtpLimits, OutOfBounds, SendWindow};
use crate::settings::{SettingError, SettingsTree};

impl OtpLimits {
    /// Reads them.
    ///
    /// # Errors
    /// Every value that is out of its bounds.
    pub(crate) fn read(from: &SettingsTree) -> Result<Self, Vec<SettingError>> {
        let mut reader = Reader { from, mistakes: Vec::new() };
        let limits = reader.limits(OtpLimits::default());
        let mut mistakes = reader.mistakes;
        mistakes.extend(limits.check().iter().map(|found| out_of_bounds(from, found)));
        if mistakes.is_empty() { Ok(limits) } else { Err(mistakes) }
    }
}

struct Reader<'a> {
    from: &'a SettingsTree,
    mistakes: Vec<SettingError>,
}

impl Reader<'_> {
    fn limits(&mut self, default: OtpLimits) -> OtpLimits {
        let budget_per_hour = self.budget();
        OtpLimits {
            failures: self.number("limits.failures", default.failures),
            block_seconds: self.seconds("limits.block", default.block_seconds),
            longest_block_seconds: self.seconds("limits.longest_block", default.longest_block_seconds),
            hard_cap: self.number("limits.hard_cap", default.hard_cap),
            resend_interval_seconds: self.seconds("limits.resend_interval", default.resend_interval_seconds),
            resends_per_operation: self.number("limits.resends_per_operation", default.resends_per_operation),
            wrong_codes_per_minute: self.number("limits.wrong_codes_per_minute", default.wrong_codes_per_minute),
            wrong_deposits: self.number("limits.wrong_deposits", default.wrong_deposits),
            per_phone_and_user: self.windows("limits.per_phone_and_user", default.per_phone_and_user),
            per_prefix: self.windows("limits.per_prefix", OtpLimits::usual_per_prefix(budget_per_hour)),
            per_source: self.windows("limits.per_source", default.per_source),
            any_source: self.collected(self.from.flag("sms.any_source")).unwrap_or(false),
            disclosures: self.windows("limits.disclosures", default.disclosures),
            countries: self.collected(self.from.list("sms.countries")).flatten(),
            service_numbers: self.collected(self.from.flag("sms.service_numbers")).unwrap_or(false),
            plain_signs: self.collected(self.from.flag("sms.plain_signs")).unwrap_or(true),
            budget_per_hour,
            conversion_percent: self.number("sms.conversion_alarm", default.conversion_percent),
            dev_limits_off: false,
        }
    }

    fn collected<T>(&mut self, value: Result<T, SettingError>) -> Option<T> {
        value.map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    fn number(&mut self, path: &str, default: u32) -> u32 {
        let read = self.from.number(path);
        self.collected(read).and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    }

    fn seconds(&mut self, path: &str, default: u64) -> u64 {
        self.collected(self.from.time(path)).unwrap_or(default)
    }

    fn budget(&mut self) -> Option<u64> {
        self.from.place("sms.budget_per_hour")?;
        self.collected(self.from.number("sms.budget_per_hour"))
    }

    /// A list such as `[5 in 10m, 10 in 1h]`.
    fn windows(&mut self, path: &str, default: Vec<SendWindow>) -> Vec<SendWindow> {
        let Some(Some(list)) = self.collected(self.from.list(path)) else { return default };
        let mut windows = Vec::with_capacity(list.len());
        for text in list {
            let Some(window) = window(&text) else {
                self.mistakes
                    .push(self.from.error(path, format!("`{text}` is no limit such as `5 in 10m` or `30 in 7d`")));
                return default;
            };
            windows.push(window);
        }
        windows
    }
}

/// A limit such as `5 in 10m`.
pub(crate) fn window(text: &str) -> Option<SendWindow> {
    let (most, length) = text.split_once(" in ")?;
    let seconds = seconds(length.trim())?;
    Some(SendWindow { seconds, most: most.trim().parse().ok()? })
}

fn out_of_bounds(from: &SettingsTree, found: &OutOfBounds) -> SettingError {
    let path = match found.name {
        "countries" => "sms.countries",
        "budget_per_hour" => "sms.budget_per_hour",
        "block_seconds" => "limits.block",
        "longest_block_seconds" => "limits.longest_block",
        "resend_interval_seconds" => "limits.resend_interval",
        "resends_per_operation" => "limits.resends_per_operation",
        "wrong_codes_per_minute" => "limits.wrong_codes_per_minute",
        "wrong_deposits" => "limits.wrong_deposits",
        "failures" => "limits.failures",
        "hard_cap" => "limits.hard_cap",
        "per_prefix" => "limits.per_prefix",
        "per_source" => "limits.per_source",
        "disclosures" => "limits.disclosures",
        "conversion_percent" => "sms.conversion_alarm",
        _ => "limits.per_phone_and_user",
    };
    from.error(path, format!("it is {}, it must be {}", found.value, found.bounds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read() {
        assert_eq!(window("5 in 10m"), Some(SendWindow { seconds: 600, most: 5 }));
        assert_eq!(window("30 in 7d"), Some(SendWindow { seconds: 604_800, most: 30 }));
        assert_eq!(window("30 in 24h"), Some(SendWindow { seconds: 86_400, most: 30 }));
        for wrong in ["", "5", "5 in", "5 in 10", "5 in m", "x in 1h", "5 in 1w", "-1 in 1h"] {
            assert_eq!(window(wrong), None, "{wrong}");
        }
    }
}
