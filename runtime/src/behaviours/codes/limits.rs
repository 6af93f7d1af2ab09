//! How often codes may be sent and tried, with what holds where nothing is set, and within which bounds that may be
//! changed. Reading the values is the settings' business.

pub use crate::adapter::SendWindow;

/// How often codes may be sent and tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtpLimits {
    /// Failures in a row of one user and method before they are blocked.
    pub failures: u32,
    /// How long the first block lasts, in seconds; each further one lasts twice as long.
    pub block_seconds: u64,
    /// The longest that a block lasts, in seconds.
    pub longest_block_seconds: u64,
    /// Failures in a row after which only an operator lifts the block.
    pub hard_cap: u32,
    /// For how long a repeated request for the same operation is answered with the same code, in seconds.
    pub resend_interval_seconds: u64,
    /// How often a code may be sent again for one operation.
    pub resends_per_operation: u32,
    /// Wrong codes that one caller may try in a minute for one issuer, where codes are found by themselves.
    pub wrong_codes_per_minute: u32,
    /// Wrong amounts given for one account before only an operator lifts the block.
    pub wrong_deposits: u32,
    /// How many codes one phone and one user may be sent.
    pub per_phone_and_user: Vec<SendWindow>,
    /// How many codes all numbers that differ in their last four digits only may be sent.
    pub per_prefix: Vec<SendWindow>,
    /// How many codes one address may have sent, where callers do not say who they are.
    pub per_source: Vec<SendWindow>,
    /// Whether any address may have as many sent as there may be: one system alone calls, for everybody.
    pub any_source: bool,
    /// How often a caller may get an answer that discloses whom the bank knows, where the contract has such answers.
    pub disclosures: Vec<SendWindow>,
    /// The countries whose numbers codes are sent to, as `CZ` or `+420`; all of them if nothing is set.
    pub countries: Option<Vec<String>>,
    /// Whether codes are sent to premium-rate and toll-free numbers, too.
    pub service_numbers: bool,
    /// Whether typographic signs of values are written plainly, where a message needs no other alphabet then.
    pub plain_signs: bool,
    /// How many codes are sent in an hour, to whomever; any number if nothing is set.
    pub budget_per_hour: Option<u64>,
    /// The share of a country's latest codes, in percent, below which it is reported that few of them are used.
    pub conversion_percent: u32,
    /// Switches off what limits sending, for loads with `--dev`. What limits trying always holds.
    pub dev_limits_off: bool,
}

/// A value that is out of its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is {value}, it must be {bounds}")]
pub struct OutOfBounds {
    /// The value's name, as the fields here are called.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// What it may be.
    pub bounds: String,
}

impl Default for OtpLimits {
    fn default() -> Self {
        let window = |seconds, most| SendWindow { seconds, most };
        OtpLimits {
            failures: 5,
            block_seconds: 15 * 60,
            longest_block_seconds: 24 * 60 * 60,
            hard_cap: 100,
            resend_interval_seconds: 60,
            resends_per_operation: 3,
            wrong_codes_per_minute: 10,
            wrong_deposits: 3,
            per_phone_and_user: vec![window(10 * 60, 5), window(60 * 60, 10), window(24 * 60 * 60, 30)],
            per_prefix: OtpLimits::usual_per_prefix(None),
            per_source: vec![window(60 * 60, 10)],
            any_source: false,
            disclosures: vec![window(60, 60), window(60 * 60, 600)],
            countries: None,
            service_numbers: false,
            plain_signs: true,
            budget_per_hour: None,
            conversion_percent: 30,
            dev_limits_off: false,
        }
    }
}

impl OtpLimits {
    /// How many codes all numbers that differ in their last four digits only may be sent, where nothing is set: a tenth of
    /// what may be sent in all, since ten thousand numbers of a small country may be a tenth of the bank's users; never
    /// fewer than twenty.
    pub(super) fn usual_per_prefix(budget_per_hour: Option<u64>) -> Vec<SendWindow> {
        let most = (budget_per_hour.unwrap_or_default() / 10).clamp(FEWEST_PER_PREFIX, MOST_IN_WINDOW);
        vec![SendWindow { seconds: 60 * 60, most }]
    }

