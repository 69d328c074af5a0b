//! The position of a reader of calls and text messages. It can be stored, and reading can resume from it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::timestamp::Timestamp;

/// The ids that a cursor may contain beyond twice those that it needs.
const SPARE: usize = 256;

/// A position among your calls and text messages.
///
/// It can be stored as JSON (it contains ids, times and fingerprints, but nothing personal) and passed to
/// [`sync`](crate::resources::Conversations::sync) with the same filters, in the same process or another. The first
/// cursor is created from the start time.
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
    /// A fingerprint of the filters, once something has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filters: Option<String>,
    /// The items already returned of the overlap, which is read again, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    seen: BTreeMap<String, Seen>,
    /// How many items may be in `seen` before those outside the overlap are removed.
    #[serde(skip)]
    most: Most,
}

/// An item that was returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    date: Timestamp,
    /// Tells whether the item has changed.
    mark: String,
}

/// When to remove ids. It is no part of the position.
#[derive(Clone, Copy, Debug)]
struct Most(usize);

impl Default for Most {
    fn default() -> Self {
        Self(SPARE)
    }
}

impl PartialEq for Most {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Most {}

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

    /// Refuses other filters than those with which the cursor was made: items that those left out would be missed.
    pub(super) fn check(&mut self, filters: &str) -> Result<(), Error> {
        match &self.filters {
            Some(earlier) if earlier != filters => {
                let message = "the cursor belongs to a sync with other filters";
                Err(Error::invalid_request(message)
                    .with_param("cursor")
                    .with_suggestion("use the filters of that sync, or start again from a time"))
            }
            _ => {
                self.filters = Some(filters.to_owned());
                Ok(())
            }
        }
    }

    /// The mark of an item when it was last returned.
    pub(super) fn mark_of(&self, id: &str) -> Option<&str> {
        self.seen.get(id).map(|seen| seen.mark.as_str())
    }

    /// Records that an item was returned with this mark.
    pub(super) fn note(
        &mut self,
        id: &str,
        date: jiff::Timestamp,
        mark: String,
        overlap: Duration,
    ) {
        let date_of = Timestamp::from(date);
        let seen = Seen {
            date: date_of,
            mark,
        };
        self.seen.insert(id.to_owned(), seen);
        self.advance(date);
        if self.seen.len() > self.most.0 {
            self.prune(overlap);
        }
    }

    /// Records that everything up to `date` was returned. The position never moves back.
    pub(super) fn finish(&mut self, date: jiff::Timestamp, overlap: Duration) {
        self.advance(date);
        self.prune(overlap);
    }

    fn advance(&mut self, date: jiff::Timestamp) {
        let date = date.max(self.until().instant());
        self.until = Some(date.into());
    }

    /// Removes the items before the overlap.
    fn prune(&mut self, overlap: Duration) {
        let start = self.start(overlap);
        self.seen.retain(|_, seen| seen.date.instant() >= start);
        self.most = Most(self.seen.len().saturating_mul(2).saturating_add(SPARE));
    }
}

impl From<Timestamp> for SyncCursor {
    fn from(since: Timestamp) -> Self {
        Self {
            since,
            until: None,
            filters: None,
            seen: BTreeMap::new(),
            most: Most::default(),
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

    fn note(cursor: &mut SyncCursor, id: &str, date: &str) {
        cursor.note(id, at(date), "mark".to_owned(), HOUR);
    }

    #[test]
    fn it_looks_back_but_never_before_its_beginning() {
        let since: Timestamp = "2026-05-01T10:00:00Z".parse().unwrap();
        let mut cursor = SyncCursor::from(since);
        note(&mut cursor, "cll-1", "2026-05-01T10:20:00Z");
        assert_eq!(cursor.start(HOUR), at("2026-05-01T10:00:00Z"));
        note(&mut cursor, "cll-2", "2026-05-01T12:00:00Z");
        assert_eq!(cursor.start(HOUR), at("2026-05-01T11:00:00Z"));
        cursor.finish(at("2026-05-01T12:00:00Z"), HOUR);
        assert_eq!(cursor.mark_of("cll-1"), None);
        assert_eq!(cursor.mark_of("cll-2"), Some("mark"));
    }

    #[test]
    fn what_comes_late_does_not_take_it_back() {
        let since: Timestamp = "2026-05-01T10:00:00Z".parse().unwrap();
        let mut cursor = SyncCursor::from(since);
        cursor.finish(at("2026-05-01T15:00:00Z"), HOUR);
        note(&mut cursor, "cll-late", "2026-05-01T14:30:00Z");
        assert_eq!(cursor.until().instant(), at("2026-05-01T15:00:00Z"));
        assert!(cursor.mark_of("cll-late").is_some());
        let stored = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<SyncCursor>(&stored).unwrap(), cursor);
    }

    #[test]
    fn it_stays_as_small_as_the_overlap() {
        let since: Timestamp = "2026-05-01T10:00:00Z".parse().unwrap();
        let mut cursor = SyncCursor::from(since);
        let start = cursor.since.instant();
        for minute in 0..10_000_u64 {
            let date = start + Duration::from_secs(60 * minute);
            cursor.note(&format!("cll-{minute}"), date, String::new(), HOUR);
        }
        assert!(cursor.seen.len() <= 2 * 61 + SPARE, "{}", cursor.seen.len());
    }

    #[test]
    fn other_filters_are_refused() {
        let since: Timestamp = "2026-05-01T10:00:00Z".parse().unwrap();
        let mut cursor = SyncCursor::from(since);
        cursor.check("calls").unwrap();
        cursor.check("calls").unwrap();
        let error = cursor.check("all").unwrap_err();
        assert_eq!(error.param(), Some("cursor"));
    }
}
