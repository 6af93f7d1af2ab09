//! Days and moments. Both are UTC; how a moment looks on the wire is the definition's word.

use std::fmt;
use std::time::Duration;

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::json::Json;
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

    /// How many whole years have passed since this day.
    pub fn years_at(self, now: Time) -> i32 {
        let today = now.0.to_zoned(TimeZone::UTC).date();
        let had_birthday = (today.month(), today.day()) >= (self.0.month(), self.0.day());
        i32::from(today.year()) - i32::from(self.0.year()) - i32::from(!had_birthday)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
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

    /// The year, in UTC.
    pub(crate) fn year(self) -> i16 {
        self.0.to_zoned(TimeZone::UTC).year()
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

    /// Reads RFC 3339, or `2021-09-20 10:50:59` as UTC.
    pub fn parse(text: &str) -> Option<Time> {
        let zoned = text.parse::<Timestamp>().ok();
        let plain = || text.parse::<civil::DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
        zoned.or_else(plain).map(Time)
    }

    /// Reads what [`Time::text`] writes with this pattern, else what [`Time::parse`] reads.
    pub fn parse_as(text: &str, times: Times) -> Option<Time> {
        let as_sent = |pattern| jiff::fmt::strtime::parse(pattern, text).ok()?.to_datetime().ok();
        match times {
            Times::EpochMs => text.parse().ok().map(Time::from_millis),
            Times::Pattern(pattern) => as_sent(pattern)
                .and_then(|at| at.to_zoned(TimeZone::UTC).ok())
                .map(|at| Time(at.timestamp()))
                .or_else(|| Time::parse(text)),
        }
    }

    /// The moment as a text.
    pub fn text(self, times: Times) -> String {
        match times {
            Times::EpochMs => self.millis().to_string(),
            Times::Pattern(pattern) => jiff::fmt::strtime::format(pattern, &self.0.to_zoned(TimeZone::UTC))
                .unwrap_or_else(|_| self.to_string()),
        }
    }

    /// The moment as it is sent.
    pub fn format(self, times: Times) -> Json {
        match times {
            Times::EpochMs => Json::from(self.millis()),
            Times::Pattern(_) => Json::String(self.text(times)),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const POWERAUTH: Times = Times::Pattern("%Y-%m-%dT%H:%M:%S%.3f+0000");

    #[test]
    fn times_are_written_as_the_pattern_says() {
        let at = Time::from_millis(1_561_816_499_010);
        assert_eq!(at.text(POWERAUTH), "2019-06-29T13:54:59.010+0000");
        assert_eq!(at.format(Times::EpochMs), Json::from(1_561_816_499_010_i64));
        assert_eq!(Time::parse_as("2019-06-29T13:54:59.010+0000", POWERAUTH), Some(at));
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        assert_eq!(Time::parse("2021-09-20 10:50:59"), Time::parse("2021-09-20T10:50:59Z"));
        assert_eq!(Time::parse("2021-02-30 10:50:59"), None);
        assert_eq!(Time::parse("yesterday"), None);
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
        let born = Date::parse("2001-03-10").unwrap();
        assert_eq!(born.years_at(Time::parse("2019-03-09T23:59:59Z").unwrap()), 17);
        assert_eq!(born.years_at(Time::parse("2019-03-10T00:00:00Z").unwrap()), 18);
    }
}
