//! Estimates the minimum time of a push from the rate limit and the fastest response.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::operation::RateClass;
use crate::transport::client_handle::Client;

/// The estimate of one push.
#[derive(Debug, Default)]
pub(super) struct Eta {
    /// The fastest response so far.
    round_trip: Option<Duration>,
}

/// A request in flight.
pub(super) struct Started {
    at: Instant,
    /// The expected wait for the rate limit.
    pub(super) wait: Duration,
}

impl Eta {
    pub(super) fn start(&self, client: &Client, class: RateClass) -> Started {
        Started {
            at: Instant::now(),
            wait: earliest(client, class, 1),
        }
    }

    /// Records a response after this many attempts. Returns the time waited for the rate limit.
    pub(super) fn end(&mut self, started: &Started, attempts: u32) -> Duration {
        let time = started.at.elapsed();
        if attempts == 1 {
            let trip = time.saturating_sub(started.wait);
            self.round_trip = Some(self.round_trip.map_or(trip, |fastest| fastest.min(trip)));
        }
        started.wait.min(time)
    }

    /// The time that this many sequential writes take.
    pub(super) fn least(&self, client: &Client, writes: usize) -> Duration {
        let Some(others) = u32::try_from(writes)
            .ok()
            .and_then(|all| all.checked_sub(1))
        else {
            return Duration::ZERO;
        };
        let trip = self.round_trip.unwrap_or_default();
        let by_limit = earliest(client, RateClass::Write, others + 1);
        by_limit.max(trip * others) + trip
    }
}

fn earliest(client: &Client, class: RateClass, n: u32) -> Duration {
    let pacer = &client.shared().context.pacer;
    pacer.earliest(class, n).unwrap_or_default()
}
