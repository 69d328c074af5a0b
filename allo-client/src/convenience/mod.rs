//! What stands above single operations: one call does what takes several requests, or a request and a rule. Each file is
//! on its own; the queue of the Power Dialer is in `power_dialer`.

pub(crate) mod batch;
pub(crate) mod operation_call;
mod permissions;
pub(crate) mod recording;
pub(crate) mod sync;
mod tags;
mod teammate;
