//! Follows the calls and text messages of a number: yields each once, the oldest first, from a time or a stored cursor.
//! The cursor is in `cursor`.

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
use crate::generated::types::{AnalyticsDateRange, ConversationItem, ItemSort};
use crate::model::timestamp::Date;
use crate::pagination::Paginated;
use crate::transport::client_handle::Client;

pub use cursor::SyncCursor;

/// How much is read and sorted at a time.
const WINDOW_DAYS: i64 = 7;
/// How often a window is read at most, when its list moves meanwhile.
const MOST_PASSES: usize = 3;
/// How late an item may show up, unless set.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

impl Conversations {
    /// Reads the calls and text messages of one of your numbers since a time, or
    /// goes on where an earlier reader stopped.
    ///
    /// Each comes once, the oldest first. Store the cursor after an item is done
    /// with, and start from it the next time:
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
    /// Items count by their date, which is when a call began. One may show up later
    /// than that; so each reader looks a day back ([`ItemsSince::overlap`]) and
    /// passes over what the cursor has seen. Items that turn up even later are
    /// missed. A change of an item that has been read is not news.
    ///
    /// Pages that move while they are read are read again. It searches a week at a
    /// time, and each page counts as a write, of which a key has 5 a second.
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

/// Calls and text messages, the oldest first; see [`Conversations::since`].
#[must_use = "nothing is sent until it is read"]
pub struct ItemsSince {
    client: Client,
    allo_number: String,
    transcripts: bool,
    overlap: Duration,
    deadline: Option<Duration>,
    /// When the deadline is, once the first request was sent.
    ends: Option<Instant>,
    cursor: SyncCursor,
    /// What is left of the window that was read last.
    buffer: VecDeque<Result<(jiff::Timestamp, ConversationItem), Error>>,
    place: Place,
}

/// How far a reader is.
#[derive(Clone, Copy)]
enum Place {
    Start,
    /// In the window that ends then; the reader itself began at the other time.
    Within(jiff::Timestamp, jiff::Timestamp),
    End,
}

impl ItemsSince {
    /// How long after its date an item may show up and still be found: a day
    /// unless set. The cursor holds the ids of that time.
    pub const fn overlap(mut self, overlap: Duration) -> Self {
        self.overlap = overlap;
        self
    }

    /// How long reading may take in all, from the first request on; no end unless
    /// set. After it a read fails ([`Error::is_deadline`]) once the week that was
    /// read last has been given, and the cursor tells where to go on. See
    /// [`Pages::deadline`](crate::Pages::deadline).
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Adds the transcripts of the calls.
    pub const fn with_transcripts(mut self) -> Self {
        self.transcripts = true;
        self
    }

    /// The next item, or nothing after the last one.
    ///
    /// # Errors
    ///
    /// As the search itself; the next read tries again. An item that cannot be
    /// read, or has no date, is an error too ([`Error::is_decode`]), after the
    /// others of its week; the next read goes on behind it.
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

    /// Where it is: behind the item that was given last.
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
            .date(AnalyticsDateRange::new(window.first_day, window.last_day))
            .sort(ItemSort::DateAsc)
            .size(100);
        match self.transcripts {
            true => request.extend("transcript"),
            false => request,
        }
    }

    /// Everything in a window that has not been given yet, in order.
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
                        None => problems.push(problem("it has no date")),
                    }
                }
            }
            // An item that vanishes moves others over the edge of a page.
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
    let message = format!("an item found cannot be read: {what}");
    Error::new(ErrorKind::Decode, message)
        .with_operation(&operations::SEARCH_ALL_CONVERSATIONS)
        .with_outcome(Outcome::Executed)
        .with_attempts(1)
}

/// A stretch of time, and the days to ask for. In which time zone the service
/// counts days is not documented, so there is one more at either end.
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
            let message = "the time to start from is too far away";
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
