//! The tokio runtime of the current task. Timers and connections are driven by the runtime that
//! created them; per-runtime state is kept in the modules of timers and connections.

use tokio::runtime::{Handle, Id};

/// The current runtime; `None` outside of any.
pub(crate) fn current_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}
