//! Watches the queue of a teammate: polls it and returns what has changed, entry by entry. `known` compares a poll with
//! the one before, `read` sends the requests of a poll.

mod change;
mod known;
mod read;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::stream::{FusedStream, Stream};
use tokio::time::Instant;

use super::TeammateDialer;
use crate::error::Error;
use crate::support::box_future::BoxFuture;
use crate::support::read_stream::{self, Limit};
use crate::transport::call_options::CallOptions;
use known::{KnownQueue, Reading};

pub use change::QueueChange;

/// The default number of consecutive polls that may fail.
const MAX_FAILED_POLLS: u32 = 10;

impl TeammateDialer {
    /// Watches the queue: polls it now and then each `interval`, and returns what has changed since
    /// the poll before, entry by entry. It never ends by itself.
    ///
    /// ```no_run
    /// # async fn example(client: allo_client::Client) -> Result<(), allo_client::Error> {
    /// use std::time::Duration;
    ///
    /// use allo_client::Teammate;
    /// use allo_client::power_dialer::QueueChange;
    ///
    /// let dialer = client.power_dialer().for_teammate(Teammate::email("marie@example.com"));
    /// let mut changes = dialer.watch(Duration::from_secs(10));
    /// while let Some(change) = changes.try_next().await? {
    ///     match change {
    ///         QueueChange::Called(entry) => println!("{} is being called", entry.position),
    ///         QueueChange::Finished(entry) => println!("{:?}", entry.routing_result),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What it promises:
    ///
    /// * Each change is told once, in the order of the queue: an entry is added, then called, then
    ///   finished, even if all that happened between two polls. The first poll tells of every entry
    ///   what it already is; see [`QueueWatch::only_new`].
    /// * A queue that was replaced between two polls is told ([`QueueChange::Replaced`]), and so are
    ///   entries that were removed. What happened in the old queue after the last poll is not told,
    ///   because it cannot be read any more.
    /// * A queue that changes while its pages are read is read again, so that no entry is told as
    ///   removed because it moved to another page.
    /// * Polls that fail for a temporary reason (429, 5xx, no connection) are made up for by the next
    ///   one, and become an error only if ten in a row fail. After any error the watch can be read on.
    /// * What changes of a finished entry is not told.
    ///
    /// A poll takes one request per 100 entries, beginning with the page of the first entry that is
    /// not finished; one if all are finished.
    pub fn watch(&self, interval: Duration) -> QueueWatch {
        let problem = interval.is_zero().then(|| {
            let message = "the interval must be greater than zero";
            Error::invalid_request(message).with_param("interval")
        });
        QueueWatch {
            dialer: self.clone(),
            interval,
            options: CallOptions::default(),
            only_new: false,
            max_failed_polls: MAX_FAILED_POLLS,
            known: KnownQueue::default(),
            buffer: VecDeque::new(),
            polling: None,
            next_at: None,
            failed: 0,
            problem,
            has_ended: false,
            limit: Limit::default(),
        }
    }
}

/// When a poll began, and what it read; `None` if the queue kept changing.
type Polled = (Instant, Result<Option<Reading>, Error>);

/// The changes of a queue: a `Stream` that can also be read without a stream library; see
/// [`TeammateDialer::watch`].
#[must_use = "nothing is sent until it is read"]
pub struct QueueWatch {
    dialer: TeammateDialer,
    interval: Duration,
    options: CallOptions,
    only_new: bool,
    max_failed_polls: u32,
    known: KnownQueue,
    buffer: VecDeque<QueueChange>,
    /// The poll in progress.
    polling: Option<BoxFuture<Polled>>,
    /// When the next poll begins; `None` for the first one.
    next_at: Option<Instant>,
    /// The number of consecutive polls that failed.
    failed: u32,
    problem: Option<Error>,
    has_ended: bool,
    limit: Limit,
}

impl QueueWatch {
    /// Does not tell what the entries already are at the first poll.
    pub const fn only_new(mut self) -> Self {
        self.only_new = true;
        self
    }

    /// How many polls in a row may fail for a temporary reason before the last failure is returned
    /// as an error. The default is 10; 0 returns each failure.
    pub const fn max_failed_polls(mut self, most: u32) -> Self {
        self.max_failed_polls = most;
        self
    }

    /// Changes the call options of every request.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// Ends after `most` more changes. Errors do not count.
    pub fn take(mut self, most: usize) -> Self {
        self.limit.lower_to(most);
        self
    }

    /// Reads to the end, which only [`take`](Self::take) sets, and collects the changes.
    ///
    /// # Errors
    ///
    /// The first error of [`try_next`](Self::try_next); the changes before it are discarded.
    pub async fn try_collect<C: Default + Extend<QueueChange>>(self) -> Result<C, Error> {
        read_stream::try_collect(self).await
    }

    /// The next change. Waits until there is one; `None` only after [`take`](Self::take).
    ///
    /// # Errors
    ///
    /// If the interval is zero, if a poll fails and a later one cannot succeed, or if too many polls
    /// in a row fail. The next read waits for the next poll.
    pub async fn try_next(&mut self) -> Result<Option<QueueChange>, Error> {
        self.next().await.transpose()
    }

    /// The next change or error.
    pub async fn next(&mut self) -> Option<Result<QueueChange, Error>> {
        read_stream::next(self).await
    }

    /// Begins the next poll, which first waits for its time.
    fn poll(&self) -> BoxFuture<Polled> {
        let request = self.dialer.numbers().options(|_| self.options.clone());
        let (frontier, next_at) = (self.known.frontier(), self.next_at);
        Box::pin(async move {
            if let Some(next_at) = next_at {
                tokio::time::sleep_until(next_at).await;
            }
            let began = Instant::now();
            (began, read::read(&request, &frontier).await)
        })
    }

    /// Takes over a poll. Returns the error that is told.
    fn finish(&mut self, polled: Result<Option<Reading>, Error>) -> Result<(), Error> {
        let (error, may_pass) = match polled {
            Ok(Some(reading)) => {
                self.failed = 0;
                self.buffer = self.known.apply(reading, self.only_new);
                return Ok(());
            }
            Ok(None) => (read::kept_changing(), true),
            Err(error) => {
                let may_pass = error.may_pass_later();
                (error, may_pass)
            }
        };
        if may_pass && self.failed < self.max_failed_polls {
            self.failed += 1;
            return Ok(());
        }
        self.failed = 0;
        Err(error)
    }
}

impl Stream for QueueWatch {
    type Item = Result<QueueChange, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.is_terminated() {
                return Poll::Ready(None);
            }
            if let Some(problem) = this.problem.take() {
                this.has_ended = true;
                return Poll::Ready(Some(Err(problem)));
            }
            if let Some(change) = this.buffer.pop_front() {
                this.limit.count();
                return Poll::Ready(Some(Ok(change)));
            }
            let mut polling = match this.polling.take() {
                Some(polling) => polling,
                None => this.poll(),
            };
            match polling.as_mut().poll(context) {
                Poll::Pending => {
                    this.polling = Some(polling);
                    return Poll::Pending;
                }
                Poll::Ready((began, polled)) => {
                    this.next_at = began.checked_add(this.interval).or(Some(began));
                    if let Err(error) = this.finish(polled) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }
}

impl FusedStream for QueueWatch {
    fn is_terminated(&self) -> bool {
        self.has_ended || self.limit.is_reached()
    }
}

impl fmt::Debug for QueueWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueWatch")
            .field("dialer", &self.dialer)
            .field("interval", &self.interval)
            .field("waiting", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
