//! Days and moments. A moment is UTC, and how it looks on the wire is the definition's word; which day a moment falls on
//! depends on a zone.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::adapter::Times;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// Reads `2019-06-29`; the day must exist.
    pub fn parse(text: &str) -> Option<Date> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        shaped.then(|| text.parse().ok().map(Date)).flatten()
    }

    /// Reads what [`Date::text`] writes with this pattern.
    pub fn parse_as(text: &str, pattern: &str) -> Option<Date> {
        civil::Date::strptime(pattern, text).ok().map(Date)
    }

    /// The day as a text, by a pattern of `strftime`.
    pub fn text(self, pattern: &str) -> String {
        jiff::fmt::strtime::format(pattern, self.0).unwrap_or_else(|_| self.to_string())
    }

    /// How many whole years have passed since this day.
    pub fn years_on(self, today: Date) -> i32 {
        let had_birthday = (today.0.month(), today.0.day()) >= (self.0.month(), self.0.day());
        i32::from(today.year()) - i32::from(self.year()) - i32::from(!had_birthday)
    }

    /// Its year.
    pub(crate) fn year(self) -> i16 {
        self.0.year()
    }
}

impl From<Time> for Date {
    /// The day in UTC.
    fn from(at: Time) -> Self {
        at.day_in(&Zone::UTC)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A zone, which says on which day a moment falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone(TimeZone::UTC);

    /// The zone of this name in the IANA database, such as `Europe/Prague`.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }
}

/// A moment, to the nanosecond.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

impl Time {
    /// Now, by the system's clock. Behaviours take the request's time instead.
    pub fn now() -> Time {
        Time(Timestamp::now())
    }

    /// The day on which it falls in a zone.
    pub fn day_in(self, zone: &Zone) -> Date {
        Date(self.0.to_zoned(zone.0.clone()).date())
    }

    /// So many seconds after 1970 began; what no calendar reaches becomes the nearest end.
    pub fn from_seconds(seconds: i64) -> Time {
        Time::near(Timestamp::from_second(seconds), seconds)
    }

    /// So many milliseconds after 1970 began.
    pub fn from_millis(millis: i64) -> Time {
        Time::near(Timestamp::from_millisecond(millis), millis)
    }

    /// So many microseconds after 1970 began.
    pub fn from_micros(micros: i64) -> Time {
        Time::near(Timestamp::from_microsecond(micros), micros)
    }

    fn near(found: Result<Timestamp, jiff::Error>, sign: i64) -> Time {
        Time(found.unwrap_or(if sign < 0 { Timestamp::MIN } else { Timestamp::MAX }))
    }

    /// Whole seconds since 1970 began.
    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Whole milliseconds since 1970 began.
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Whole microseconds since 1970 began.
    pub fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The moment so much later.
    pub fn plus(self, span: Duration) -> Time {
        let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
        Time(self.0.saturating_add(span).unwrap_or(Timestamp::MAX))
    }

    /// The moment so much earlier.
    pub fn minus(self, span: Duration) -> Time {
        let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
        Time(self.0.saturating_sub(span).unwrap_or(Timestamp::MIN))
    }

    /// The moment so many seconds later; a negative number is earlier.
    pub fn plus_seconds(self, seconds: i64) -> Time {
        let span = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 { self.minus(span) } else { self.plus(span) }
    }

    /// The moment so many seconds earlier.
    pub fn minus_seconds(self, seconds: i64) -> Time {
        self.plus_seconds(seconds.saturating_neg())
    }

    /// How long ago the other was; nothing if it is yet to come.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::try_from(self.0.duration_since(earlier.0)).unwrap_or(Duration::ZERO)
    }

    /// Reads RFC 3339, its offset also as `+0200`, or `2021-09-20 10:50:59` as UTC. The name of a zone in brackets is refused;
    /// what no calendar reaches becomes the nearest end.
    pub fn parse(text: &str) -> Option<Time> {
        let (local, behind) = text.split_at_checked(DAY_AND_TIME.len())?;
        let digits = behind.strip_prefix('.').map(|behind| behind.len() - behind.trim_start_matches(is_digit).len());
        let fraction = digits.map_or(0, |digits| 1 + digits);
        let (fraction, offset) = behind.split_at_checked(fraction)?;
        if !has_shape(local, DAY_AND_TIME) || digits == Some(0) || local.ends_with(":60") && !local.ends_with(":59:60")
        {
            return None;
        }
        let local: civil::DateTime = format!("{local}{fraction}").parse().ok()?;
        let end = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Some(Time(offset_of(offset)?.to_timestamp(local).unwrap_or(end)))
    }

