//! Patterns of times: `strftime` directives, in UTC. Which forms beside its pattern a time is read in is the runtime's
//! business; here it is asked whether a pattern can be written and read, and distinguishes one day from another.

use jiff::civil::Date;
use jiff::fmt::strtime::{BrokenDownTime, format};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Asks whether times can be written by this pattern.
///
/// # Errors
/// Why they cannot, in one line.
pub fn check(pattern: &str) -> Result<(), String> {
    let [one, other] = written(pattern)?;
    if one == other { Err("all times are written alike".to_owned()) } else { Ok(()) }
}

/// The same, and whether what is written can be read again.
///
/// # Errors
/// Why it cannot, in one line.
pub fn check_read(pattern: &str) -> Result<(), String> {
    check(pattern)?;
    let unread = written(pattern)?.into_iter().find(|text| read(pattern, text).is_none());
    unread.map_or(Ok(()), |text| Err(format!("`{text}` does not say which moment it is")))
}

/// 2001-02-03T04:05:06Z and 2012-11-20T19:38:57Z, which differ in all their parts, by a pattern.
fn written(pattern: &str) -> Result<[String; 2], String> {
    let written = |seconds| {
        let at = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::UTC);
        format(pattern, &at).map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())
    };
    Ok([written(981_173_106)?, written(1_353_440_337)?])
}

/// What a pattern reads; without offset, zone or seconds since 1970 it is UTC.
pub fn read(pattern: &str, text: &str) -> Option<Timestamp> {
    let read = BrokenDownTime::parse(pattern, text).ok()?;
    if read.iana_time_zone().is_some() {
        return read.to_zoned().ok().map(|at| at.timestamp());
    }
    // No place on earth is a day ahead of another.
    if read.offset().is_some_and(|offset| offset.seconds().abs() >= 86_400) {
        return None;
    }
    if read.offset().is_some() || read.timestamp().is_some() {
        return read.to_timestamp().ok();
    }
    read.to_datetime().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
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
    use super::{check, check_days, check_read, seconds_ahead, years_since};

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

    #[test]
    fn a_pattern_of_times_can_be_read_again() {
        for good in ["%Y-%m-%dT%H:%M:%S%.3fZ", "%Y-%m-%dT%H:%M:%S%.3f+0000", "%F %T", "%s", "%d.%m.%Y", "%FT%T%:z"] {
            assert_eq!(check_read(good), Ok(()), "{good}");
        }
        for bad in ["%H:%M", "%Y", "%Y-%m", "%d.%m. %H:%M", "100%%"] {
            assert!(check_read(bad).is_err(), "{bad}");
        }
    }
}
