//! The generator as `cargo xtask codegen` calls it: texts in; files or problems out.
//! Reading, comparing and writing files is tested in `xtask/tests`.

mod collections;
mod compiles;
mod constructs;
mod determinism;
mod docs;
mod inputs;
mod rules;
mod unexpected;
