//! Copies calls and text messages: returns each once, oldest first, from a start time or a stored cursor, and again
//! when it has changed. `window` reads a period, `change` notices changes, the cursor is in `cursor`, the error in
//! `error`.

mod change;
mod cursor;
mod error;
mod window;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::stream::{FusedStream, Stream};
use tokio::time::Instant;

use crate::error::Error;
use crate::error::code::ErrorCode;
use crate::generated::builder::conversations::SearchAllConversations;
use crate::generated::resources::Conversations;
use crate::generated::types::{ConversationExtend, ConversationItem, ItemKindFilter, ItemSort};
use crate::model::open_enum::OpenEnum;
use crate::model::phone_number::PhoneNumber;
use crate::support::box_future::BoxFuture;
use crate::support::read_stream::{self, Limit};
use crate::transport::client_handle::Client;

use window::{Found, FoundItem, Window, WindowReader};

pub use change::ItemChange;
pub use cursor::SyncCursor;
pub use error::SyncError;

/// How many days are read and sorted at a time: at first, and at most.
const FIRST_WINDOW_DAYS: i64 = 7;
const MAX_WINDOW_DAYS: i64 = 28;
/// A window of no more pages is followed by a longer one, one of more pages by a shorter one.
const FEW_PAGES: usize = 2;
const MANY_PAGES: usize = 20;
/// The default overlap.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

impl Conversations {
    /// Reads all calls and text messages of all numbers since a start time, with summaries,
    /// transcripts and tags, or resumes from the cursor of an earlier reader.
    /// Each is returned once, oldest first, and once more whenever it has changed. Store the cursor
    /// after a change is processed, and start from it the next time:
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client, stored: Option<String>) -> Result<(), Box<dyn std::error::Error>> {
    /// use allo_client::types::ItemKindFilter::Call;
    /// use allo_client::{SyncCursor, Timestamp};
    ///
    /// let start: SyncCursor = match stored {
    ///     Some(text) => serde_json::from_str(&text)?,
    ///     None => "2026-05-01T00:00:00Z".parse::<Timestamp>()?.into(),
    /// };
    /// let mut changes = client.conversations().sync(start).kind(Call);
    /// while let Some(change) = changes.try_next().await? {
    ///     let call = change.item(); // insert or update the row of call.id
    ///     println!("{} {:?}", call.id, call.date);
    /// }
    /// println!("store {}", serde_json::to_string(changes.cursor())?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Order and completeness:
    ///
    /// * Items are ordered by their date, which is when a call began, and items of the same date by
    ///   id. This holds for all that one reader returns, except that each reader starts one day back
    ///   ([`overlap`](ConversationSync::overlap)) and returns what has appeared or changed there.
    /// * A call appears before its summary and transcript. Within the overlap, such an item is
    ///   returned again as [`ItemChange::Updated`]. What appears or changes later is missed: use a
    ///   longer overlap for tags that people add after days. Items that disappear are not reported.
    /// * Pages that shift while they are read are read again. If items may be missing all the same,
    ///   the read fails; its cursor resumes before the period, and the next read goes on without the
    ///   missing ones. One thing cannot be noticed: an item that disappears while another appears
    ///   between two requests. An item that was missed so is found by the next reader within the
    ///   overlap.
    /// * After an error, the next read goes on with the page that failed, and a new reader with the
    ///   cursor of the error ([`SyncError::cursor`]) after what was returned. Neither returns
    ///   anything twice. A temporary failure, such as a 500, is retried before it becomes an error.
    ///
    /// The reader searches a period of 1 to 28 days at a time, by how much it finds, and keeps it in
    /// memory. Each page has 100 items and counts as a write, of which a key may send 5 per second.
    pub fn sync(&self, start: impl Into<SyncCursor>) -> ConversationSync {
        ConversationSync {
            client: self.client.clone(),
            filters: Filters::default(),
            transcripts: true,
            overlap: OVERLAP,
            deadline: None,
            ends: None,
            cursor: start.into(),
            buffer: VecDeque::new(),
            place: Place::Start,
            window_days: FIRST_WINDOW_DAYS,
            paused: None,
            reading: None,
            limit: Limit::default(),
        }
    }
}

