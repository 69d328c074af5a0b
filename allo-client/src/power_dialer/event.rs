//! The events of a push, and the stream that returns them.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;

use super::{PushPlan, PushReport};
use crate::error::Error;
use crate::support::box_future::BoxFuture;

/// An event of a push. Batches are numbered from 0, in the order in which they are sent. An `eta` is the minimum time
/// that the rest of the push takes, estimated from the rate limit, the other calls that wait for it, and the duration
/// of a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PushEvent {
    /// The push is planned.
    Planned(PushPlan),
    /// The next request has to wait for the rate limit.
    #[non_exhaustive]
    Waiting {
        /// The minimum wait.
        for_: Duration,
    },
    /// A batch is about to be sent.
    #[non_exhaustive]
    Sending {
        /// The number of the batch.
        batch: usize,
        /// How many leads are in the batch.
        leads: usize,
        /// The minimum time until the push is finished, including this batch.
        eta: Duration,
    },
    /// The status of each lead of a batch is known.
    #[non_exhaustive]
    Batch {
        /// How many leads of the batch were added to the queue.
        added: usize,
        /// How many leads of the batch the server skipped.
        skipped: usize,
        /// How many leads of the push are done so far.
        done: usize,
        /// How many leads the push sends in total.
        of: usize,
        /// The minimum time that the remaining batches take.
        eta: Duration,
    },
    /// A batch is about to be retried with the same idempotency key: its outcome is unknown, or it was not executed
    /// because of a temporary failure.
    #[non_exhaustive]
    Retrying {
        /// The number of the batch.
        batch: usize,
        /// Which retry of the batch this is, counted from 1.
        repetition: u32,
        /// The wait before the retry.
        wait: Duration,
        /// The error of the failed call.
        why: String,
    },
    /// The server refused a batch because it is too large, because a lead in it is invalid, or because the queue has
    /// no room for all of it. The next batch is smaller.
    #[non_exhaustive]
    Halved {
        /// How many leads were in the refused batch.
        from: usize,
        /// How many leads are in the next batch.
        to: usize,
    },
    /// The push stops before all leads are sent.
    #[non_exhaustive]
    Stopped {
        /// Why.
        why: String,
    },
    /// The push is finished or has stopped. This is always the last event.
    Finished(Box<PushReport>),
}

/// The events that the reader of [`PushEvents`] has not read yet.
type Queue = Arc<Mutex<VecDeque<PushEvent>>>;

/// The receivers of the events of a push.
#[derive(Default)]
pub(super) struct Listeners {
    pub(super) hook: Option<Hook>,
    queue: Option<Queue>,
}

/// A callback that receives each event.
pub(super) type Hook = Box<dyn FnMut(&PushEvent) + Send>;

impl Listeners {
    pub(super) fn emit(&mut self, event: PushEvent) {
        if let Some(hook) = &mut self.hook {
            hook(&event);
        }
        if let Some(queue) = &self.queue {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.push_back(event);
        }
    }

    /// Passes the last event to the hook. The stream returns it from [`PushEvents`].
    pub(super) fn finish(mut self, report: PushReport) -> PushReport {
        let Some(hook) = &mut self.hook else {
            return report;
        };
        let last = PushEvent::Finished(Box::new(report));
        hook(&last);
        match last {
            PushEvent::Finished(report) => *report,
            _ => unreachable!(),
        }
    }
}

/// A running push as the stream of its events. The push runs only while the stream is read; dropping the stream drops
/// the push.
///
/// Until the stream is read to its end or dropped, the push holds the queue lock. Another push of the same client to
/// that queue waits, at most until its [deadline](super::Push::deadline) or
/// [batch_deadline](super::Push::batch_deadline), and then fails without having sent anything.
///
/// The last item is [`PushEvent::Finished`], or the error of a push that sent nothing.
#[must_use = "a push runs only while its events are read"]
pub struct PushEvents {
    /// `None` once the push has ended.
    run: Option<BoxFuture<Result<PushReport, Error>>>,
    /// The last item, once the push has ended.
    last: Option<Result<PushEvent, Error>>,
    queue: Queue,
}

impl PushEvents {
    pub(super) fn new(
        mut listeners: Listeners,
        run: impl FnOnce(Listeners) -> BoxFuture<Result<PushReport, Error>>,
    ) -> Self {
        let queue = Queue::default();
        listeners.queue = Some(Arc::clone(&queue));
        Self {
            run: Some(run(listeners)),
            last: None,
            queue,
        }
    }

    /// The next event.
    ///
    /// # Errors
    ///
    /// As [`Push::send`](super::Push::send).
    pub async fn try_next(&mut self) -> Result<Option<PushEvent>, Error> {
        let next = std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context));
        next.await.transpose()
    }

    fn pop_event(&self) -> Option<PushEvent> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }
}

impl Stream for PushEvents {
    type Item = Result<PushEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(event) = this.pop_event() {
            return Poll::Ready(Some(Ok(event)));
        }
        if let Some(run) = &mut this.run
            && let Poll::Ready(end) = run.as_mut().poll(context)
        {
            this.run = None;
            this.last = Some(end.map(|report| PushEvent::Finished(Box::new(report))));
        }
        match (this.pop_event(), &this.run) {
            (Some(event), _) => Poll::Ready(Some(Ok(event))),
            (None, Some(_)) => Poll::Pending,
            (None, None) => Poll::Ready(this.last.take()),
        }
    }
}

impl fmt::Debug for PushEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushEvents")
            .field("ended", &self.run.is_none())
            .finish_non_exhaustive()
    }
}
