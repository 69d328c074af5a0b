//! Resets a sandbox, moves its clock, and changes its quotas.

use std::time::Duration;

use jiff::Timestamp;

use super::Control;
use crate::blueprint::Dataset;
use crate::lock::lock;
use crate::quota::{Meter, Quotas};

/// Reset, clock and quotas.
impl Control {
    /// Starts again as configured: data, keys, quotas, faults, clock and the sequence of ids; empties
    /// log and journal, and removes scripted responses and stored idempotency keys. The API key of
    /// the owner stays valid. Wait for the requests in progress first; one that is executed later
    /// changes the new data. A port that is closed stays closed.
    pub fn reset(&self) {
        self.app.reset(None);
    }

    /// Starts again like [`reset`](Self::reset), with other data.
    pub fn reset_to(&self, dataset: Dataset) {
        self.app.reset(Some(dataset));
    }

    /// The API key of the team's owner, with every scope.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.app.api_key
    }

    /// The time on the clock of the sandbox.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Advances the clock of the sandbox, as if this time had passed: quotas are available again,
    /// and idempotency keys expire. Delays of responses and faults follow tokio's time instead.
    pub fn advance(&self, time: Duration) {
        self.app.clock.advance(time);
    }

    /// Sets the clock of the sandbox. A later time [advances](Self::advance) it; an earlier one changes
    /// only the time that it shows.
    pub fn set_time(&self, time: Timestamp) {
        self.app.clock.set(time);
    }

    /// The current quotas.
    #[must_use]
    pub fn quotas(&self) -> Quotas {
        lock(&self.app.meter).quotas()
    }

    /// Changes the quotas; counting begins anew.
    pub fn set_quotas(&self, quotas: Quotas) {
        *lock(&self.app.meter) = Meter::new(quotas);
    }
}