/// Calls and text messages that are new or changed, oldest first: a `Stream` that can also be read
/// without a stream library; see [`Conversations::sync`].
#[must_use = "nothing is sent until it is read"]
pub struct ConversationSync {
    client: Client,
    filters: Filters,
    transcripts: bool,
    overlap: Duration,
    deadline: Option<Duration>,
    /// The deadline, once the first request was sent.
    ends: Option<Instant>,
    cursor: SyncCursor,
    /// The remaining changes of the window that was read last.
    buffer: VecDeque<Slot>,
    place: Place,
    /// The length of the next window.
    window_days: i64,
    /// The window that failed, to go on with.
    paused: Option<WindowReader>,
    reading: Option<Reading>,
    limit: Limit,
}

/// What a cursor belongs to.
#[derive(Default)]
struct Filters {
    kind: Option<ItemKindFilter>,
    allo_number: Option<PhoneNumber>,
}

/// A change with the date and the mark of its item, or a problem.
enum Slot {
    Change(jiff::Timestamp, String, Box<ItemChange>),
    Problem(Error),
}

/// The window that is being read, its end, and the start of the reader.
struct Reading {
    end: jiff::Timestamp,
    began: jiff::Timestamp,
    work: BoxFuture<(WindowReader, Result<Found, Error>)>,
}

/// The progress of a reader.
#[derive(Clone, Copy)]
enum Place {
    Start,
    /// In the window that ends at this time; the second time is the start of the reader.
    Within(jiff::Timestamp, jiff::Timestamp),
    End,
}

impl ConversationSync {
    /// Only calls, or only text messages. A cursor belongs to the filters with which it was made;
    /// others are refused.
    pub fn kind(mut self, kind: impl Into<ItemKindFilter>) -> Self {
        self.filters.kind = Some(kind.into());
        self
    }

    /// Only items of this number of the team, in E.164. A cursor belongs to its number.
    pub fn allo_number(mut self, allo_number: impl Into<PhoneNumber>) -> Self {
        self.filters.allo_number = Some(allo_number.into());
        self
    }

    /// Leaves out the transcripts of calls, which are most of the bytes.
    pub const fn without_transcripts(mut self) -> Self {
        self.transcripts = false;
        self
    }

    /// How long after its date an item may appear or change and still be found: a day by default.
    /// The cursor contains the ids of that period, and each reader reads it again.
    pub const fn overlap(mut self, overlap: Duration) -> Self {
        self.overlap = overlap;
        self
    }

    /// The deadline of the whole reader, counted from its first request; none by default. When it
    /// has passed, a read fails ([`Error::is_deadline`]) after the items of the last period read have
    /// been returned, and the cursor says where to resume. See
    /// [`Pages::deadline`](crate::Pages::deadline).
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Ends after `most` more changes. Errors do not count. [`cursor`](Self::cursor) then says where
    /// the rest begins.
    pub fn take(mut self, most: usize) -> Self {
        self.limit.lower_to(most);
        self
    }

    /// Reads to the end and collects the changes, into a `Vec` for example. The cursor is lost, so
    /// this is for a period that is read once.
    ///
    /// # Errors
    ///
    /// The first error of [`try_next`](Self::try_next); the changes before it are discarded.
    pub async fn try_collect<C: Default + Extend<ItemChange>>(self) -> Result<C, SyncError> {
        read_stream::try_collect(self).await
    }

    /// The next change; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As the search itself; the next read goes on with the page that failed. An item that cannot be
    /// decoded or has no date is an error, too ([`Error::is_decode`]), after the other items of its
    /// period; the next read continues after it. So is a period that kept changing while it was read,
    /// before its items.
    pub async fn try_next(&mut self) -> Result<Option<ItemChange>, SyncError> {
        self.next().await.transpose()
    }

