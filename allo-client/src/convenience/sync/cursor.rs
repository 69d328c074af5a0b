//! The position of a reader of new items. It can be stored, and reading can resume from it.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::model::timestamp::Timestamp;

/// A position among the calls and text messages of a number.
///
/// It can be stored (it serialises, and contains ids and times but nothing personal) and passed to
/// [`since`](crate::resources::Conversations::since) for the same number. The first cursor is
/// created from the start time.
///
/// ```
/// use allo_client::{SyncCursor, Timestamp};
///
/// let start: Timestamp = "2026-05-01T00:00:00Z".parse()?;
/// let cursor = SyncCursor::from(start);
/// let stored = serde_json::to_string(&cursor).unwrap();
/// assert_eq!(serde_json::from_str::<SyncCursor>(&stored).unwrap(), cursor);
/// # Ok::<(), allo_client::TimestampError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCursor {
    /// Older items are never returned.
    since: Timestamp,
    /// All items up to this time have been returned, except those that appear late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    /// The items already returned of the overlap, which is read again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<Seen>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    id: String,
    date: Timestamp,
}

impl SyncCursor {
    /// Until when everything has been read; the start time if nothing has been read.
    #[must_use]
    pub fn until(&self) -> &Timestamp {
        self.until.as_ref().unwrap_or(&self.since)
    }

    /// The time from which to read.
    pub(super) fn start(&self, overlap: Duration) -> jiff::Timestamp {
        let since = self.since.instant();
        match &self.until {
            Some(until) => since.max(before(until.instant(), overlap)),
            None => since,
        }
    }

    pub(super) fn has_seen(&self, id: &str) -> bool {
        self.seen.iter().any(|seen| seen.id == id)
    }

    /// Records that an item was returned.
    pub(super) fn note(&mut self, id: &str, date: jiff::Timestamp, overlap: Duration) {
        self.seen.push(Seen {
            id: id.to_owned(),
            date: date.into(),
        });
        self.finish(date, overlap);
    }

    /// Records that everything up to `date` was returned. The position never moves back.
    pub(super) fn finish(&mut self, date: jiff::Timestamp, overlap: Duration) {
        let date = date.max(self.until().instant());
        self.until = Some(date.into());
        let start = self.start(overlap);
        self.seen.retain(|seen| seen.date.instant() >= start);
    }
}

impl From<Timestamp> for SyncCursor {
    fn from(since: Timestamp) -> Self {
        Self {
            since,
            until: None,
            seen: Vec::new(),
        }
    }
}

fn before(time: jiff::Timestamp, by: Duration) -> jiff::Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.checked_sub(by).unwrap_or(jiff::Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn at(text: &str) -> jiff::Timestamp {
        text.parse::<Timestamp>().unwrap().instant()
    }

    #[test]
    fn it_looks_back_but_never_before_its_beginning() {
        let since: Timestamp = "2026-05-01T10:00:00Z".parse().unwrap();
        let mut cursor = SyncCursor::from(since);
        cursor.note("cll-1", at("2026-05-01T10:20:00Z"), HOUR);
        assert_eq!(cursor.start(HOUR), at("2026-05-01T10:00:00Z"));
        cursor.note("cll-2", at("2026-05-01T12:00:00Z"), HOUR);
        assert_eq!(cursor.start(HOUR), at("2026-05-01T11:00:00Z"));
        assert!(!cursor.has_seen("cll-1") && cursor.has_seen("cll-2"));
    }

    #[test]
    fn what_comes_late_does_not_take_it_back() {
        let since: Timestamp = "2026-05-01T10:00:00Z".parse().unwrap();
        let mut cursor = SyncCursor::from(since);
        cursor.finish(at("2026-05-01T15:00:00Z"), HOUR);
        cursor.note("cll-late", at("2026-05-01T14:30:00Z"), HOUR);
        assert_eq!(cursor.until().instant(), at("2026-05-01T15:00:00Z"));
        assert!(cursor.has_seen("cll-late"));
        let stored = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<SyncCursor>(&stored).unwrap(), cursor);
    }
}
