//! Fetches pages one at a time or ahead, and never one after the last.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use std::time::Duration;

use futures_core::stream::{FusedStream, Stream};
use tokio::time::Instant;

use super::ahead::{Ahead, Fetch};
use super::progress::{Progress, Seen};
use super::{Cursor, Paginated};
use crate::error::{Error, Outcome};
use crate::error::{ErrorKind, GaveUp};
use crate::model::operation::Operation;
use crate::support::read_stream::{self, Limit};
use crate::transport::response::Response;

/// The pages of a list: a `Stream` that can also be read without a stream library.
///
/// After an error the next read retries the same page, so stop at an error unless it is temporary.
/// After a permanent error nothing follows: the request is invalid, the [deadline](Self::deadline)
/// of the list has passed, or the server contradicts itself. Then the error names the page, and
/// [`cursor`](Self::cursor) still says where to resume.
///
/// Every list ends or fails, whatever the server sends. It fails if a page is repeated while the
/// total is unchanged, if another page is returned than the one requested, if the page size
/// changes, if a hundred consecutive pages contain nothing new, or if the number of pages exceeds
/// twice the initial total plus a hundred (10,000 if there is no total; 100,000 in any case).
#[must_use = "nothing is sent until it is read"]
pub struct Pages<P: Paginated> {
    request: P,
    ahead: Ahead<P::Page>,
    state: State,
    /// The number of pages to prefetch.
    prefetch: usize,
    /// The number of the page that is requested next, or of the last page.
    page: u64,
    first: u64,
    deadline: Option<Duration>,
    /// The deadline, once the first page was requested.
    ends: Option<Instant>,
    /// The number of items of the last page, once it arrived.
    last_items: usize,
    progress: Progress,
    resumed: Option<Cursor>,
    limit: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    /// The last page has been returned.
    Ended,
    /// A permanent error has been returned.
    Failed,
}

impl<P: Paginated> Pages<P> {
    pub(super) fn new(request: P) -> Self {
        let first = request
            .call()
            .operation()
            .pagination
            .map_or(0, |pagination| pagination.first);
        Self {
            page: request.page_number().unwrap_or(first),
            request,
            ahead: Ahead::new(),
            state: State::Reading,
            prefetch: 0,
            first,
            deadline: None,
            ends: None,
            last_items: 0,
            progress: Progress::default(),
            resumed: None,
            limit: Limit::default(),
        }
    }

    pub(super) fn resume(request: P, cursor: Cursor) -> Self {
        let mut pages = Self::new(request);
        pages.page = cursor.page;
        pages.progress = Progress::resumed(cursor.total, cursor.size);
        pages.resumed = Some(cursor);
        pages
    }

    /// Prefetches up to `pages` pages while one page is awaited.
    ///
    /// Prefetch requests count against the rate limit like any other request, and their pages are
    /// returned in order. They are sent only once the list has said how many pages it has, so no
    /// page after the last is requested. Nothing is prefetched by default.
    pub const fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    /// The deadline of the whole list, counted from its first request; it includes the time between
    /// two reads. None by default.
    ///
    /// The deadline of each request is the remaining time, or its own
    /// [deadline](crate::CallOptions::with_deadline) if that is shorter. After the deadline no
    /// request is sent: the read fails ([`Error::is_deadline`]), nothing follows, and
    /// [`cursor`](Self::cursor) says where to resume.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use std::time::Duration;
    ///
    /// let people = client.search_people().size(100);
    /// let mut pages = people.pages().deadline(Duration::from_secs(30));
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{:?}", page.body().pagination);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Ends after `most` more pages and requests none after them. Errors do not count.
    /// [`cursor`](Self::cursor) then says where the rest begins.
    pub fn take(mut self, most: usize) -> Self {
        self.limit.lower_to(most);
        self
    }

    /// Reads to the end and collects the pages, into a `Vec` for example.
    ///
    /// # Errors
    ///
    /// The first error; the pages before it are discarded. To keep them, read with
    /// [`try_next`](Self::try_next).
    pub async fn try_collect<C>(self) -> Result<C, Error>
    where
        C: Default + Extend<Response<P::Page>>,
    {
        read_stream::try_collect(self).await
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As the `send` of the operation.
    pub async fn try_next(&mut self) -> Result<Option<Response<P::Page>>, Error> {
        self.next().await.transpose()
    }

    /// The next page or error; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Response<P::Page>, Error>> {
        read_stream::next(self).await
    }

