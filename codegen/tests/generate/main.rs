//! The generator as `cargo xtask codegen` calls it: texts in; files or problems out.
//! Reading, comparing and writing files is tested in `xtask/tests`.

mod additive;
mod collections;
mod compiles;
mod constructs;
mod determinism;
mod docs;
mod inputs;
mod names;
mod published;
mod rules;
mod unexpected;

// The tests of the client list its surface with the same code; what else they read of sources is not needed here.
#[allow(
    unreachable_pub,
    reason = "it is public where it is a module of a library"
)]
#[path = "../../../tests/src/public_surface.rs"]
mod public_surface;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is public where it is a module of a library"
)]
#[path = "../../../tests/src/source.rs"]
mod source;
