//! The rate limiter of the client: the trait `Pacer`, its settings and its data types. The default
//! implementation is in `local`; it consists of a `window` (slots taken), a `queue` (waiters) and
//! an `estimate` (when requests arrive), which `class` combines.

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

/// The maximum number of requests of a key in any one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests with the method `GET`.
    pub reads: u32,
    /// All other requests.
    pub writes: u32,
}

impl Limits {
    /// Sets both limits. A limit is at least one.
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
    /// The documented limits: 20 reads and 5 writes.
    fn default() -> Self {
        Self::new(20, 5)
    }
}

/// How a client keeps within the rate limit of its API key.
///
/// By default a client and its clones send at most 20 reads and 5 writes in any one second, however
/// many tasks call concurrently, and use all of that quota. Waiting calls are served in order of
/// arrival, those with [`Priority::Interactive`] first. A waiting future that is not polled does
/// not block the others: it is passed over and keeps its rank.
///
/// The server counts a request when it *arrives*, which no client can observe. So there are two
/// promises:
///
/// - By default the quota is used in full. When a request arrives is estimated from round trips and
///   from the counts in the headers of each response. If the delay of requests varies strongly, the
///   server may occasionally answer 429; the request is retried after the wait that the server asks
///   for.
/// - With [`strict`](Self::strict) the limit of no window is exceeded.
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
    /// At most this many reads and writes in any one second.
    pub fn limits(reads: u32, writes: u32) -> Self {
        Self {
            limits: Some(Limits::new(reads, writes)),
            promise: Promise::FullUse,
        }
    }

    /// No rate limiting in the client: calls slow down only when the server answers 429.
    pub const fn off() -> Self {
        Self {
            limits: None,
            promise: Promise::FullUse,
        }
    }

    /// Never exceeds the limit, however late requests arrive, at the price of a lower throughput: a
    /// slot is reused one second after the response to its request has arrived. A request without a
    /// response is assumed to arrive within five seconds.
    pub const fn strict(mut self) -> Self {
        self.promise = Promise::Strict;
        self
    }

    /// `max_waiting` bounds the number of waiting calls of each class.
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

/// The order in which calls that wait for the rate limit are served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// Served first: a user is waiting for the result.
    #[default]
    Interactive,
    /// Served after interactive calls. While interactive calls are waiting, every fifth slot goes
    /// to a bulk call.
    Bulk,
}

/// A rate limiter: decides when a request may be sent. All clones of a client share one.
///
/// Implement it if several processes share the quota of a key. Within a process, the pacer that
/// [`Pacing`] configures is enough.
pub trait Pacer: fmt::Debug + Send + Sync + 'static {
    /// Waits for a slot. Dropping the future must release the slot.
    fn acquire(&self, request: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>>;

    /// Reports the rate limit headers of a response of this class.
    fn observe(&self, class: RateClass, info: &RateLimitInfo) {
        let _ = (class, info);
    }

    /// The current limits; `None` if requests are not limited.
    fn limits(&self) -> Option<Limits> {
        None
    }

    /// The minimum time until the `n`-th request of a class can be sent, `n` from 1, if requests
    /// are sent one after another from now on, behind those that are waiting; `None` if unknown. It
    /// is used only for estimates.
    fn earliest(&self, class: RateClass, n: u32) -> Option<Duration> {
        let _ = (class, n);
        None
    }

    /// Replaces the limits, as [`Client::learn_limits`](crate::Client::learn_limits) does.
    fn set_limits(&self, limits: Limits) {
        let _ = limits;
    }
}

/// A request for a slot.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PaceRequest {
    /// The operation to be called.
    pub operation: &'static Operation,
    /// The priority of the call.
    pub priority: Priority,
    /// Whether the request is a retry, whose first attempt has waited already.
    pub is_retry: bool,
    /// How long the caller waits. After that it gives up without being told.
    pub max_wait: Option<Duration>,
}

/// No slot comes free while the caller waits, or the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcquireTimeout {
    /// When a slot will be free, if that is known.
    pub wait: Option<Duration>,
    /// Whether the queue is full.
    pub queue_full: bool,
}

impl AcquireTimeout {
    pub(crate) const UNKNOWN: Self = Self {
        wait: None,
        queue_full: false,
    };

    /// A slot is free after `wait`.
    #[must_use]
    pub const fn after(wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            queue_full: false,
        }
    }

    /// The queue is full. A slot would have been free after `wait`.
    #[must_use]
    pub const fn queue_full(wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            queue_full: true,
        }
    }
}

/// What a response says about the rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitInfo {
    /// `X-RateLimit-Limit`: the number of requests of the class allowed per second.
    pub limit: Option<u32>,
    /// `X-RateLimit-Remaining`: the number of requests left in the window.
    pub remaining: Option<u32>,
    /// `X-RateLimit-Reset` as Unix seconds: the end of the window; `None` if the header has another
    /// form.
    pub reset: Option<i64>,
    /// Whether the status is 429.
    pub refused: bool,
    /// The rate limit was hit: no request of this class may be sent for this long.
    pub pause: Option<Duration>,
}

/// A reset below this is a delay, not a Unix time.
const LEAST_UNIX: i64 = 1_000_000;
/// A reset above this is not in seconds.
const MOST_UNIX: i64 = 100_000_000_000;

impl RateLimitInfo {
    /// Reads the rate limit headers of a response.
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

    /// Marks the rate limit as hit. The pause is `wait` if the server names one, else a window.
    pub(crate) fn throttled(mut self, asked: Option<Duration>) -> Self {
        self.pause = Some(asked.unwrap_or(window::WINDOW));
        self
    }
}

/// The number in a header, if it has one.
pub(crate) fn header_number<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The pacer that limits nothing.
#[derive(Debug)]
struct Unpaced;

impl Pacer for Unpaced {
    fn acquire(&self, _: PaceRequest) -> BoxFuture<Result<Permit, AcquireTimeout>> {
        Box::pin(std::future::ready(Ok(Permit::free())))
    }
}
