//! Timestamps in the formats that the API uses. Conversions from and to other libraries are in `timestamp::convert`.

mod convert;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time.
///
/// Parses `2026-05-20T13:00:00` with or without an offset and with up to nine fractional digits;
/// without an offset it is UTC. Timestamps compare by instant and are written as they were read. They convert from and
/// to [`SystemTime`](std::time::SystemTime), [`jiff::Timestamp`], and, with the feature of the same name, the times of the
/// crates `chrono` and `time`:
///
/// ```
/// use allo_client::Timestamp;
///
/// let naive: Timestamp = "2026-05-20T13:00:00".parse()?;
/// let zoned: Timestamp = "2026-05-20T15:00:00.000+02:00".parse()?;
/// assert_eq!(naive, zoned);
/// assert_eq!(zoned.to_string(), "2026-05-20T15:00:00.000+02:00");
///
/// let an_hour = std::time::Duration::from_secs(3600);
/// let since = Timestamp::from(std::time::SystemTime::now() - an_hour);
/// # assert!(since < Timestamp::now());
/// # Ok::<(), allo_client::TimestampError>(())
/// ```
#[derive(Clone)]
pub struct Timestamp {
    instant: jiff::Timestamp,
    text: Text,
}

/// The format in which a timestamp was written.
#[derive(Clone)]
enum Text {
    /// None: it was created from an instant.
    None,
    /// A short text, as nearly all are: the number of bytes used.
    Short(u8, [u8; SHORT]),
    Long(Box<str>),
}

/// The length of `2026-05-20T13:00:00.5Z`. A larger buffer would enlarge all timestamps for few.
const SHORT: usize = 22;

impl Text {
    fn new(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Self::Short(length, bytes)
            }
            _ => Self::Long(text.into()),
        }
    }

    fn as_str(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Short(length, bytes) => {
                let text = bytes.get(..usize::from(*length))?;
                std::str::from_utf8(text).ok()
            }
            Self::Long(text) => Some(text),
        }
    }
}

/// A calendar date, written `2026-05-20`.
pub use jiff::civil::Date;

/// A text is not a valid timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimestampError;

impl Timestamp {
    const fn of_instant(instant: jiff::Timestamp) -> Self {
        Self {
            instant,
            text: Text::None,
        }
    }

    /// The current time.
    #[must_use]
    pub fn now() -> Self {
        jiff::Timestamp::now().into()
    }

    /// The instant, for arithmetic and formatting.
    #[must_use]
    pub const fn instant(&self) -> jiff::Timestamp {
        self.instant
    }

    /// The original text, if the timestamp was parsed from one.
    #[must_use]
    pub fn original(&self) -> Option<&str> {
        self.text.as_str()
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_second(&self) -> i64 {
        self.instant.as_second()
    }
}

fn parse(text: &str) -> Result<jiff::Timestamp, TimestampError> {
    match plain(text.as_bytes()) {
        Some(instant) => Ok(instant),
        None => parse_any(text),
    }
}

/// A fast path for `YYYY-MM-DDTHH:MM:SS` with or without `Z`, the format of nearly all timestamps. Other texts may be
/// valid, too.
fn plain(text: &[u8]) -> Option<jiff::Timestamp> {
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        i0,
        i1,
        b':',
        s0,
        s1,
    ] = text
    else {
        return None;
    };
    let two = |tens: &u8, ones: &u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        (tens <= 9 && ones <= 9).then(|| (tens * 10 + ones).cast_signed())
    };
    let year = i16::from(two(y0, y1)?) * 100 + i16::from(two(y2, y3)?);
    let date = Date::new(year, two(m0, m1)?, two(d0, d1)?).ok()?;
    // Leap seconds and other rare forms are left to the full parser.
    let (hour, minute, second) = (two(h0, h1)?, two(i0, i1)?, two(s0, s1)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let local = date.at(hour, minute, second, 0);
    jiff::tz::Offset::UTC.to_timestamp(local).ok()
}

fn parse_any(text: &str) -> Result<jiff::Timestamp, TimestampError> {
    // A zone name in brackets would be ignored, and the timestamp would be wrong.
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
        let text = Text::new(text);
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
        text.parse()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.original() {
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
        match self.original() {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_str(&self.instant),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl serde::de::Visitor<'_> for TextVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
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
    fn the_quick_way_and_the_thorough_one_agree() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59",
            "2024-02-29T00:00:00Z",
            "2100-03-01T12:34:56",
            "0001-01-01T00:00:00Z",
            "9999-12-30T21:59:59Z",
        ] {
            let quick = plain(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(parse_any(text), Ok(quick), "{text}");
        }
        for text in [
            "2023-02-29T00:00:00Z",
            "2026-05-20T24:00:00",
            "2026-05-20T13:00:/0Z",
        ] {
            assert_eq!(
                (plain(text.as_bytes()), parse_any(text)),
                (None, Err(TimestampError))
            );
        }
        // Longer than most, and preserved.
        let long = "2026-05-20T13:00:00.123456789+00:00:00";
        assert_eq!(long.parse::<Timestamp>().unwrap().original(), Some(long));
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
