//! Patterns of times: `strftime` directives, in UTC. How a time is read and written is the runtime's business; here it
//! is asked whether a pattern can be written, and distinguishes one day from another.

use jiff::civil::Date;
use jiff::fmt::strtime::format;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

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

/// The same of days: every day that is written by the pattern can be read again.
///
/// # Errors
/// Why it cannot, in one line.
pub fn check_days(pattern: &str) -> Result<(), String> {
    let last = |error: jiff::Error| error.to_string().lines().last().unwrap_or_default().to_owned();
    for day in [jiff::civil::date(2001, 2, 3), jiff::civil::date(2012, 11, 20)] {
        let written = format(pattern, day).map_err(last)?;
        let read = Date::strptime(pattern, &written).map_err(last)?;
        if read != day {
            return Err(format!("`{written}` would be another day than `{day}`"));
        }
    }
    Ok(())
}

/// How many whole years ago a day is, such as `2001-02-03`; none if the text is no day.
pub fn years_since(day: &str) -> Option<i64> {
    let (day, today) = (day.parse::<Date>().ok()?, Zoned::now().with_time_zone(TimeZone::UTC).date());
    let had_birthday = (today.month(), today.day()) >= (day.month(), day.day());
    Some(i64::from(today.year() - day.year()) - i64::from(!had_birthday))
}

/// How many seconds from now a time is, such as `2026-11-29T12:00:00Z`; none if the text is no time in this form.
pub fn seconds_ahead(time: &str) -> Option<i64> {
    Some(time.parse::<Timestamp>().ok()?.as_second() - Timestamp::now().as_second())
}

#[cfg(test)]
mod tests {
    use super::{check, check_days, seconds_ahead, years_since};

    #[test]
    fn days_and_times_are_counted_from_now() {
        assert!(years_since("2001-02-03").is_some_and(|years| years >= 25));
        assert!(years_since("2999-01-01").is_some_and(|years| years < 0));
        assert!(seconds_ahead("2001-02-03T04:05:06Z").is_some_and(|seconds| seconds < 0));
        assert!(seconds_ahead("2999-01-01T00:00:00Z").is_some_and(|seconds| seconds > 0));
        assert_eq!((years_since("yesterday"), seconds_ahead("2001-02-03")), (None, None));
    }

    #[test]
    fn a_pattern_of_days_can_be_read_again() {
        for good in ["%d.%m.%Y", "%Y%m%d", "%d/%m/%y", "%F"] {
            assert_eq!(check_days(good), Ok(()), "{good}");
        }
        for bad in ["dd.MM.yyyy", "", "%d.%m.", "%H:%M", "%Y %Ö", "epoch_ms"] {
            assert!(check_days(bad).is_err(), "{bad}");
        }
    }

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
