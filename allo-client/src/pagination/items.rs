//! The stream of items, on top of the stream of pages.

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
use crate::support::read_stream::{self, Limit};

/// The items of a paginated list: a `Stream` that can also be read without a stream library.
///
/// An item that cannot be decoded is an error at its position ([`Error::is_decode`]); the next read
/// continues after it. After any other error the next read retries the same page, unless a retry
/// cannot help; so stop at an error unless it is temporary. Every list ends or fails, as described
/// at [`Pages`].
#[must_use = "nothing is sent until it is read"]
pub struct Items<P: Paginated> {
    pages: Pages<P>,
    buffer: VecDeque<Result<P::Item, Malformed>>,
    /// The page of the buffered items.
    page: u64,
    /// The number of items of that page that were returned or have to be skipped.
    offset: usize,
    /// Whether `offset` still has to be skipped in the next page.
    skips: bool,
    /// The metadata of the last response, without its items.
    last: Option<(u16, Option<String>)>,
    limit: Limit,
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
            limit: Limit::default(),
        }
    }

    /// Prefetches up to `pages` pages; see [`Pages::prefetch`].
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        self
    }

    /// The deadline of the whole list; see [`Pages::deadline`]. All items of a page that arrived
    /// before the deadline are returned.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.pages = self.pages.deadline(deadline);
        self
    }

    /// Ends after `most` more items and requests no page after them. Errors do not count.
    /// [`cursor`](Self::cursor) then says where the rest begins.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// let newest: Vec<_> = client.search_people().items().take(250).try_collect().await?;
    /// println!("{}", newest.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn take(mut self, most: usize) -> Self {
        self.limit.lower_to(most);
        self
    }

    /// Reads to the end and collects the items, into a `Vec` for example.
    ///
    /// # Errors
    ///
    /// The first error, an item that cannot be decoded included; the items before it are discarded.
    /// To keep them, read with [`try_next`](Self::try_next).
    pub async fn try_collect<C: Default + Extend<P::Item>>(self) -> Result<C, Error> {
        read_stream::try_collect(self).await
    }

    /// The next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As the `send` of the operation, or if the item cannot be decoded.
    pub async fn try_next(&mut self) -> Result<Option<P::Item>, Error> {
        self.next().await.transpose()
    }

    /// The next item or error; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<P::Item, Error>> {
        read_stream::next(self).await
    }

    /// The position of the item that is read next. At the end of the list, the position after the
    /// last item, so that items that are added later can be read from there.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        if self.buffer.is_empty() && !self.skips && !self.pages.has_ended() {
            return self.pages.cursor();
        }
        self.pages.cursor_at(self.page, self.offset)
    }

    /// Whether the list changed while it was read, so that items may be missing or duplicated; see
    /// [`Pages::moved`]. Final once the last item was returned.
    #[must_use]
    pub const fn moved(&self) -> bool {
        self.pages.moved()
    }

    fn pop(&mut self) -> Option<Result<P::Item, Error>> {
        let slot = self.buffer.pop_front()?;
        self.offset += 1;
        if slot.is_ok() {
            self.limit.count();
        }
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
            format!("could not decode {place}: {}", bad.problem()),
        )
        .with_operation(self.pages.operation())
        .with_outcome(Outcome::Executed)
        .with_attempts(1);
        if let Some((status, id)) = &self.last {
            let body = bad.raw().to_string().into_bytes();
            error = error.with_response(*status, reqwest::header::HeaderMap::new(), body);
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
            if this.limit.is_reached() {
                return Poll::Ready(None);
            }
            if let Some(item) = this.pop() {
                return Poll::Ready(Some(item));
            }
            if let Some(left) = this.limit.left() {
                let skipped = if this.skips { this.offset } else { 0 };
                this.pages.need(left.saturating_add(skipped));
            }
            let page = this.pages.page();
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(response)) => {
                    this.last = Some((response.status(), response.request_id().map(str::to_owned)));
                    this.fill(page, response.into_inner());
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<P: Paginated> FusedStream for Items<P> {
    fn is_terminated(&self) -> bool {
        self.limit.is_reached() || self.buffer.is_empty() && self.pages.is_done()
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