    /// Every value that is out of its bounds.
    pub fn check(&self) -> Vec<OutOfBounds> {
        let default = OtpLimits::default();
        let mut found = Vec::new();
        let mut within = |name, value: u64, least: u64, most: u64| {
            found.extend(out_of_bounds(name, value, least, most));
        };
        within("failures", self.failures.into(), 1, 5);
        within("block_seconds", self.block_seconds, default.block_seconds, default.longest_block_seconds);
        within("longest_block_seconds", self.longest_block_seconds, self.block_seconds, 7 * 24 * 60 * 60);
        within("hard_cap", self.hard_cap.into(), self.failures.into(), 100);
        within("resend_interval_seconds", self.resend_interval_seconds, 30, 600);
        within("resends_per_operation", self.resends_per_operation.into(), 0, 10);
        within("wrong_codes_per_minute", self.wrong_codes_per_minute.into(), 1, 100);
        within("wrong_deposits", self.wrong_deposits.into(), 1, 5);
        if let Some(budget) = self.budget_per_hour {
            within("budget_per_hour", budget, 1, 10_000_000);
        }
        within("conversion_percent", self.conversion_percent.into(), 1, 90);
        let windows = [
            ("per_phone_and_user", &self.per_phone_and_user),
            ("per_prefix", &self.per_prefix),
            ("per_source", &self.per_source),
            ("disclosures", &self.disclosures),
        ];
        for (name, windows) in windows {
            found.extend(windows.iter().filter(|window| !window.is_sound()).map(|window| OutOfBounds {
                name,
                value: format!("{} in {}s", window.most, window.seconds),
                bounds: WINDOW_BOUNDS.to_owned(),
            }));
            if windows.is_empty() {
                let bounds = "at least one limit such as `5 in 10m`".to_owned();
                found.push(OutOfBounds { name, value: "empty".to_owned(), bounds });
            }
        }
        if self.countries.as_ref().is_some_and(Vec::is_empty) {
            let bounds = "at least one country such as `CZ`; `sms.any_country: true` allows all".to_owned();
            found.push(OutOfBounds { name: "countries", value: "empty".to_owned(), bounds });
        }
        for country in self.countries.iter().flatten() {
            if !super::country::is_country(country) {
                let bounds = "a country such as `CZ` or a calling code such as `+420`".to_owned();
                found.push(OutOfBounds { name: "countries", value: country.clone(), bounds });
            }
            if let Some(other) = super::country::instead_of(country) {
                let bounds =
                    format!("a country that has mobile numbers: those of `{country}` are numbers of `{other}`");
                found.push(OutOfBounds { name: "countries", value: country.clone(), bounds });
            }
        }
        found
    }
}

/// The fewest codes an hour to numbers that differ in their last four digits only, where nothing is set.
const FEWEST_PER_PREFIX: u64 = 20;

/// The most of a window.
const MOST_IN_WINDOW: u64 = 1_000;

/// Within which bounds a window is.
pub(crate) const WINDOW_BOUNDS: &str = "from 1 to 1000 in 60s to 7d";

impl SendWindow {
    /// True if the window is within its bounds.
    pub(crate) fn is_sound(&self) -> bool {
        (1..=MOST_IN_WINDOW).contains(&self.most) && (60..=7 * 24 * 60 * 60).contains(&self.seconds)
    }
}

fn out_of_bounds(name: &'static str, value: u64, least: u64, most: u64) -> Option<OutOfBounds> {
    let bad = value < least || value > most;
    bad.then(|| OutOfBounds { name, value: value.to_string(), bounds: format!("from {least} to {most}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_bounds() {
        assert_eq!(OtpLimits::default().check(), []);
    }

    #[test]
    fn a_range_of_numbers_gets_a_tenth_of_the_budget() {
        for (budget, most) in
            [(None, 20), (Some(1), 20), (Some(200), 20), (Some(2_000), 200), (Some(10_000_000), 1_000)]
        {
            assert_eq!(OtpLimits::usual_per_prefix(budget), [SendWindow { seconds: 3_600, most }], "{budget:?}");
        }
    }

    #[test]
    fn laxer_limits_are_refused() {
        let name = |limits: OtpLimits| limits.check().first().map(|found| found.name);
        let default = OtpLimits::default;
        assert_eq!(name(OtpLimits { failures: 6, ..default() }), Some("failures"));
        assert_eq!(name(OtpLimits { hard_cap: 101, ..default() }), Some("hard_cap"));
        assert_eq!(name(OtpLimits { resend_interval_seconds: 29, ..default() }), Some("resend_interval_seconds"));
        assert_eq!(name(OtpLimits { block_seconds: 60, ..default() }), Some("block_seconds"));
        let many = OtpLimits { wrong_codes_per_minute: 101, ..default() };
        assert_eq!(name(many), Some("wrong_codes_per_minute"));
        assert_eq!(name(OtpLimits { countries: Some(Vec::new()), ..default() }), Some("countries"));
        assert_eq!(name(OtpLimits { countries: Some(vec!["XX".into()]), ..default() }), Some("countries"));
        for territory in ["AX", "BL", "CC", "CX", "EH", "MF", "SJ", "VA"] {
            let limits = OtpLimits { countries: Some(vec![territory.into()]), ..default() };
            assert_eq!(name(limits), Some("countries"), "{territory}");
        }
        assert_eq!(name(OtpLimits { countries: Some(vec!["CZ".into(), "+421".into()]), ..default() }), None);
    }
}
