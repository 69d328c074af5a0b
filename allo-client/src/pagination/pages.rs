//! Fetches page after page, one at a time or some ahead, and none too many.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::stream::{FusedStream, Stream};

use super::ahead::{Ahead, Fetch};
use super::progress::{Progress, Seen};
use super::{Cursor, Paginated};
use crate::runtime::Operation;
use crate::{Error, Response};

/// The pages of a list: a `Stream`, and readable without any stream library.
///
/// After an error the same page is asked for again by the next read, unless the
/// request itself is wrong; so stop at an error unless it may pass.
#[must_use = "nothing is sent until it is read"]
pub struct Pages<P: Paginated> {
    request: P,
    ahead: Ahead<P::Page>,
    done: bool,
    /// How many pages are asked for before they are read.
    prefetch: usize,
    /// The page that is asked for next, or that was the last.
    page: u64,
    first: u64,
    /// How big the pages are, by the last one that came.
    size: Option<u64>,
    /// How many items the last page held, once it came.
    last_items: usize,
    progress: Progress,
    resumed: Option<Cursor>,
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
            done: false,
            prefetch: 0,
            first,
            size: None,
            last_items: 0,
            progress: Progress::default(),
            resumed: None,
        }
    }

    pub(super) fn resume(request: P, cursor: Cursor) -> Self {
        let mut pages = Self::new(request);
        pages.page = cursor.page;
        pages.size = cursor.size;
        pages.progress = Progress::resumed(cursor.total);
        pages.resumed = Some(cursor);
        pages
    }

    /// Asks for up to `pages` pages before they are read, while one is waited for.
    ///
    /// They count against the rate limit like any other request, come out in
    /// order, and are asked for only once the list has said how many pages it
    /// has: never one after the last. Reads nothing ahead unless set.
    pub const fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    /// The next page, or nothing after the last one.
    ///
    /// # Errors
    ///
    /// As the `send` of the operation.
    pub async fn try_next(&mut self) -> Result<Option<Response<P::Page>>, Error> {
        self.next().await.transpose()
    }

    /// The next page or error, or nothing after the last one.
    pub async fn next(&mut self) -> Option<Result<Response<P::Page>, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Where it is: the page that is read next. At the end, the end of the last
    /// page, so that what is added to the list later can be read from there.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        let offset = if self.is_done() { self.last_items } else { 0 };
        self.cursor_at(self.page, offset)
    }

    /// Whether the number of items changed while the pages were read, so that
    /// some may be missing or come twice. Final once the last page has come.
    #[must_use]
    pub const fn moved(&self) -> bool {
        self.progress.moved()
    }

    pub(super) fn cursor_at(&self, page: u64, offset: usize) -> Cursor {
        Cursor {
            operation: self.operation().id.to_owned(),
            page,
            offset,
            size: self.size,
            total: self.progress.total(),
        }
    }

    pub(super) fn operation(&self) -> &'static Operation {
        self.request.call().operation()
    }

    /// The page that is asked for next, or the last one.
    pub(super) const fn page(&self) -> u64 {
        self.page
    }

    pub(super) const fn is_done(&self) -> bool {
        self.done
    }

    fn start(&mut self) -> Result<Fetch<P::Page>, Error> {
        if let Some(cursor) = &self.resumed {
            cursor.check(self.operation().id)?;
        }
        Ok(self.fetch(self.page))
    }

    fn fetch(&self, page: u64) -> Fetch<P::Page> {
        let mut request = self.request.clone();
        request.set_page(page);
        request.fetch()
    }

    /// Sees to it that the next page is under way, and those ahead of it.
    fn fetch_next(&mut self) -> Result<(), Error> {
        if self.ahead.first() != Some(self.page) {
            let fetch = self.start()?;
            self.ahead.push_front(self.page, fetch);
        }
        let last = self.progress.last_page().unwrap_or(self.page);
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

    /// Takes an answer in and sets what is next.
    fn finish(&mut self, answer: Response<P::Page>) -> Result<Response<P::Page>, Error> {
        let info = P::info(answer.body());
        if let Some(cursor) = self.resumed.take() {
            cursor.check_size(info.size)?;
        }
        let items = P::item_count(answer.body());
        let seen = Seen {
            page: self.page,
            first: self.first,
            items,
            info,
        };
        self.size = info.size.or(self.size);
        self.last_items = items;
        if self.progress.advance(seen)? {
            self.page = self.page.saturating_add(1);
        } else {
            self.end();
        }
        Ok(answer)
    }

    fn end(&mut self) {
        self.done = true;
        self.ahead.clear();
    }

    /// Keeps the place, unless asking again cannot help.
    fn fail(&mut self, error: Error) -> Error {
        let hopeless = error.is_invalid_request() || error.is_decode() && error.status().is_none();
        if hopeless {
            self.end();
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
        if this.done {
            return Poll::Ready(None);
        }
        if let Err(error) = this.fetch_next() {
            return Poll::Ready(Some(Err(this.fail(error))));
        }
        let answer = ready!(this.ahead.poll(context));
        let page = answer.and_then(|answer| this.finish(answer));
        Poll::Ready(Some(page.map_err(|error| this.fail(error))))
    }
}

impl<P: Paginated> FusedStream for Pages<P> {
    fn is_terminated(&self) -> bool {
        self.is_done()
    }
}

impl<P: Paginated> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.operation().id)
            .field("page", &self.page)
            .field("done", &self.is_done())
            .finish_non_exhaustive()
    }
}
