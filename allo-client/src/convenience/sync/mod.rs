//! Follows the calls and text messages of a number: returns each once, oldest first, from a start time or a stored
//! cursor. The cursor is in `cursor`.

mod cursor;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use jiff::ToSpan;
use jiff::tz::Offset;
use tokio::time::Instant;

use crate::codec::list::Malformed;
use crate::error::ErrorKind;
use crate::error::{Error, Outcome};
use crate::generated::builder::conversations::SearchAllConversations;
use crate::generated::operations;
use crate::generated::resources::Conversations;
use crate::generated::types::{ConversationItem, DateRange, ItemSort};
use crate::model::timestamp::Date;
use crate::pagination::Paginated;
use crate::transport::client_handle::Client;

pub use cursor::SyncCursor;

/// How much is read and sorted at a time.
const WINDOW_DAYS: i64 = 7;
/// The maximum number of times a window is read while its list changes.
const MOST_PASSES: usize = 3;
/// The default overlap.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

impl Conversations {
    /// Reads the calls and text messages of one of your numbers since a start time, or resumes from
    /// the cursor of an earlier reader.
    /// Each is returned once, oldest first. Store the cursor after an item is processed, and start
    /// from it the next time:
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client, stored: Option<String>) -> Result<(), Box<dyn std::error::Error>> {
    /// use allo_client::{SyncCursor, Timestamp};
    ///
    /// let start: SyncCursor = match stored {
    ///     Some(text) => serde_json::from_str(&text)?,
    ///     None => "2026-05-01T00:00:00Z".parse::<Timestamp>()?.into(),
    /// };
    /// let mut items = client.conversations().since("+12125550100", start);
    /// while let Some(item) = items.try_next().await? {
    ///     println!("{} {:?}", item.id, item.date);
    /// }
    /// println!("store {}", serde_json::to_string(items.cursor())?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Items are ordered by their date, which is when a call began. An item may appear later than
    /// that, so each reader starts one day back ([`ItemsSince::overlap`]) and skips the items that
    /// the cursor has seen. Items that appear even later are missed. A change of an item that was
    /// returned already is not reported.
    ///
    /// Pages that change while they are read are read again. The reader searches one week at a
    /// time, and each page counts as a write, of which a key may send 5 per second.
    pub fn since(
        &self,
        allo_number: impl Into<String>,
        start: impl Into<SyncCursor>,
    ) -> ItemsSince {
        ItemsSince {
            client: self.client.clone(),
            allo_number: allo_number.into(),
            transcripts: false,
            overlap: OVERLAP,
            deadline: None,
            ends: None,
            cursor: start.into(),
            buffer: VecDeque::new(),
            place: Place::Start,
        }
    }
}

/// Calls and text messages, oldest first; see [`Conversations::since`].
#[must_use = "nothing is sent until it is read"]
pub struct ItemsSince {
    client: Client,
    allo_number: String,
    transcripts: bool,
    overlap: Duration,
    deadline: Option<Duration>,
    /// The deadline, once the first request was sent.
    ends: Option<Instant>,
    cursor: SyncCursor,
    /// The remaining items of the window that was read last.
    buffer: VecDeque<Result<(jiff::Timestamp, ConversationItem), Error>>,
    place: Place,
}

/// The progress of a reader.
#[derive(Clone, Copy)]
enum Place {
    Start,
    /// In the window that ends at this time; the second time is the start of the reader.
    Within(jiff::Timestamp, jiff::Timestamp),
    End,
}

impl ItemsSince {
    /// How long after its date an item may appear and still be found: a day by default. The cursor
    /// contains the ids of that period.
    pub const fn overlap(mut self, overlap: Duration) -> Self {
        self.overlap = overlap;
        self
    }

    /// The deadline of the whole reader, counted from its first request; none by default. When it
    /// has passed, a read fails ([`Error::is_deadline`]) after the items of the last week read have
    /// been returned, and the cursor says where to resume. See
    /// [`Pages::deadline`](crate::Pages::deadline).
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Includes the transcripts of calls.
    pub const fn with_transcripts(mut self) -> Self {
        self.transcripts = true;
        self
    }

