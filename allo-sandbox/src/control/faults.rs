//! Injects faults into a running sandbox, and lists faults and executed writes.

use std::time::Duration;

use super::Control;
use crate::faults::injector::Injector;
use crate::faults::journal::{Execution, FaultEvent};
use crate::faults::plan::{FaultPlan, PlanError};
use crate::lock::lock;
use crate::net::listener::Command;

/// Faults.
impl Control {
    /// Replaces the fault plan and starts it from its beginning.
    ///
    /// # Errors
    ///
    /// If the plan is invalid; see [`FaultPlan::check`]. Then the previous plan stays.
    pub fn set_faults(&self, plan: FaultPlan) -> Result<(), PlanError> {
        let injector = Injector::new(plan)?;
        *lock(&self.app.faults) = Some(injector);
        Ok(())
    }

    /// The fault plan, if there is one.
    #[must_use]
    pub fn fault_plan(&self) -> Option<FaultPlan> {
        let faults = lock(&self.app.faults);
        faults.as_ref().map(|injector| injector.plan().clone())
    }

    /// Removes the fault plan. Injected faults stay listed.
    pub fn clear_faults(&self) {
        *lock(&self.app.faults) = None;
    }

    /// Every injected fault, in order.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultEvent> {
        lock(&self.app.journal).faults.clone()
    }

    /// Every executed write, in the order of execution. [`clear_log`](Self::clear_log) does not
    /// change it.
    #[must_use]
    pub fn executed(&self) -> Vec<Execution> {
        lock(&self.app.journal).executed.clone()
    }

    /// Closes the port, so that the operating system refuses connections, or opens it again.
    /// Requests in progress are answered, and idle connections are closed. Returns when that is done;
    /// does nothing if the sandbox has stopped.
    pub async fn refuse_connections(&self, refuse: bool) {
        let command = if refuse {
            Command::Close
        } else {
            Command::Open
        };
        self.app.listener.send(command).await;
    }

    /// Like [`refuse_connections`](Self::refuse_connections), and opens the port again after this
    /// time. If the port is already closed, it opens at the later of the two times.
    pub async fn refuse_connections_for(&self, time: Duration) {
        self.app.listener.send(Command::CloseFor(time)).await;
    }
}
