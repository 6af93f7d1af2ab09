//! Lengths of time and sizes as definitions write them, and what to write for one that was written otherwise.

/// How people write units of time.
const OF_TIME: [(&str, &[&str]); 4] = [
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("m", &["m", "min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("d", &["d", "day", "days"]),
];

/// How people write units of sizes.
const OF_SIZE: [(&str, &[&str]); 2] = [("KiB", &["k", "kb", "kib"]), ("MiB", &["m", "mb", "mib"])];

/// The least and the most that a body may have.
const BODY: std::ops::RangeInclusive<u64> = 1024..=16 * 1024 * 1024;

/// `5m` -> 300; no length is no length of time.
pub fn seconds(text: &str) -> Option<u64> {
    countersign_engine::duration::seconds(text).filter(|seconds| *seconds > 0)
}

/// What to write for what is no length of time.
pub fn length_help(text: &str) -> String {
    match with_unit(text, &OF_TIME) {
        Some(meant) if seconds(&meant).is_some() => format!("write `{meant}`"),
        _ if !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit()) => {
            format!("write `{text}s`, `{text}m`, `{text}h` or `{text}d`")
        }
        _ => "write a number and s, m, h or d, without a blank between them, such as `5m`".to_owned(),
    }
}

/// `64KiB` -> 65536, where a body may have so much.
pub fn bytes(text: &str) -> Option<u64> {
    let unit = |suffix: &str, factor: u64| text.strip_suffix(suffix)?.trim().parse::<u64>().ok()?.checked_mul(factor);
    unit("KiB", 1024).or_else(|| unit("MiB", 1024 * 1024)).filter(|bytes| BODY.contains(bytes))
}

/// What to write for what is no size of a body.
pub fn size_help(text: &str) -> String {
    let whole = |unit: u64| text.parse::<u64>().ok().filter(|bytes| *bytes > 0 && bytes % unit == 0);
    let plain = whole(1024 * 1024).map(|bytes| format!("{}MiB", bytes / (1024 * 1024)));
    let plain = plain.or_else(|| whole(1024).map(|bytes| format!("{}KiB", bytes / 1024)));
    let meant = plain.or_else(|| with_unit(text, &OF_SIZE)).filter(|meant| bytes(meant).is_some());
    meant.map_or("write a number and KiB or MiB, such as `64KiB`".to_owned(), |meant| format!("write `{meant}`"))
}

/// A number with its unit as definitions write it.
fn with_unit(text: &str, units: &[(&str, &[&str])]) -> Option<String> {
    let compact: String = text.to_lowercase().split_whitespace().collect();
    let digits = compact.len() - compact.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = compact.split_at_checked(digits).filter(|(number, _)| !number.is_empty())?;
    let (own, _) = units.iter().find(|(_, words)| words.contains(&unit))?;
    Some(format!("{number}{own}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_offered() {
        for (written, help) in [
            ("180 s", "write `180s`"),
            ("5 minutes", "write `5m`"),
            ("5Min", "write `5m`"),
            ("3", "write `3s`, `3m`, `3h` or `3d`"),
            ("soon", "write a number and s, m, h or d, without a blank between them, such as `5m`"),
            ("0s", "write a number and s, m, h or d, without a blank between them, such as `5m`"),
        ] {
            assert_eq!(length_help(written), help, "{written}");
        }
        for (written, help) in [
            ("10MB", "write `10MiB`"),
            ("64 k", "write `64KiB`"),
            ("65536", "write `64KiB`"),
            ("17MiB", "write a number and KiB or MiB, such as `64KiB`"),
        ] {
            assert_eq!(size_help(written), help, "{written}");
        }
    }
}
