//! The table of the runtime's settings: path, what may be set, what holds without it, and what it is. The runtime reads by it,
//! `docs/settings.md` and the `settings.yaml` of a new crate are written from it. What a value does is decided by who reads it.

mod table;

use std::fmt::Write as _;

pub use table::SETTINGS;

/// A setting, or all settings of one form.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its path; what stands in angle brackets is a name of the definition's or of the settings'.
    pub path: &'static str,
    /// The section that it stands in.
    pub section: Section,
    /// What may be set.
    pub kind: Kind,
    /// What holds where nothing is set.
    pub default: Default,
    /// What it is, in Markdown; the first sentence is enough for whoever knows the adapter.
    pub about: &'static str,
}

/// The sections of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Addresses, and who stands in front.
    Network,
    /// TLS of the adapter's own ports.
    Tls,
    /// Who may call.
    Callers,
    /// Where state is kept.
    Store,
    /// Keys and passwords.
    Keys,
    /// One-time codes and sessions.
    Codes,
    /// Rate limits and lockout.
    Limits,
    /// Messages.
    Messages,
    /// Calls of hooks.
    Hooks,
    /// The audit log.
    Audit,
    /// Traces and metrics for a collector.
    Telemetry,
    /// How much is taken in at once.
    Capacity,
    /// What answers say, and the definition's own.
    Answers,
    /// What may be set with `--dev`.
    Development,
}

impl Section {
    /// All of them, in the order of the documentation.
    pub const ALL: [Section; 14] = [
        Section::Network,
        Section::Tls,
        Section::Callers,
        Section::Store,
        Section::Keys,
        Section::Codes,
        Section::Limits,
        Section::Messages,
        Section::Hooks,
        Section::Audit,
        Section::Telemetry,
        Section::Capacity,
        Section::Answers,
        Section::Development,
    ];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Section::Network => "Addresses and proxies",
            Section::Tls => "TLS and HTTP/2",
            Section::Callers => "Callers",
            Section::Store => "Store",
            Section::Keys => "Keys and password encryption",
            Section::Codes => "One-time codes and sessions",
            Section::Limits => "Rate limits and lockout",
            Section::Messages => "Messages",
            Section::Hooks => "Hooks",
            Section::Audit => "Audit log",
            Section::Telemetry => "OpenTelemetry",
            Section::Capacity => "Capacity",
            Section::Answers => "Answers, and the definition's own",
            Section::Development => "Development",
        }
    }
}

/// What may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// An integer from the first to the second.
    Integer(i64, i64),
    /// A length of time, from so many seconds to so many.
    Time(u64, u64),
    /// A size, from so many bytes to so many.
    Size(u64, u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `5 in 10m`; several of them if it is true.
    Limit(bool),
    /// Something else, in words.
    Other(&'static str),
}

/// How often something may be in how long, at the least and at the most.
const LIMIT: &str = "1 to 1000 in `60s` to `7d`";

impl Kind {
    /// What may be set, in Markdown.
    pub fn values(self) -> String {
        match self {
            Kind::Boolean => "`true` or `false`".to_owned(),
            Kind::Integer(least, most) => format!("{} to {}", grouped(least), grouped(most)),
            Kind::Time(least, most) => format!("a time, `{}` to `{}`", time(least), time(most)),
            Kind::Size(least, most) => format!("a size, `{}` to `{}`", size(least), size(most)),
            Kind::OneOf(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                words.join(" or ")
            }
            Kind::Limit(false) => format!("a limit, {LIMIT}"),
            Kind::Limit(true) => format!("a list of limits, each {LIMIT}"),
            Kind::Other(words) => words.to_owned(),
        }
    }

    /// What is said of a value that may not be set: its bounds, or what is wanted.
    pub fn refusal(self, value: &str) -> String {
        match self {
            Kind::Time(least, most) => format!("`{value}` is not between `{}` and `{}`", time(least), time(most)),
            Kind::Size(least, most) => format!("a size from `{}` to `{}` is wanted", size(least), size(most)),
            Kind::Integer(least, most) => format!("{value} is not between {least} and {most}"),
            other => format!("{} is wanted", other.values()),
        }
    }
}

/// What holds where nothing is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// This value, as the settings file would have it.
    Is(&'static str),
    /// What the words say, in Markdown; and a value that could be set.
    Says(&'static str, &'static str),
}

impl Setting {
    /// True if a path is this setting's, or of its form.
    pub fn is_at(&self, path: &str) -> bool {
        let mut given = path.split('.');
        let mut own = self.path.split('.');
        loop {
            match (own.next(), given.next()) {
                (None, None) => return true,
                (Some(own), Some(given)) if own == given || own.starts_with('<') => {}
                _ => return false,
            }
        }
    }

    /// A value that can be set, as the settings file would have it.
    pub const fn example(&self) -> &'static str {
        match self.default {
            Default::Is(value) | Default::Says(_, value) => value,
        }
    }

    /// The first sentence of what it is.
    pub fn summary(&self) -> &'static str {
        self.about.split_once(". ").map_or(self.about, |(first, _)| first)
    }
}

