//! Pacing: who may send when, so that the rate limit of the server is not hit.
//! Here is what a pacer is; the one that is used by default is in `local`.

mod allowance;
mod lane;
mod local;
mod queue;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;

use super::exchange::{Attempt, Loss, LossSort};
use crate::operation::{Operation, RateClass};
use crate::runtime::BoxFuture;

/// How many requests a key may make in any one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests with the method `GET`.
    pub reads: u32,
    /// All other requests.
    pub writes: u32,
}

impl Limits {
    /// Both limits; none is ever less than one.
    #[must_use]
    pub fn new(reads: u32, writes: u32) -> Self {
        Self {
            reads: reads.max(1),
            writes: writes.max(1),
        }
    }

    /// The limit of a class.
    #[must_use]
    pub const fn of(self, class: RateClass) -> u32 {
        match class {
            RateClass::Read => self.reads,
            RateClass::Write => self.writes,
        }
    }
}

impl Default for Limits {
    /// What the service documents: 20 reads and 5 writes.
    fn default() -> Self {
        Self::new(20, 5)
    }
}

/// How a client keeps within the rate limit of its key.
///
/// By default no one-second window holds more than 20 reads or 5 writes of a
/// client and its clones, however many tasks call at once. Those who wait are
/// served in the order in which they came, [`Priority::Interactive`] first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Pacing(Option<Limits>);

impl Pacing {
    /// At most so many reads and writes in any one second.
    pub fn limits(reads: u32, writes: u32) -> Self {
        Self(Some(Limits::new(reads, writes)))
    }

    /// No pacing: the server's 429 is all that slows calls down.
    pub const fn off() -> Self {
        Self(None)
    }

    pub(super) fn open(self) -> Arc<dyn Pacer> {
        match self.0 {
            Some(limits) => Arc::new(local::LocalPacer::new(limits)),
            None => Arc::new(Unpaced),
        }
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self(Some(Limits::default()))
    }
}

/// Who goes first when calls wait for the rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// Somebody is waiting for it.
    #[default]
    Interactive,
    /// It can wait: while interactive calls are waiting, bulk calls get every
    /// fifth place.
    Bulk,
}

/// Says when a request may be sent. One is shared by all clones of a client.
///
/// Write one if several processes are to share the quota of a key; everything
/// within a process is done by the pacer that [`Pacing`] sets up.
pub trait Pacer: fmt::Debug + Send + Sync + 'static {
    /// Waits for a place. Dropping the future must give the place back.
    fn acquire(&self, request: PaceRequest) -> BoxFuture<Result<Permit, TooLong>>;

    /// What an answer says about the rate limit of its class.
    fn observe(&self, class: RateClass, observed: &Observed) {
        let _ = (class, observed);
    }

    /// The limits now; none if there are none.
    fn limits(&self) -> Option<Limits> {
        None
    }

    /// How long it takes at least until the `n`-th request of a class can leave,
    /// `n` from 1, if requests are made one after another from now on, with what
    /// is waiting already; none if that is not known. Estimates are made of it,
    /// nothing else.
    fn earliest(&self, class: RateClass, n: u32) -> Option<Duration> {
        let _ = (class, n);
        None
    }

    /// Sets the limits anew, as
    /// [`Client::learn_limits`](crate::Client::learn_limits) does.
    fn set_limits(&self, limits: Limits) {
        let _ = limits;
    }
}

/// Who asks for a place.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PaceRequest {
    /// What is to be called.
    pub operation: &'static Operation,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether it has been sent before, and so has waited before.
    pub is_retry: bool,
    /// How long the caller will wait; it gives up by itself after that.
    pub patience: Option<Duration>,
}

/// It is certain that no place comes free while the caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooLong {
    /// When there will be one, if that is known.
    pub wait: Option<Duration>,
}

impl TooLong {
    pub(super) const UNKNOWN: Self = Self { wait: None };

    /// There is a place after `wait`.
    #[must_use]
    pub const fn after(wait: Duration) -> Self {
        Self { wait: Some(wait) }
    }
}

/// What an answer says about the rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observed {
    /// How many requests of its class are allowed a second.
    pub limit: Option<u32>,
    /// The limit was hit; nobody of this class is to send for so long.
    pub pause: Option<Duration>,
}

/// The rate limit is one of requests a second, so it is over after one.
const WINDOW: Duration = Duration::from_secs(1);

impl Observed {
    /// `throttled` is there if the limit was hit, with the wait that was asked.
    pub(super) fn of(headers: &HeaderMap, throttled: Option<Option<Duration>>) -> Self {
        let limit = headers.get("x-ratelimit-limit");
        let limit = limit.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Self {
            limit: limit.filter(|limit| *limit > 0),
            pause: throttled.map(|asked| asked.unwrap_or(WINDOW)),
        }
    }
}

/// A place to send one request in. Dropped before that, it is given back.
#[must_use]
pub struct Permit {
    end: Option<EndOfPermit>,
    sent: bool,
}

/// Called once, with what became of the place.
type EndOfPermit = Box<dyn FnOnce(Use) + Send>;

/// What became of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Use {
    /// Nothing has reached the server, and nothing will.
    Unused,
    /// An answer came: the request has arrived.
    Answered,
    /// The request was sent, and may yet arrive.
    Lost,
}

impl Permit {
    /// A place; `end` is called once, with what became of it.
    pub fn new(end: impl FnOnce(Use) + Send + 'static) -> Self {
        Self {
            end: Some(Box::new(end)),
            sent: false,
        }
    }

    /// A place of which there are enough.
    pub const fn free() -> Self {
        Self {
            end: None,
            sent: false,
        }
    }

    pub(super) const fn sent(&mut self) {
        self.sent = true;
    }

    pub(super) fn end(mut self, attempt: &Attempt) {
        self.finish(match attempt {
            Attempt::Answered(_) => Use::Answered,
            Attempt::Lost(Loss {
                sort: LossSort::Connect | LossSort::Unsendable,
                ..
            }) => Use::Unused,
            Attempt::Lost(_) => Use::Lost,
        });
    }

    /// Ends it with an answer, whatever is still to come of that.
    pub(super) fn answered(mut self) {
        self.finish(Use::Answered);
    }

    fn finish(&mut self, what: Use) {
        if let Some(end) = self.end.take() {
            end(what);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.finish(if self.sent { Use::Lost } else { Use::Unused });
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

/// Lets everybody through.
#[derive(Debug)]
struct Unpaced;

impl Pacer for Unpaced {
    fn acquire(&self, _: PaceRequest) -> BoxFuture<Result<Permit, TooLong>> {
        Box::pin(std::future::ready(Ok(Permit::free())))
    }
}
