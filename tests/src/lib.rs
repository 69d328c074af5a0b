//! What the tests across crates share. The tests themselves are below `tests/`.
#![forbid(unsafe_code)]

pub mod attacks;
pub mod bin_arguments;
pub mod calls;
pub mod conformance;
pub mod coverage;
pub mod declared_types;
pub mod document;
pub mod fault_server;
pub mod fixtures;
pub mod harness;
pub mod journal;
pub mod journal_damage;
pub mod json;
pub mod latency_proxy;
pub mod lying_lists;
pub mod model;
pub mod operation_tables;
pub mod planted;
pub mod public_surface;
pub mod raw_server;
pub mod schema_instances;
pub mod source;
pub mod text_programs;
pub mod tls;
pub mod trial;
pub mod type_samples;
pub mod virtual_time;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../docs/reliability.md")]
pub mod reliability {}
