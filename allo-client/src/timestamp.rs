//! Points in time as the API writes them, which is in more than one way.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time.
///
/// Reads `2026-05-20T13:00:00`, with or without an offset and with up to nine
/// digits of a fraction; without an offset it is UTC. Compares by instant, and
/// is written back as it was read:
///
/// ```
/// use allo_client::Timestamp;
///
/// let naive: Timestamp = "2026-05-20T13:00:00".parse()?;
/// let zoned: Timestamp = "2026-05-20T15:00:00.000+02:00".parse()?;
/// assert_eq!(naive, zoned);
/// assert_eq!(zoned.to_string(), "2026-05-20T15:00:00.000+02:00");
/// # Ok::<(), allo_client::TimestampError>(())
/// ```
#[derive(Clone)]
pub struct Timestamp {
    instant: jiff::Timestamp,
    /// The text as received; none if it is made from an instant.
    text: Option<Box<str>>,
}

/// A day of the calendar, written `2026-05-20`.
pub use jiff::civil::Date;

/// A text is not a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimestampError;

impl Timestamp {
    /// The present.
    #[must_use]
    pub fn now() -> Self {
        jiff::Timestamp::now().into()
    }

    /// The instant, for arithmetic and formatting.
    #[must_use]
    pub const fn instant(&self) -> jiff::Timestamp {
        self.instant
    }

    /// The text as received, if it was read from one.
    #[must_use]
    pub fn original(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_second(&self) -> i64 {
        self.instant.as_second()
    }
}

fn parse(text: &str) -> Result<jiff::Timestamp, TimestampError> {
    // A zone name in brackets would be ignored, and with it what the text means.
    if text.contains('[') {
        return Err(TimestampError);
    }
    let zoned = text.parse::<jiff::Timestamp>();
    zoned.or_else(|_| naive(text)).map_err(|_| TimestampError)
}

fn naive(text: &str) -> Result<jiff::Timestamp, jiff::Error> {
    let local: jiff::civil::DateTime = text.parse()?;
    jiff::tz::Offset::UTC.to_timestamp(local)
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let instant = parse(text)?;
        let text = Some(text.into());
        Ok(Self { instant, text })
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: &str) -> Result<Self, TimestampError> {
        text.parse()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, TimestampError> {
        let instant = parse(&text)?;
        let text = Some(text.into());
        Ok(Self { instant, text })
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self {
            instant,
            text: None,
        }
    }
}

impl From<Timestamp> for jiff::Timestamp {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.instant
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => f.pad(text),
            None => fmt::Display::fmt(&self.instant, f),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant.cmp(&other.instant)
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::try_from(text).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a timestamp such as 2026-05-20T13:00:00Z")
    }
}

impl std::error::Error for TimestampError {}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_779_282_000;

    #[test]
    fn every_form_the_api_uses_is_read_and_written_back() {
        let table = [
            ("2026-05-20T13:00:00", 0),
            ("2026-05-20T13:00:00Z", 0),
            ("2026-05-20t13:00:00z", 0),
            ("2026-05-20 13:00:00", 0),
            ("2026-05-20T13:00", 0),
            ("2026-05-20T13:00:00+00:00", 0),
            ("2026-05-20T15:00:00+02:00", 0),
            ("2026-05-20T15:00:00+0200", 0),
            ("2026-05-20T07:30:00-05:30", 0),
            ("2026-05-20T13:00:00.5", 500_000_000),
            ("2026-05-20T13:00:00.5Z", 500_000_000),
            ("2026-05-20T13:00:00.12", 120_000_000),
            ("2026-05-20T13:00:00.123Z", 123_000_000),
            ("2026-05-20T13:00:00.1234Z", 123_400_000),
            ("2026-05-20T13:00:00.12345Z", 123_450_000),
            ("2026-05-20T13:00:00.123456", 123_456_000),
            ("2026-05-20T13:00:00.1234567Z", 123_456_700),
            ("2026-05-20T13:00:00.12345678Z", 123_456_780),
            ("2026-05-20T13:00:00.123456789+00:00", 123_456_789),
        ];
        for (text, nanoseconds) in table {
            let timestamp: Timestamp = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(timestamp.as_second(), SECOND, "{text}");
            assert_eq!(
                timestamp.instant().subsec_nanosecond(),
                nanoseconds,
                "{text}"
            );
            assert_eq!(timestamp.original(), Some(text));
            let json = serde_json::to_value(&timestamp).unwrap();
            assert_eq!(json, text);
            assert_eq!(
                serde_json::from_value::<Timestamp>(json).unwrap(),
                timestamp
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "now",
            "1779282000",
            "2026-13-20T13:00:00Z",
            "2026-02-30T13:00:00Z",
            "2026-05-20T25:00:00Z",
            "2026-05-20T13:00:00+99:00",
            "2026-05-20T13:00:00.1234567890Z",
            "2026-05-20T13:00:00[Europe/Paris]",
            "2026-05-20T13:00:00Z[Europe/Paris]",
            "+12125550101",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError), "{text}");
        }
        assert!(serde_json::from_str::<Timestamp>("1779282000").is_err());
    }

    #[test]
    fn order_and_equality_are_those_of_the_instant() {
        let early: Timestamp = "2026-05-20T13:00:00".parse().unwrap();
        let same: Timestamp = "2026-05-20T15:00:00.0+02:00".parse().unwrap();
        let late = Timestamp::from(early.instant() + jiff::SignedDuration::from_nanos(1));
        assert_eq!(early, same);
        assert!(early < late);
        assert_eq!(late.to_string(), "2026-05-20T13:00:00.000000001Z");
        assert_eq!(late.original(), None);
    }
}