    /// The next change or error; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<ItemChange, SyncError>> {
        read_stream::next(self).await
    }

    /// The position after the change that was returned last.
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
            .maybe_allo_number(self.filters.allo_number.as_ref())
            .maybe_kind(self.filters.kind.clone())
            .date(window.days())
            .sort(ItemSort::DateAsc)
            .size(100);
        match self.transcripts {
            true => request.extend(ConversationExtend::Transcript),
            false => request,
        }
    }

    /// Begins to read the next window, or goes on with one; `None` after the last one.
    fn start(&mut self) -> Result<Option<Reading>, Error> {
        let (from, began) = match self.place {
            Place::Start => {
                self.cursor.check(&self.filters.fingerprint())?;
                (self.cursor.start(self.overlap), self.now())
            }
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
        let reader = match self.paused.take() {
            Some(reader) => reader,
            None => self.new_reader(from)?,
        };
        Ok(Some(Reading {
            end: reader.end(),
            began,
            work: Box::pin(reader.read()),
        }))
    }

    fn new_reader(&mut self, from: jiff::Timestamp) -> Result<WindowReader, Error> {
        let window = Window::at(from, self.window_days)?;
        if let (None, Some(deadline)) = (self.ends, self.deadline) {
            self.ends = Instant::now().checked_add(deadline);
        }
        let request = self.request(&window);
        Ok(WindowReader::new(window, request, self.ends))
    }

    /// Chooses the length of the next window by the number of pages of this one.
    fn adapt(&mut self, pages: usize) {
        self.window_days = match pages {
            0..=FEW_PAGES => self.window_days.saturating_mul(2).min(MAX_WINDOW_DAYS),
            MANY_PAGES.. => (self.window_days / 2).max(1),
            _ => self.window_days,
        };
    }

    /// Handles a failed window. Returns `None` if a shorter window may succeed.
    fn fail(&mut self, reader: WindowReader, error: Error) -> Option<SyncError> {
        if error.code() == Some(&ErrorCode::DateRangeTooWide) && self.window_days > 1 {
            self.window_days /= 2;
            return None;
        }
        self.paused = Some(reader);
        Some(self.error(error))
    }

    fn error(&self, error: Error) -> SyncError {
        SyncError::new(error, self.cursor.clone())
    }

    /// Keeps what is new or changed of a window, in order.
    fn fill(&mut self, found: Found) {
        self.buffer = found
            .into_iter()
            .filter_map(|found| match found {
                FoundItem::Item(date, item) => self.slot(date, *item),
                FoundItem::Problem(error) => Some(Slot::Problem(error)),
            })
            .collect();
    }

    fn slot(&self, date: jiff::Timestamp, item: ConversationItem) -> Option<Slot> {
        let mark = change::mark(&item);
        let change = match self.cursor.mark_of(change::id(&item)) {
            None => ItemChange::New(item),
            Some(earlier) if earlier != mark => ItemChange::Updated(item),
            Some(_) => return None,
        };
        Some(Slot::Change(date, mark, Box::new(change)))
    }

    fn pop(&mut self) -> Option<Result<ItemChange, SyncError>> {
        match self.buffer.pop_front()? {
            Slot::Change(date, mark, change) => {
                let id = change::id(change.item());
                self.cursor.note(id, date, mark, self.overlap);
                self.limit.count();
                Some(Ok(*change))
            }
            Slot::Problem(error) => Some(Err(self.error(error))),
        }
    }
}

impl Filters {
    /// Equal for equal filters. It contains no number.
    fn fingerprint(&self) -> String {
        let kind = self.kind.as_ref().map_or("ALL", OpenEnum::as_str);
        let number = self.allo_number.as_ref();
        let number = number.map_or("", PhoneNumber::expose);
        let content = format!("{kind} {number}");
        let namespace = uuid::Uuid::NAMESPACE_OID;
        uuid::Uuid::new_v5(&namespace, content.as_bytes()).to_string()
    }
}

impl Stream for ConversationSync {
    type Item = Result<ItemChange, SyncError>;

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
                    Err(error) => return Poll::Ready(Some(Err(this.error(error)))),
                }
                continue;
            };
            match reading.work.as_mut().poll(context) {
                Poll::Pending => {
                    this.reading = Some(reading);
                    return Poll::Pending;
                }
                Poll::Ready((reader, Err(error))) => {
                    if let Some(error) = this.fail(reader, error) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Poll::Ready((reader, Ok(found))) => {
                    this.adapt(reader.pages);
                    this.fill(found);
                    this.place = Place::Within(reading.end, reading.began);
                }
            }
        }
    }
}

impl FusedStream for ConversationSync {
    fn is_terminated(&self) -> bool {
        let has_ended = matches!(self.place, Place::End) && self.buffer.is_empty();
        self.limit.is_reached() || has_ended
    }
}

impl fmt::Debug for ConversationSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationSync")
            .field("cursor", &self.cursor)
            .field("waiting", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
