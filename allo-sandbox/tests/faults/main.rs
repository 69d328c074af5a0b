//! Faults as a client sees them: the bytes, how the connection ends, whether the request was
//! executed, and the result of a retry with the same key. One binary, one module per
//! subject.

mod answers;
mod client;
mod corrupt;
mod every_kind;
mod listener;
mod peer;
mod plan;
mod socket;
mod tls;
