//! Breaking things while the sandbox runs, and what came of it.

use std::time::Duration;

use super::Control;
use crate::faults::injector::Injector;
use crate::faults::journal::{Execution, FaultEvent};
use crate::faults::plan::{FaultPlan, PlanError};
use crate::lock::lock;
use crate::net::listener::Command;

/// Faults.
impl Control {
    /// Follows this plan from its beginning, in place of the one before.
    ///
    /// # Errors
    ///
    /// When the plan cannot be followed; see [`FaultPlan::check`]. The one before stays.
    pub fn set_faults(&self, plan: FaultPlan) -> Result<(), PlanError> {
        let injector = Injector::new(plan)?;
        *lock(&self.app.faults) = Some(injector);
        Ok(())
    }

    /// Injects no more faults. Those that struck stay listed.
    pub fn clear_faults(&self) {
        *lock(&self.app.faults) = None;
    }

    /// Every fault that struck, in order.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultEvent> {
        lock(&self.app.journal).faults.clone()
    }

    /// Every write that was carried out, in the order in which that happened. Clearing the log of
    /// requests does not shorten it.
    #[must_use]
    pub fn executed(&self) -> Vec<Execution> {
        lock(&self.app.journal).executed.clone()
    }

    /// Closes the port, so that connections are refused by the operating system, or opens it again.
    /// Requests under way are answered and idle connections closed. Returns when it is done; does
    /// nothing when the sandbox has stopped.
    pub async fn refuse_connections(&self, refuse: bool) {
        let command = if refuse {
            Command::Close
        } else {
            Command::Open
        };
        self.app.listener.send(command).await;
    }

    /// As [`refuse_connections`](Self::refuse_connections), and opens the port by itself after this
    /// time. A port that is closed already opens at the later of the two moments.
    pub async fn refuse_connections_for(&self, time: Duration) {
        self.app.listener.send(Command::CloseFor(time)).await;
    }
}
