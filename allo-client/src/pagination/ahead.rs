//! Prefetched pages: requests run concurrently, and their pages are returned in order. `pages` decides which pages to
//! fetch.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use crate::error::Error;
use crate::support::box_future::BoxFuture;
use crate::transport::response::Response;

/// The request of a page that is in flight.
pub(super) type Fetch<Page> = BoxFuture<PageResult<Page>>;
type PageResult<Page> = Result<Response<Page>, Error>;

/// The pages in flight, by their numbers, without a gap.
pub(super) struct Ahead<Page> {
    slots: VecDeque<(u64, Slot<Page>)>,
}

enum Slot<Page> {
    Fetching(Fetch<Page>),
    Here(PageResult<Page>),
}

impl<Page> Ahead<Page> {
    pub(super) const fn new() -> Self {
        Self {
            slots: VecDeque::new(),
        }
    }

    /// The number of the page that is returned next.
    pub(super) fn first(&self) -> Option<u64> {
        self.slots.front().map(|(page, _)| *page)
    }

    /// The number of the page that was requested last.
    pub(super) fn last(&self) -> Option<u64> {
        self.slots.back().map(|(page, _)| *page)
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn push_front(&mut self, page: u64, fetch: Fetch<Page>) {
        self.slots.push_front((page, Slot::Fetching(fetch)));
    }

    pub(super) fn push_back(&mut self, page: u64, fetch: Fetch<Page>) {
        self.slots.push_back((page, Slot::Fetching(fetch)));
    }

    pub(super) fn clear(&mut self) {
        self.slots.clear();
    }

    /// Polls all requests and removes the first one when it is complete.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<PageResult<Page>> {
        for (_, slot) in &mut self.slots {
            if let Slot::Fetching(fetch) = slot
                && let Poll::Ready(response) = fetch.as_mut().poll(context)
            {
                *slot = Slot::Here(response);
            }
        }
        match self.slots.pop_front() {
            Some((_, Slot::Here(response))) => Poll::Ready(response),
            Some(first) => {
                self.slots.push_front(first);
                Poll::Pending
            }
            None => Poll::Pending,
        }
    }
}
