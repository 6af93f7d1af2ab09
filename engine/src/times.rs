//! Patterns of times: `strftime` directives, in UTC. How a time is read and written is the runtime's business; here it
//! is asked whether a pattern can be written, and tells one day from another.

use jiff::Timestamp;
use jiff::fmt::strtime::format;
use jiff::tz::TimeZone;

/// Asks whether times can be written by this pattern.
///
/// # Errors
/// Why they cannot, in one line.
pub fn check(pattern: &str) -> Result<(), String> {
    let written = |seconds| {
        let at = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::UTC);
        format(pattern, &at).map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())
    };
    // 2001-02-03T04:05:06Z and 2012-11-20T19:38:57Z differ in all their parts.
    if written(981_173_106)? == written(1_353_440_337)? {
        return Err("all times are written alike".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_pattern_tells_one_time_from_another() {
        for good in ["%Y-%m-%dT%H:%M:%S%.3fZ", "%F %T", "%s", "%d.%m.%Y", "100%% %Y"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["yyyy-MM-dd", "", "100%%", "%Y-%", "%Y %Ö", "%Y %!", "%Y %1"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