    /// The next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As the search itself; the next read retries it. An item that cannot be decoded or has no
    /// date is an error, too ([`Error::is_decode`]), after the other items of its week; the next
    /// read continues after it.
    pub async fn try_next(&mut self) -> Result<Option<ConversationItem>, Error> {
        loop {
            if let Some(slot) = self.buffer.pop_front() {
                let (date, item) = slot?;
                self.cursor.note(&item.id, date, self.overlap);
                return Ok(Some(item));
            }
            let (from, began) = match self.place {
                Place::Start => (self.cursor.start(self.overlap), self.now()),
                Place::Within(end, began) => {
                    self.cursor.finish(end.min(began), self.overlap);
                    if end > began {
                        self.place = Place::End;
                    }
                    (end, began)
                }
                Place::End => return Ok(None),
            };
            if matches!(self.place, Place::End) {
                return Ok(None);
            }
            let window = Window::at(from)?;
            if let (None, Some(deadline)) = (self.ends, self.deadline) {
                self.ends = Instant::now().checked_add(deadline);
            }
            self.buffer = self.read(&window).await?;
            self.place = Place::Within(window.end, began);
        }
    }

    /// The position after the item that was returned last.
    #[must_use]
    pub const fn cursor(&self) -> &SyncCursor {
        &self.cursor
    }

    fn now(&self) -> jiff::Timestamp {
        self.client.shared().context.clock.now()
    }

    fn request(&self, window: &Window) -> SearchAllConversations {
        let request = self
            .client
            .search_all_conversations()
            .allo_number(self.allo_number.as_str())
            .date(DateRange::new(window.first_day, window.last_day))
            .sort(ItemSort::DateAsc)
            .size(100);
        match self.transcripts {
            true => request.extend("transcript"),
            false => request,
        }
    }

    /// All items of a window that have not been returned yet, in order.
    async fn read(
        &self,
        window: &Window,
    ) -> Result<VecDeque<Result<(jiff::Timestamp, ConversationItem), Error>>, Error> {
        let mut found = BTreeMap::new();
        let mut problems = Vec::new();
        for _ in 0..MOST_PASSES {
            problems.clear();
            let mut pages = self.request(window).pages();
            if let Some(ends) = self.ends {
                pages = pages.deadline(ends.saturating_duration_since(Instant::now()));
            }
            while let Some(page) = pages.try_next().await? {
                let list = SearchAllConversations::into_items(page.into_inner());
                let (items, malformed) = list.into_parts();
                problems.extend(malformed.iter().map(unreadable));
                for item in items {
                    match item
                        .date
                        .as_ref()
                        .map(crate::model::timestamp::Timestamp::instant)
                    {
                        Some(date) if !window.holds(date) || self.cursor.has_seen(&item.id) => {}
                        Some(date) => drop(found.insert((date, item.id.clone()), item)),
                        None => problems.push(problem("the item has no date")),
                    }
                }
            }
            // A deleted item shifts others across page boundaries.
            if !pages.moved() {
                break;
            }
        }
        let items = found.into_iter().map(|((date, _), item)| Ok((date, item)));
        Ok(items.chain(problems.into_iter().map(Err)).collect())
    }
}

fn unreadable(bad: &Malformed) -> Error {
    problem(bad.problem())
}

fn problem(what: &str) -> Error {
    let message = format!("could not decode an item: {what}");
    Error::new(ErrorKind::Decode, message)
        .with_operation(&operations::SEARCH_ALL_CONVERSATIONS)
        .with_outcome(Outcome::Executed)
        .with_attempts(1)
}

/// A time range, and the days to request. The time zone in which the service counts days is not
/// documented, so one more day is requested at either end.
struct Window {
    start: jiff::Timestamp,
    end: jiff::Timestamp,
    first_day: Date,
    last_day: Date,
}

impl Window {
    fn at(start: jiff::Timestamp) -> Result<Self, Error> {
        let day = Offset::UTC.to_datetime(start).date();
        let days = |number: i64| day.checked_add(number.days());
        let window = || {
            let end = days(WINDOW_DAYS)?.at(0, 0, 0, 0);
            Ok::<_, jiff::Error>(Self {
                start,
                end: Offset::UTC.to_timestamp(end)?,
                first_day: days(-1)?,
                last_day: days(WINDOW_DAYS + 1)?,
            })
        };
        window().map_err(|_| {
            let message = "the start time is out of range";
            Error::invalid_request(message).with_param("start")
        })
    }

    fn holds(&self, date: jiff::Timestamp) -> bool {
        (self.start..self.end).contains(&date)
    }
}

impl fmt::Debug for ItemsSince {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsSince")
            .field("cursor", &self.cursor)
            .field("waiting", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
