//! Conversions between `Timestamp` and the instants of other libraries. Texts are read and written in `timestamp`.
//!
//! A `Timestamp` is between the years -9999 and 9999. An instant outside becomes the nearest one inside.

use std::time::SystemTime;

use super::Timestamp;

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self::of_instant(instant)
    }
}

impl From<Timestamp> for jiff::Timestamp {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.instant()
    }
}

/// A time before the year -9999 or after 9999 becomes the nearest one that a `Timestamp` can have.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let is_past = time < SystemTime::UNIX_EPOCH;
        or_nearest(jiff::Timestamp::try_from(time), is_past)
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.instant().into()
    }
}

/// A time before the year -9999 or after 9999 becomes the nearest one that a `Timestamp` can have; a leap second becomes
/// the end of the second before it.
#[cfg(feature = "chrono")]
impl<Z: chrono::TimeZone> From<chrono::DateTime<Z>> for Timestamp {
    fn from(time: chrono::DateTime<Z>) -> Self {
        let nanosecond = time.timestamp_subsec_nanos().min(LAST_NANOSECOND);
        of_parts(time.timestamp(), nanosecond)
    }
}

#[cfg(feature = "chrono")]
impl From<Timestamp> for chrono::DateTime<chrono::Utc> {
    fn from(timestamp: Timestamp) -> Self {
        let (second, nanosecond) = parts(timestamp.instant());
        // The years of chrono go much further.
        Self::from_timestamp(second, nanosecond).unwrap_or_default()
    }
}

/// A time before the year -9999 or after 9999 becomes the nearest one that a `Timestamp` can have.
#[cfg(feature = "time")]
impl From<time::OffsetDateTime> for Timestamp {
    fn from(time: time::OffsetDateTime) -> Self {
        of_parts(time.unix_timestamp(), time.nanosecond())
    }
}

#[cfg(feature = "time")]
impl From<Timestamp> for time::OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        let nanoseconds = timestamp.instant().as_nanosecond();
        // The years of `time` are the same, and its last one has some hours more.
        Self::from_unix_timestamp_nanos(nanoseconds).unwrap_or(Self::UNIX_EPOCH)
    }
}

#[cfg(any(feature = "chrono", feature = "time"))]
const LAST_NANOSECOND: u32 = 999_999_999;

/// The instant so many nanoseconds after the second.
#[cfg(any(feature = "chrono", feature = "time"))]
fn of_parts(second: i64, nanosecond: u32) -> Timestamp {
    let nanosecond = i32::try_from(nanosecond).unwrap_or_default();
    let instant = jiff::Timestamp::new(second, nanosecond);
    or_nearest(instant, second < 0)
}

/// The last second before the instant, and the nanoseconds since.
#[cfg(feature = "chrono")]
fn parts(instant: jiff::Timestamp) -> (i64, u32) {
    let (second, nanosecond) = (instant.as_second(), instant.subsec_nanosecond());
    match u32::try_from(nanosecond) {
        Ok(nanosecond) => (second, nanosecond),
        Err(_) => {
            let since = LAST_NANOSECOND + 1 - nanosecond.unsigned_abs();
            (second.saturating_sub(1), since)
        }
    }
}

fn or_nearest(instant: Result<jiff::Timestamp, jiff::Error>, is_past: bool) -> Timestamp {
    let nearest = match is_past {
        true => jiff::Timestamp::MIN,
        false => jiff::Timestamp::MAX,
    };
    Timestamp::of_instant(instant.unwrap_or(nearest))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: u64 = 1_779_282_000;
    const TEXT: &str = "2026-05-20T13:00:00Z";

    #[test]
    fn the_time_of_the_system_converts_both_ways() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(SECOND);
        let timestamp = Timestamp::from(time);
        assert_eq!(timestamp.to_string(), TEXT);
        assert_eq!(SystemTime::from(timestamp), time);
        let far = Duration::from_secs(1 << 40);
        for (time, nearest) in [
            (SystemTime::UNIX_EPOCH + far, jiff::Timestamp::MAX),
            (SystemTime::UNIX_EPOCH - far, jiff::Timestamp::MIN),
        ] {
            assert_eq!(Timestamp::from(time).instant(), nearest);
        }
    }

    /// The ends, and instants on both sides of the epoch.
    #[cfg(any(feature = "chrono", feature = "time"))]
    fn instants() -> Vec<Timestamp> {
        let texts = [
            "1969-12-31T23:59:59.000000001Z",
            "1969-12-31T23:59:58.5Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00.000000001Z",
            TEXT,
        ];
        let ends = [jiff::Timestamp::MIN, jiff::Timestamp::MAX].map(Timestamp::from);
        let parsed = texts.iter().map(|text| text.parse().unwrap());
        parsed.chain(ends).collect()
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn times_of_chrono_convert_both_ways() {
        use chrono::{DateTime, FixedOffset, Utc};

        for timestamp in instants() {
            let time = DateTime::<Utc>::from(timestamp.clone());
            assert_eq!(Timestamp::from(time), timestamp, "{time}");
        }
        let paris = DateTime::<FixedOffset>::parse_from_rfc3339("2026-05-20T15:00:00+02:00");
        assert_eq!(Timestamp::from(paris.unwrap()), TEXT.parse().unwrap());
        let minute_end = SECOND.cast_signed() - 1;
        let leap = DateTime::<Utc>::from_timestamp(minute_end, 1_500_000_000).unwrap();
        let last = "2026-05-20T12:59:59.999999999Z".parse().unwrap();
        assert_eq!(Timestamp::from(leap), last);
        let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert_eq!(Timestamp::from(first).instant(), jiff::Timestamp::MIN);
        assert_eq!(Timestamp::from(last).instant(), jiff::Timestamp::MAX);
    }

    #[cfg(feature = "time")]
    #[test]
    fn times_of_time_convert_both_ways() {
        use time::{OffsetDateTime, UtcOffset};

        for timestamp in instants() {
            let time = OffsetDateTime::from(timestamp.clone());
            assert_eq!(Timestamp::from(time), timestamp, "{time:?}");
        }
        let time = OffsetDateTime::from_unix_timestamp(SECOND.cast_signed()).unwrap();
        let paris = time.to_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        assert_eq!(Timestamp::from(paris), TEXT.parse().unwrap());
        let last = OffsetDateTime::from_unix_timestamp(253_402_300_799).unwrap();
        assert_eq!(Timestamp::from(last).instant(), jiff::Timestamp::MAX);
    }
}
