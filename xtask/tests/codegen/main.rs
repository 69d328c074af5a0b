//! `cargo xtask codegen` as a user runs it: the real program on a copy of the repository's inputs and outputs. The
//! generated code is tested in `codegen/tests`.

mod broken;
mod stale;
mod tree;
