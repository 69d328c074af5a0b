//! Async helpers for all layers. They know nothing of calls.

pub(crate) mod box_future;
pub(crate) mod current_runtime;
#[cfg(feature = "power-dialer")]
pub(crate) mod keyed_lock;
pub(crate) mod read_stream;
