//! How long the requests of a push take at least: what the pacer knows, and the
//! time a request was seen to take.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::operation::RateClass;
use crate::transport::client_handle::Client;

/// The estimate of one push.
#[derive(Debug, Default)]
pub(super) struct Eta {
    /// The fastest answer so far.
    round_trip: Option<Duration>,
}

/// A request under way.
pub(super) struct Started {
    at: Instant,
    /// How long it has to wait for the rate limit, as far as that is known.
    pub(super) wait: Duration,
}

impl Eta {
    pub(super) fn start(&self, client: &Client, class: RateClass) -> Started {
        Started {
            at: Instant::now(),
            wait: earliest(client, class, 1),
        }
    }

    /// An answer came, after so many attempts. Returns how long was waited for
    /// the rate limit.
    pub(super) fn end(&mut self, started: &Started, attempts: u32) -> Duration {
        let time = started.at.elapsed();
        if attempts == 1 {
            let trip = time.saturating_sub(started.wait);
            self.round_trip = Some(self.round_trip.map_or(trip, |fastest| fastest.min(trip)));
        }
        started.wait.min(time)
    }

    /// How long so many writes take, one after another.
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
