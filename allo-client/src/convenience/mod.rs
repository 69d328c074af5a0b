//! Convenience methods on top of single operations, which combine several requests, or a request with a rule. The files
//! do not depend on each other; the queue of the Power Dialer is in `power_dialer`.

pub(crate) mod batch;
pub(crate) mod custom_request;
#[cfg(feature = "power-dialer")]
pub(crate) mod ensure;
pub(crate) mod operation_call;
mod permissions;
pub(crate) mod recording;
pub(crate) mod sync;
mod tags;
mod teammate;