    /// Reads what [`Time::text`] writes with this pattern, else what [`Time::parse`] reads. An offset counts wherever the
    /// pattern has one.
    pub fn parse_as(text: &str, times: Times) -> Option<Time> {
        match times {
            Times::EpochMs => text.parse().ok().map(Time::from_millis),
            Times::EpochS => text.parse().ok().map(Time::from_seconds),
            Times::Pattern(pattern) => {
                countersign_engine::times::read(pattern, text).map(Time).or_else(|| Time::parse(text))
            }
        }
    }

    /// The moment as a text.
    pub fn text(self, times: Times) -> String {
        match times {
            Times::EpochMs => self.millis().to_string(),
            Times::EpochS => self.millis().div_euclid(1000).to_string(),
            Times::Pattern(pattern) => self.common(pattern).unwrap_or_else(|| self.by(pattern)),
        }
    }

    /// As a pattern of `strftime` says it.
    fn by(self, pattern: &str) -> String {
        jiff::fmt::strtime::format(pattern, &self.0.to_zoned(TimeZone::UTC)).unwrap_or_else(|_| self.to_string())
    }

    /// The same for a fifth of the instructions, for a pattern as most are: RFC 3339 to the second or its thousandth, and
    /// whatever stands behind it.
    fn common(self, pattern: &str) -> Option<String> {
        let behind = pattern.strip_prefix("%Y-%m-%dT%H:%M:%S")?;
        let (has_millis, behind) = behind.strip_prefix("%.3f").map_or((false, behind), |behind| (true, behind));
        let whole = self.to_string();
        let (seconds, fraction) = whole.split_at_checked(DAY_AND_TIME.len())?;
        if !has_shape(seconds, DAY_AND_TIME) {
            return None;
        }
        let mut text = String::with_capacity(seconds.len() + ".000".len() + behind.len());
        text.push_str(seconds);
        if has_millis {
            let digits = fraction.trim_matches(['.', 'Z']);
            text.push('.');
            text.extend(digits.chars().chain("000".chars()).take(3));
        }
        text.push_str(behind);
        (!behind.contains('%')).then_some(text)
    }
}

/// The shape of a day and a time of day: a digit where there is one, and a `T`, small or a blank in the middle.
const DAY_AND_TIME: &str = "0000-00-00T00:00:00";

fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(sign, shape): (char, char)| match shape {
        '0' => is_digit(sign),
        'T' => matches!(sign, 'T' | 't' | ' '),
        '+' => matches!(sign, '+' | '-'),
        other => sign == other,
    };
    text.len() == shape.len() && text.chars().zip(shape.chars()).all(fits)
}

fn is_digit(sign: char) -> bool {
    sign.is_ascii_digit()
}

/// What stands behind a time of day; nothing is UTC.
fn offset_of(text: &str) -> Option<Offset> {
    if matches!(text, "" | "Z" | "z") {
        return Some(Offset::UTC);
    }
    if !has_shape(text, "+00:00") && !has_shape(text, "+0000") {
        return None;
    }
    let (hours, minutes): (i32, i32) = (text.get(1..3)?.parse().ok()?, text.get(text.len() - 2..)?.parse().ok()?);
    let seconds = 60 * (60 * hours + minutes);
    let sound = hours < 24 && minutes < 60;
    sound.then(|| Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()).flatten()
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Time(at)
    }
}

impl From<Time> for Timestamp {
    fn from(at: Time) -> Self {
        at.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A text that is no day, or no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("this is no day and no moment")
    }
}

impl std::error::Error for NotATime {}