    /// The position of the page that is read next. At the end of the list, the end of the last
    /// page, so that items that are added later can be read from there.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        let offset = if self.has_ended() { self.last_items } else { 0 };
        self.cursor_at(self.page, offset)
    }

    /// Whether the list changed while it was read, so that items may be missing or duplicated: the
    /// total changed, an item was returned before, or the number of items differs from the total.
    /// Final once the last page was returned.
    /// many came as it said. Final once the last page has come.
    #[must_use]
    pub const fn moved(&self) -> bool {
        self.progress.moved()
    }

    pub(super) fn cursor_at(&self, page: u64, offset: usize) -> Cursor {
        Cursor {
            operation: self.operation().id.to_owned(),
            page,
            offset,
            size: self.progress.size(),
            total: self.progress.total(),
        }
    }

    pub(super) fn operation(&self) -> &'static Operation {
        self.request.call().operation()
    }

    /// The number of the page that is requested next, or of the last page.
    pub(super) const fn page(&self) -> u64 {
        self.page
    }

    pub(super) fn is_done(&self) -> bool {
        self.state != State::Reading
    }

    /// Limits prefetching to the pages that are needed for `items` more items.
    pub(super) fn need(&mut self, items: usize) {
        let size = self
            .progress
            .size()
            .and_then(|size| usize::try_from(size).ok());
        let size = size.unwrap_or(self.last_items).max(1);
        self.limit = Limit::default();
        self.limit.lower_to(items.div_ceil(size).max(1));
    }

    /// Whether the last page has been returned.
    pub(super) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    fn start(&mut self) -> Result<Fetch<P::Page>, Error> {
        if let Some(cursor) = &self.resumed {
            cursor.check(self.operation().id)?;
        }
        let now = Instant::now();
        if self.ends.is_none() {
            // A deadline that cannot be represented never comes.
            self.ends = self.deadline.and_then(|total| now.checked_add(total));
        }
        if self.is_late(now) {
            let message = format!(
                "the deadline passed before page {} was requested",
                self.page
            );
            return Err(Error::new(ErrorKind::Deadline, message)
                .with_gave_up(GaveUp::Deadline, self.deadline)
                .with_suggestion("resume from the cursor"));
        }
        Ok(self.fetch(self.page))
    }

    fn is_late(&self, now: Instant) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    fn fetch(&self, page: u64) -> Fetch<P::Page> {
        let mut request = self.request.clone();
        request.set_page(page);
        if let Some(ends) = self.ends {
            let left = ends.saturating_duration_since(Instant::now());
            // A request must have a deadline, and it must not be zero.
            request.call_mut().bound(left.max(Duration::from_millis(1)));
        }
        request.fetch()
    }

    /// Starts the requests of the next page and of the prefetched pages.
    fn fetch_next(&mut self) -> Result<(), Error> {
        if self.ahead.first() != Some(self.page) {
            let fetch = self.start()?;
            self.ahead.push_front(self.page, fetch);
        }
        let mut last = self.progress.last_page().unwrap_or(self.page);
        if let Some(left) = self.limit.left() {
            let others = u64::try_from(left.saturating_sub(1)).unwrap_or(u64::MAX);
            last = last.min(self.page.saturating_add(others));
        }
        while self.ahead.len() <= self.prefetch {
            let asked = self.ahead.last().unwrap_or(self.page);
            if asked >= last {
                break;
            }
            let fetch = self.fetch(asked + 1);
            self.ahead.push_back(asked + 1, fetch);
        }
        Ok(())
    }

    /// Records a response and decides what is next.
    fn finish(&mut self, response: Response<P::Page>) -> Result<Response<P::Page>, Error> {
        let info = P::info(response.body());
        if let Some(cursor) = &self.resumed {
            cursor.check_size(info.size)?;
        }
        let items = P::item_count(response.body());
        let seen = Seen {
            page: self.page,
            first: self.first,
            items,
            entries: P::fingerprints(response.body()),
            info,
        };
        match self.progress.advance(&seen) {
            Ok(goes_on) => {
                self.resumed = None;
                self.last_items = items;
                self.limit.count();
                if goes_on {
                    self.page = self.page.saturating_add(1);
                } else {
                    self.stop(State::Ended);
                }
                Ok(response)
            }
            Err(contradiction) => {
                self.stop(State::Failed);
                let error = Error::new(ErrorKind::Decode, contradiction)
                    .with_outcome(Outcome::Executed)
                    .with_attempts(response.attempts())
                    .with_request_id(response.request_id().map(str::to_owned));
                Err(error.with_suggestion("report it to support, with the operation and page"))
            }
        }
    }

    fn stop(&mut self, state: State) {
        self.state = state;
        self.ahead.clear();
    }

    /// Keeps the position, unless a retry cannot help.
    fn fail(&mut self, error: Error) -> Error {
        let is_late = error.is_timeout() || error.is_deadline();
        if error.is_invalid_request() || is_late && self.is_late(Instant::now()) {
            self.stop(State::Failed);
        }
        match error.operation() {
            Some(_) => error,
            None => error.with_operation(self.operation()),
        }
    }
}

impl<P: Paginated> Stream for Pages<P> {
    type Item = Result<Response<P::Page>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.is_terminated() {
            return Poll::Ready(None);
        }
        if let Err(error) = this.fetch_next() {
            return Poll::Ready(Some(Err(this.fail(error))));
        }
        let response = ready!(this.ahead.poll(context));
        let page = response.and_then(|response| this.finish(response));
        Poll::Ready(Some(page.map_err(|error| this.fail(error))))
    }
}

impl<P: Paginated> FusedStream for Pages<P> {
    fn is_terminated(&self) -> bool {
        self.is_done() || self.limit.is_reached()
    }
}

impl<P: Paginated> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation().id)
            .field("page", &self.page)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
