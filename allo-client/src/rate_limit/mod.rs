//! The rate limit: who may send when, so that the limit of the server is not hit.
//! Here is what a pacer is; the one that is used by default is in `local`. It is
//! made of a `window` (which slots are taken), a `queue` (who waits) and an
//! `estimate` (when requests arrive), which `class` puts together.

mod class;
mod estimate;
mod limit;
#[cfg(test)]
mod liveness_tests;
mod local;
mod permit;
mod queue;
#[cfg(test)]
mod server_tests;
mod server_windows;
#[cfg(test)]
mod tests;
mod window;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::model::operation::{Operation, RateClass};
use crate::support::box_future::BoxFuture;

pub use permit::{Permit, PermitOutcome};

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
/// By default a client and its clones send at most 20 reads and 5 writes in any
/// one second, however many tasks call at once, and use all of that. Those who
/// wait are served in the order in which they came, [`Priority::Interactive`]
/// first. Who waits and is not polled holds nobody up: it is passed over, and
/// keeps its rank.
///
/// The limit counts when a request *arrives*, which no client can see. So there
/// are two promises:
///
/// - By default the quota is used in full. A request is taken to arrive as round
///   trips, and the counts that the server tells with each answer, make likely.
///   If requests are late by very different times, the server may refuse one now
///   and then; it is sent again after the wait that the server asks for.
/// - With [`strict`](Self::strict) no window is ever over.
///
/// ```
/// # use allo_client::{Client, Pacing};
/// let half_of_the_quota = Pacing::limits(10, 2);
/// let client = Client::builder().pacing(half_of_the_quota.strict());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Pacing {
    limits: Option<Limits>,
    promise: Promise,
}

/// What is promised about the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    FullUse,
    Strict,
}

impl Pacing {
    /// At most so many reads and writes in any one second.
    pub fn limits(reads: u32, writes: u32) -> Self {
        Self {
            limits: Some(Limits::new(reads, writes)),
            promise: Promise::FullUse,
        }
    }

    /// No pacing: the server's 429 is all that slows calls down.
    pub const fn off() -> Self {
        Self {
            limits: None,
            promise: Promise::FullUse,
        }
    }

    /// Never exceeds the limit, however late requests arrive, and uses less of it
    /// for that: each request is answered before the second begins after which
    /// another takes its slot. A request without an answer is taken to arrive
    /// within five seconds.
    pub const fn strict(mut self) -> Self {
        self.promise = Promise::Strict;
        self
    }

    /// `max_waiting` bounds how many may wait in each class.
    pub(crate) fn open(self, max_waiting: Option<usize>) -> Arc<dyn Pacer> {
        match self.limits {
            Some(limits) => Arc::new(local::LocalPacer::new(limits, self.promise, max_waiting)),
            None => Arc::new(Unpaced),
        }
    }
}

impl Default for Pacing {
    fn default() -> Self {
        let Limits { reads, writes } = Limits::default();
        Self::limits(reads, writes)
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
    /// fifth slot.
    Bulk,
}

/// Says when a request may be sent. One is shared by all clones of a client.
///
/// Write one if several processes are to share the quota of a key; everything
/// within a process is done by the pacer that [`Pacing`] sets up.
pub trait Pacer: fmt::Debug + Send + Sync + 'static {
    /// Waits for a slot. Dropping the future must give it back.
    fn acquire(&self, request: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>>;

    /// What an answer says about the rate limit of its class.
    fn observe(&self, class: RateClass, info: &RateLimitInfo) {
        let _ = (class, info);
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

/// Who asks for a slot.
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
    pub max_wait: Option<Duration>,
}

/// No slot comes free while the caller waits, or too many wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcquireTimeout {
    /// When there will be one, if that is known.
    pub wait: Option<Duration>,
    /// Whether as many wait as may wait.
    pub queue_full: bool,
}

impl AcquireTimeout {
    pub(crate) const UNKNOWN: Self = Self {
        wait: None,
        queue_full: false,
    };

    /// There is a slot after `wait`.
    #[must_use]
    pub const fn after(wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            queue_full: false,
        }
    }

    /// As many wait as may wait; there would have been a slot after `wait`.
    #[must_use]
    pub const fn queue_full(wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            queue_full: true,
        }
    }
}

/// What an answer says about the rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitInfo {
    /// `X-RateLimit-Limit`: how many requests of its class are allowed a second.
    pub limit: Option<u32>,
    /// `X-RateLimit-Remaining`: how many of them are left.
    pub remaining: Option<u32>,
    /// `X-RateLimit-Reset` as Unix seconds: when the window ends; none if it is
    /// told in another form.
    pub reset: Option<i64>,
    /// Whether the status is 429.
    pub refused: bool,
    /// The limit was hit; nobody of this class is to send for so long.
    pub pause: Option<Duration>,
}

/// A reset below this is a delay, not a time.
const LEAST_UNIX: i64 = 1_000_000;
/// A reset above this is not in seconds.
const MOST_UNIX: i64 = 100_000_000_000;

impl RateLimitInfo {
    /// What the headers of an answer say.
    pub(crate) fn of(headers: &HeaderMap, status: u16) -> Self {
        let limit = header_number(headers, "x-ratelimit-limit");
        let reset: Option<i64> = header_number(headers, "x-ratelimit-reset");
        Self {
            limit: limit.filter(|limit| *limit > 0),
            remaining: header_number(headers, "x-ratelimit-remaining"),
            reset: reset.filter(|reset| (LEAST_UNIX..MOST_UNIX).contains(reset)),
            refused: status == 429,
            pause: None,
        }
    }

    /// The limit was hit, and the server asks for this wait; a window if it names
    /// none.
    pub(crate) fn throttled(mut self, asked: Option<Duration>) -> Self {
        self.pause = Some(asked.unwrap_or(window::WINDOW));
        self
    }
}

/// The number in a header, if there is one.
pub(crate) fn header_number<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Lets everybody through.
#[derive(Debug)]
struct Unpaced;

impl Pacer for Unpaced {
    fn acquire(&self, _: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>> {
        Box::pin(std::future::ready(Ok(Permit::free())))
    }
}
