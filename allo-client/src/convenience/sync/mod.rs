//! Follows the calls and text messages of a number: returns each once, oldest first, from a start time or a stored
//! cursor. The cursor is in `cursor`.

mod cursor;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::stream::{FusedStream, Stream};
use jiff::ToSpan;
use jiff::tz::Offset;
use tokio::time::Instant;

use crate::codec::list::Malformed;
use crate::error::ErrorKind;
use crate::error::{Error, Outcome};
use crate::generated::builder::conversations::SearchAllConversations;
use crate::generated::operations;
use crate::generated::resources::Conversations;
use crate::generated::types::{ConversationExtend, ConversationItem, DateRange, ItemSort};
use crate::model::phone_number::PhoneNumber;
use crate::model::timestamp::{Date, Timestamp};
use crate::pagination::Paginated;
use crate::support::box_future::BoxFuture;
use crate::support::read_stream::{self, Limit};
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
        allo_number: impl Into<PhoneNumber>,
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
            reading: None,
            limit: Limit::default(),
        }
    }
}

/// Calls and text messages, oldest first: a `Stream` that can also be read without a stream library;
/// see [`Conversations::since`].
#[must_use = "nothing is sent until it is read"]
pub struct ItemsSince {
    client: Client,
    allo_number: PhoneNumber,
    transcripts: bool,
    overlap: Duration,
    deadline: Option<Duration>,
    /// The deadline, once the first request was sent.
    ends: Option<Instant>,
    cursor: SyncCursor,
    /// The remaining items of the window that was read last.
    buffer: Found,
    place: Place,
    reading: Option<Reading>,
    limit: Limit,
}

/// The window that is being read. Its end, the start of the reader, and what is in the window.
struct Reading {
    end: jiff::Timestamp,
    began: jiff::Timestamp,
    found: BoxFuture<Result<Found, Error>>,
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

    /// Ends after `most` more items. Errors do not count. [`cursor`](Self::cursor) then says where
    /// the rest begins.
    pub fn take(mut self, most: usize) -> Self {
        self.limit.lower_to(most);
        self
    }

    /// Reads to the end and collects the items, into a `Vec` for example. The cursor is lost, so
    /// this is for a period that is read once.
    ///
    /// # Errors
    ///
    /// The first error of [`try_next`](Self::try_next); the items before it are discarded.
    pub async fn try_collect<C: Default + Extend<ConversationItem>>(self) -> Result<C, Error> {
        read_stream::try_collect(self).await
    }

    /// The next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As the search itself; the next read retries it. An item that cannot be decoded or has no
    /// date is an error, too ([`Error::is_decode`]), after the other items of its week; the next
    /// read continues after it.
    pub async fn try_next(&mut self) -> Result<Option<ConversationItem>, Error> {
        self.next().await.transpose()
    }

    /// The next item or error; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<ConversationItem, Error>> {
        read_stream::next(self).await
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
            .allo_number(&self.allo_number)
            .date(DateRange::new(window.first_day, window.last_day))
            .sort(ItemSort::DateAsc)
            .size(100);
        match self.transcripts {
            true => request.extend(ConversationExtend::Transcript),
            false => request,
        }
    }

    /// Begins to read the next window; `None` after the last one.
    fn start(&mut self) -> Result<Option<Reading>, Error> {
        let (from, began) = match self.place {
            Place::Start => (self.cursor.start(self.overlap), self.now()),
            Place::Within(end, began) => {
                self.cursor.finish(end.min(began), self.overlap);
                if end > began {
                    self.place = Place::End;
                    return Ok(None);
                }
                (end, began)
            }
            Place::End => return Ok(None),
        };
        let window = Window::at(from)?;
        if let (None, Some(deadline)) = (self.ends, self.deadline) {
            self.ends = Instant::now().checked_add(deadline);
        }
        Ok(Some(Reading {
            end: window.end,
            began,
            found: Box::pin(read(self.request(&window), window, self.ends)),
        }))
    }

    /// Keeps what has not been returned yet of a window, in order.
    fn fill(&mut self, found: Found) {
        let is_new = |slot: &FoundItem| match slot {
            Ok((_, item)) => !self.cursor.has_seen(item.id.as_str()),
            Err(_) => true,
        };
        self.buffer = found.into_iter().filter(is_new).collect();
    }

    fn pop(&mut self) -> Option<Result<ConversationItem, Error>> {
        let slot = self.buffer.pop_front()?;
        Some(slot.map(|(date, item)| {
            self.cursor.note(item.id.as_str(), date, self.overlap);
            self.limit.count();
            item
        }))
    }
}

impl Stream for ItemsSince {
    type Item = Result<ConversationItem, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.limit.is_reached() {
                return Poll::Ready(None);
            }
            if let Some(item) = this.pop() {
                return Poll::Ready(Some(item));
            }
            let Some(mut reading) = this.reading.take() else {
                match this.start() {
                    Ok(Some(reading)) => this.reading = Some(reading),
                    Ok(None) => return Poll::Ready(None),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
                continue;
            };
            match reading.found.as_mut().poll(context) {
                Poll::Pending => {
                    this.reading = Some(reading);
                    return Poll::Pending;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Ok(found)) => {
                    this.fill(found);
                    this.place = Place::Within(reading.end, reading.began);
                }
            }
        }
    }
}

impl FusedStream for ItemsSince {
    fn is_terminated(&self) -> bool {
        let has_ended = matches!(self.place, Place::End) && self.buffer.is_empty();
        self.limit.is_reached() || has_ended
    }
}

/// The items of a window in order, and then what is wrong with others.
type Found = VecDeque<FoundItem>;
type FoundItem = Result<(jiff::Timestamp, ConversationItem), Error>;

/// All items of a window.
async fn read(
    request: SearchAllConversations,
    window: Window,
    ends: Option<Instant>,
) -> Result<Found, Error> {
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for _ in 0..MOST_PASSES {
        problems.clear();
        let mut pages = request.clone().pages();
        if let Some(ends) = ends {
            pages = pages.deadline(ends.saturating_duration_since(Instant::now()));
        }
        while let Some(page) = pages.try_next().await? {
            let list = SearchAllConversations::into_items(page.into_inner());
            let (items, malformed) = list.into_parts();
            problems.extend(malformed.iter().map(unreadable));
            for item in items {
                match item.date.as_ref().map(Timestamp::instant) {
                    Some(date) if !window.holds(date) => {}
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
