//! Faults as a client meets them: the bytes on the wire, how the connection ends, whether the
//! request was carried out, and what a repeat with the same key finds. One binary, one module a
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
