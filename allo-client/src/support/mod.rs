//! What asynchronous code of any layer needs and what knows nothing of calls.

pub(crate) mod box_future;
pub(crate) mod current_runtime;
#[cfg(feature = "power-dialer")]
pub(crate) mod keyed_lock;
