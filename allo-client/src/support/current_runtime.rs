//! Which tokio runtime polls. Timers and connections are driven by the runtime in
//! which they were made; what is kept for each of them is beside the timers and
//! connections themselves.

use tokio::runtime::{Handle, Id};

/// The runtime in which this is called; none outside of any.
pub(crate) fn current_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}
