//! What the tests across crates share. The tests themselves are below `tests/`.
#![forbid(unsafe_code)]

pub mod calls;
pub mod conformance;
pub mod coverage;
pub mod declared;
pub mod document;
pub mod instances;
pub mod journal;
pub mod journal_damage;
pub mod json;
pub mod model;
pub mod operation_tables;
pub mod public_surface;
pub mod raw_server;
pub mod samples;
pub mod source;
pub mod stage;
pub mod subjects;
pub mod tls;
pub mod trial;
pub mod virtual_time;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../docs/reliability.md")]
pub mod reliability {}
