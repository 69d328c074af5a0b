//! What a push tells while it is at work.

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

/// Something happened in a push. Batches are counted from 0, in the order in
/// which they are sent; an `eta` is how long the rest takes at least, by the
/// rate limit, what else is waiting for it, and the time a request takes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PushEvent {
    /// It is decided what is sent.
    Planned(PushPlan),
    /// The next request has to wait for the rate limit.
    #[non_exhaustive]
    Waiting {
        /// For so long at least.
        for_: Duration,
    },
    /// A batch is sent.
    #[non_exhaustive]
    Sending {
        /// Which one.
        batch: usize,
        /// How many leads are in it.
        leads: usize,
        /// How long it takes to the end, this batch included.
        eta: Duration,
    },
    /// A batch is done.
    #[non_exhaustive]
    Batch {
        /// How many of its leads are in the queue.
        added: usize,
        /// How many of them the server left out.
        skipped: usize,
        /// How many leads of the push are done.
        done: usize,
        /// How many leads of the push are sent in all.
        of: usize,
        /// How long the rest takes.
        eta: Duration,
    },
    /// A batch is sent again by the same key, as it is not known whether it was
    /// carried out, or as it was not and may be yet.
    #[non_exhaustive]
    Retrying {
        /// Which one.
        batch: usize,
        /// Which retry of its call it is, counted from 1.
        repetition: u32,
        /// How long it is waited before.
        wait: Duration,
        /// What went wrong.
        why: String,
    },
    /// The server found a batch too large or something in it wrong, or the queue has no
    /// room for all of it: less is sent.
    #[non_exhaustive]
    Halved {
        /// How many leads were in it.
        from: usize,
        /// How many are in the next one.
        to: usize,
    },
    /// The push ends before all is sent.
    #[non_exhaustive]
    Stopped {
        /// Why.
        why: String,
    },
    /// The push is over; always the last event.
    Finished(Box<PushReport>),
}

/// Where events wait for the reader of [`PushEvents`].
type Queue = Arc<Mutex<VecDeque<PushEvent>>>;

/// Whom a push tells what happens.
#[derive(Default)]
pub(super) struct Listeners {
    pub(super) hook: Option<Hook>,
    queue: Option<Queue>,
}

/// A function that wants to know.
pub(super) type Hook = Box<dyn FnMut(&PushEvent) + Send>;

impl Listeners {
    pub(super) fn tell(&mut self, event: PushEvent) {
        if let Some(hook) = &mut self.hook {
            hook(&event);
        }
        if let Some(queue) = &self.queue {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.push_back(event);
        }
    }

    /// Reports the last event to the hook. Whoever reads the stream gets it from [`PushEvents`].
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

/// A push at work, as the stream of its events. It goes on only while the stream
/// is read; dropping it drops the push.
///
/// While it is neither read to its end nor dropped, it has the turn at its queue:
/// another push of the same client to that queue waits, no longer than its
/// [deadline](super::Push::deadline) or [batch_deadline](super::Push::batch_deadline), and then
/// fails without having sent anything.
///
/// The last item is [`PushEvent::Finished`], or the error of a push of which
/// nothing was sent.
#[must_use = "a push goes on only while its events are read"]
pub struct PushEvents {
    /// None when it is over.
    run: Option<BoxFuture<Result<PushReport, Error>>>,
    /// The last item, once the push is over.
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

    fn waiting(&self) -> Option<PushEvent> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }
}

impl Stream for PushEvents {
    type Item = Result<PushEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(event) = this.waiting() {
            return Poll::Ready(Some(Ok(event)));
        }
        if let Some(run) = &mut this.run
            && let Poll::Ready(end) = run.as_mut().poll(context)
        {
            this.run = None;
            this.last = Some(end.map(|report| PushEvent::Finished(Box::new(report))));
        }
        match (this.waiting(), &this.run) {
            (Some(event), _) => Poll::Ready(Some(Ok(event))),
            (None, Some(_)) => Poll::Pending,
            (None, None) => Poll::Ready(this.last.take()),
        }
    }
}

impl fmt::Debug for PushEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushEvents")
            .field("over", &self.run.is_none())
            .finish_non_exhaustive()
    }
}
