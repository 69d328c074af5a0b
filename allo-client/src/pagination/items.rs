//! The stream of items over the stream of pages.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::stream::{FusedStream, Stream};

use super::{Cursor, Pages, Paginated};
use crate::codec::list::Malformed;
use crate::error::ErrorKind;
use crate::error::{Error, Outcome};

/// The items of a list that comes in pages: a `Stream`, and readable without any
/// stream library.
///
/// An item that cannot be read is an error in its place ([`Error::is_decode`]);
/// the next read goes on after it. After any other error the next read asks for
/// the same page again, unless that cannot help; so stop at an error unless it may
/// pass. Every list ends or fails, as [`Pages`] tells.
#[must_use = "nothing is sent until it is read"]
pub struct Items<P: Paginated> {
    pages: Pages<P>,
    buffer: VecDeque<Result<P::Item, Malformed>>,
    /// The page the buffer is of.
    page: u64,
    /// How many items of that page have been given or are to be passed over.
    offset: usize,
    /// Whether `offset` is still to be taken off the next page that comes.
    skips: bool,
    /// What every response to this reader has in common with its last one.
    last: Option<(u16, Option<String>)>,
}

impl<P: Paginated> Items<P> {
    pub(super) fn new(pages: Pages<P>, offset: usize) -> Self {
        Self {
            page: pages.page(),
            pages,
            buffer: VecDeque::new(),
            offset,
            skips: offset > 0,
            last: None,
        }
    }

    /// Asks for up to `pages` pages before their items are read; see
    /// [`Pages::prefetch`].
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        self
    }

    /// How long reading the whole list may take; see [`Pages::deadline`]. The items
    /// of a page that has come in time are all given.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.pages = self.pages.deadline(deadline);
        self
    }

    /// The next item, or nothing after the last one.
    ///
    /// # Errors
    ///
    /// As the `send` of the operation, or if the item cannot be read.
    pub async fn try_next(&mut self) -> Result<Option<P::Item>, Error> {
        self.next().await.transpose()
    }

    /// The next item or error, or nothing after the last one.
    pub async fn next(&mut self) -> Option<Result<P::Item, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Where it is: the item that is read next. At the end, after the last item,
    /// so that what is added to the list later can be read from there.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        if self.buffer.is_empty() && !self.skips && !self.pages.has_ended() {
            return self.pages.cursor();
        }
        self.pages.cursor_at(self.page, self.offset)
    }

    /// Whether the list changed while it was read, so that some items may be missing
    /// or come twice; see [`Pages::moved`]. Final once the last item has come.
    #[must_use]
    pub const fn moved(&self) -> bool {
        self.pages.moved()
    }

    fn take(&mut self) -> Option<Result<P::Item, Error>> {
        let slot = self.buffer.pop_front()?;
        self.offset += 1;
        Some(slot.map_err(|bad| self.unreadable(&bad)))
    }

    fn fill(&mut self, page: u64, body: P::Page) {
        let skip = if std::mem::take(&mut self.skips) {
            self.offset
        } else {
            0
        };
        let slots = P::into_items(body).into_slots();
        self.buffer = slots.skip(skip).collect();
        self.page = page;
        self.offset = skip;
    }

    fn unreadable(&self, bad: &Malformed) -> Error {
        let place = format!("item {} of page {}", bad.index(), self.page);
        let mut error = Error::new(
            ErrorKind::Decode,
            format!("{place} cannot be read: {}", bad.problem()),
        )
        .with_operation(self.pages.operation())
        .with_outcome(Outcome::Executed)
        .with_attempts(1);
        if let Some((status, id)) = &self.last {
            let body = bad.raw().to_string().into_bytes();
            error = error.with_answer(*status, reqwest::header::HeaderMap::new(), body);
            error = error.with_request_id(id.clone());
        }
        error
    }
}

impl<P: Paginated> Stream for Items<P> {
    type Item = Result<P::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.take() {
                return Poll::Ready(Some(item));
            }
            let page = this.pages.page();
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(answer)) => {
                    this.last = Some((answer.status(), answer.request_id().map(str::to_owned)));
                    this.fill(page, answer.into_inner());
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<P: Paginated> FusedStream for Items<P> {
    fn is_terminated(&self) -> bool {
        self.buffer.is_empty() && self.pages.is_done()
    }
}

impl<P: Paginated> fmt::Debug for Items<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("waiting", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
