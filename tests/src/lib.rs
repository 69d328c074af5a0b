//! What the tests across crates share. The tests themselves are below `tests/`.
#![forbid(unsafe_code)]

pub mod public_surface;
pub mod source;
