//! Reproducible fault injection between a client and the API.
//!
//! `fault` defines the kinds, `plan` the rules, `injector` decides for each request,
//! `injection_point` defines where a fault is injected, `error_responses` and `corrupt` build responses,
//! `delivery` is how they are sent, and `journal` records what happened. Taking a connection from
//! the HTTP server, and the connection scripts, are in `net`.

mod corrupt;
pub(crate) mod delivery;
mod error_responses;
pub(crate) mod fault;
pub(crate) mod injection_point;
pub(crate) mod injector;
pub(crate) mod journal;
mod milliseconds;
pub(crate) mod plan;
