//! What can go wrong between a client and the API, on purpose and repeatably.
//!
//! `fault` names the kinds, `plan` says when each strikes, `injector` decides for a request,
//! `stage` says where on a request's way a fault strikes, `answers` and `damage` make what is sent,
//! and `journal` remembers what happened. Taking a connection away from the HTTP server, and what is
//! done to it by hand then, is in `net`.

mod answers;
mod corrupt;
pub(crate) mod delivery;
pub(crate) mod fault;
pub(crate) mod injection_point;
pub(crate) mod injector;
pub(crate) mod journal;
pub(crate) mod plan;