/// The setting of a path, if there is one.
pub fn find(path: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.is_at(path))
}

/// The settings of a section.
pub fn of(section: Section) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.section == section)
}

/// The table in Markdown, a section each.
pub fn documentation() -> String {
    let mut text = String::new();
    for section in Section::ALL {
        // Writing into a String cannot fail.
        let _ = write!(text, "### {}\n\n", section.title());
        text.push_str("| path | what it is | what may be set | where nothing is set |\n|---|---|---|---|\n");
        for setting in of(section) {
            let default = match setting.default {
                Default::Is(value) => format!("`{value}`"),
                Default::Says(words, _) => words.to_owned(),
            };
            let (path, about, values) = (setting.path, setting.about, setting.kind.values());
            let _ = writeln!(text, "| `{path}` | {about} | {values} | {default} |");
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

/// Seconds as people write them: `1h`.
pub fn time(seconds: u64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        days if days % 86_400 == 0 => format!("{}d", days / 86_400),
        hours if hours % 3_600 == 0 => format!("{}h", hours / 3_600),
        minutes if minutes % 60 == 0 => format!("{}m", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}

/// Bytes as people write them: `64KiB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        mebibytes if mebibytes % (1024 * 1024) == 0 => format!("{}MiB", mebibytes / (1024 * 1024)),
        kibibytes if kibibytes % 1024 == 0 => format!("{}KiB", kibibytes / 1024),
        bytes => bytes.to_string(),
    }
}

/// `10,000`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_row_and_the_rows_stand_by_section() {
        for setting in SETTINGS {
            let found = SETTINGS.iter().filter(|other| other.is_at(setting.path)).count();
            assert_eq!(found, 1, "{}", setting.path);
        }
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.section));
        assert_eq!(find("otps.sms.life").unwrap().path, "otps.<kind>.life");
        assert!(find("otps.life").is_none() && find("listen.here").is_none());
    }

    #[test]
    fn texts_are_written_for_people() {
        for setting in SETTINGS {
            assert!(!setting.about.ends_with('.') && !setting.about.contains('|'), "{}", setting.path);
            assert!(!setting.summary().is_empty() && setting.summary().len() < 300, "{}", setting.path);
        }
        assert_eq!(Kind::Time(60, 31_536_000).refusal("5s"), "`5s` is not between `1m` and `365d`");
        assert_eq!(Kind::Size(1024, 1024 * 1024).values(), "a size, `1KiB` to `1MiB`");
        assert_eq!(Kind::Integer(100, 1_000_000).values(), "100 to 1,000,000");
        assert_eq!([time(0), time(90), time(7_200), time(86_400)], ["0s", "90s", "2h", "1d"]);
    }
}