impl FromStr for Date {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Date::parse(text).ok_or(NotATime)
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Time::parse(text).ok_or(NotATime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_by_a_pattern() {
        let day = Date::parse("2021-09-20").unwrap();
        assert_eq!(day.text("%d.%m.%Y"), "20.09.2021");
        assert_eq!(Date::parse_as("20.09.2021", "%d.%m.%Y"), Some(day));
        for wrong in ["2021-09-20", "20.9.2021x", "31.02.2021", ""] {
            assert_eq!(Date::parse_as(wrong, "%d.%m.%Y"), None, "{wrong}");
        }
        assert_eq!(Date::from(Time::parse("2021-09-20T23:59:59-01:00").unwrap()), Date::parse("2021-09-21").unwrap());
    }

    const POWERAUTH: Times = Times::Pattern("%Y-%m-%dT%H:%M:%S%.3f+0000");

    #[test]
    fn times_are_written_as_the_pattern_says() {
        let at = Time::from_millis(1_561_816_499_010);
        assert_eq!(at.text(POWERAUTH), "2019-06-29T13:54:59.010+0000");
        assert_eq!(at.text(Times::EpochMs), "1561816499010");
        assert_eq!(at.text(Times::EpochS), "1561816499");
        assert_eq!(Time::parse_as("1561816499", Times::EpochS).map(Time::millis), Some(1_561_816_499_000));
        assert_eq!(Time::parse_as("2019-06-29T13:54:59.010+0000", POWERAUTH), Some(at));
    }

    #[test]
    fn common_patterns_are_written_as_all_others_are() {
        let moments = [0, 1, 999, 1_561_816_499_010, 253_402_207_199_999, -1, -1_000, -62_135_596_800_001, i64::MIN];
        for at in moments.into_iter().map(Time::from_millis).chain([Time::from_micros(-1), Time::from_micros(1_999)]) {
            for behind in ["", "%.3f", "%.3f+0000", "Z", "%.3fZ", "%.3f%z", "%.6f", "%%"] {
                let pattern = ["%Y-%m-%dT%H:%M:%S", behind].concat();
                let common = at.common(&pattern);
                assert!(common.is_none_or(|common| common == at.by(&pattern)), "{at} {pattern}");
            }
        }
        assert!(Time::from_seconds(0).common("%Y-%m-%dT%H:%M:%S%.3f+0000").is_some());
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        assert_eq!(Time::parse("2021-09-20 10:50:59"), Time::parse("2021-09-20T10:50:59Z"));
        assert_eq!(Time::parse("2021-02-30 10:50:59"), None);
        assert_eq!(Time::parse("yesterday"), None);
    }

    #[test]
    fn a_moment_has_a_day_a_time_of_day_and_nothing_odd() {
        let at = Time::parse("2021-09-20T10:50:59Z");
        for text in [
            "2021-09-20 10:50:59",
            "2021-09-20t10:50:59z",
            "2021-09-20T12:50:59+02:00",
            "2021-09-20T05:20:59-0530",
            "2021-09-20T10:50:59.000000000Z",
        ] {
            assert_eq!(Time::parse(text), at, "{text}");
        }
        for text in [
            "2021-09-20",
            "2021-09-20T10",
            "2021-09-20T10:50Z",
            "20210920T105059Z",
            "2021-09-20T10:50:59,123Z",
            "2021-09-20T10:50:59.Z",
            "2021-09-20T10:50:59+02:00:30",
            "2021-09-20T10:50:59+02",
            "2021-09-20T10:50:59+24:00",
            "2021-09-20T10:50:59-25:00",
            "2021-09-20T10:50:59+00:60",
            "+002021-09-20T10:50:59Z",
            "2021-09-20 10:50:60",
            "2021-09-20T24:00:00Z",
            "2021-09-20T10:50:59 Z",
            "2021-09-20T10:50:59\u{2212}01:00",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
        assert!(Time::parse("2016-12-31T23:59:60Z").is_some(), "a leap second");
    }

    #[test]
    fn the_end_of_the_calendar_is_no_wrong_type() {
        for text in ["9999-12-31T23:59:59.000+0000", "9999-12-31T23:59:59Z", "9999-12-31 23:59:59"] {
            assert_eq!(Time::parse(text), Some(Time(Timestamp::MAX)), "{text}");
            assert_eq!(Time::parse_as(text, POWERAUTH), Some(Time(Timestamp::MAX)), "{text}");
        }
    }

    #[test]
    fn an_offset_in_a_pattern_counts() {
        const OFFSET: Times = Times::Pattern("%Y-%m-%dT%H:%M:%S%.3f%z");
        let at = Time::parse("2026-11-29T00:51:06.384Z");
        for (text, times) in [
            ("2026-11-29T02:51:06.384+0200", OFFSET),
            ("2026-11-28T19:51:06.384-0500", OFFSET),
            ("2026-11-29T00:51:06.384+0000", OFFSET),
            ("2026-11-29T06:21:06.384+0530", OFFSET),
            ("2026-11-29T02:51:06.384+02:00", OFFSET),
            ("2026-11-29T02:51:06.384+02:00", Times::Pattern("%Y-%m-%dT%H:%M:%S%.f%:z")),
            ("29.11.2026 02:51:06.384 +0200", Times::Pattern("%d.%m.%Y %H:%M:%S%.f %z")),
            ("2026-11-28T19:51:06.384 America/New_York", Times::Pattern("%Y-%m-%dT%H:%M:%S%.f %Q")),
            ("2026-11-29T00:51:06.384", Times::Pattern("%Y-%m-%dT%H:%M:%S%.f")),
            ("2026-11-29T02:51:06.384+0200", POWERAUTH),
        ] {
            assert_eq!(Time::parse_as(text, times), at, "{text}");
        }
        assert_eq!(Time::parse_as("1561816499", Times::Pattern("%s")), Some(Time::from_seconds(1_561_816_499)));
        assert_eq!(at.map(|at| at.text(OFFSET)).as_deref(), Some("2026-11-29T00:51:06.384+0000"));
    }

    #[test]
    fn zones_in_brackets_and_offsets_that_are_none_are_refused() {
        for text in [
            "2026-11-29T01:51:06[Europe/Prague]",
            "2026-11-29T01:51:06+01:00[Europe/Prague]",
            "2026-11-29T01:51:06Z[UTC]",
            "2026-11-29 01:51:06[u-ca=gregory]",
            "2026-11-29T01:51:06[+01:00]",
            "2026-11-29T01:51:06+99:00",
            "2026-11-29T01:51:06-26:00",
            "2026-11-29T01:51:06 Europe/Prague",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
            assert_eq!(Time::parse_as(text, POWERAUTH), None, "{text}");
        }
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Time::from_seconds(i64::MAX), Time(Timestamp::MAX));
        assert_eq!(Time::from_seconds(i64::MIN), Time(Timestamp::MIN));
        assert_eq!(Time::from_seconds(10).plus(Duration::MAX), Time(Timestamp::MAX));
        assert_eq!(Time::from_seconds(10).minus_seconds(i64::MAX), Time(Timestamp::MIN));
        assert_eq!(Time::from_seconds(10).plus_seconds(-4).seconds(), 6);
        assert_eq!(Time::from_seconds(4).since(Time::from_seconds(10)), Duration::ZERO);
    }

    #[test]
    fn days_are_read_strictly() {
        assert_eq!(Date::parse("2019-06-29").unwrap().to_string(), "2019-06-29");
        for bad in ["2019-02-30", "19-06-29", "2019-6-29", "20190629", "2019-06-29T00:00"] {
            assert!(Date::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_birthday_counts_on_its_day() {
        let years = |born: &str, now: &str, zone: &str| {
            let today = Time::parse(now).unwrap().day_in(&Zone::named(zone).unwrap());
            Date::parse(born).unwrap().years_on(today)
        };
        assert_eq!(years("2001-03-10", "2019-03-09T23:59:59Z", "UTC"), 17);
        assert_eq!(years("2001-03-10", "2019-03-10T00:00:00Z", "UTC"), 18);
        assert_eq!(years("2001-03-10", "2019-03-09T23:30:00Z", "Europe/Prague"), 18, "it is the tenth there");
        assert_eq!(years("2001-03-10", "2019-03-10T07:59:00Z", "America/Los_Angeles"), 17, "it is the ninth there");
        assert_eq!(years("2001-03-10", "2019-03-09T16:00:00Z", "Asia/Singapore"), 18);
        assert_eq!(years("2004-02-29", "2022-02-28T12:00:00Z", "UTC"), 17);
        assert_eq!(years("2004-02-29", "2022-03-01T00:00:00Z", "UTC"), 18);
        assert_eq!((Zone::named("Prague"), Zone::named("Europe/Prag")), (None, None));
    }
}
