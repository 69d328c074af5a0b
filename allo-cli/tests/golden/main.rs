//! Runs the program against a sandbox, and compares stdout, stderr and exit code with the
//! files in `expected`. `UPDATE_GOLDEN=1` writes them.
//! `harness` makes runs comparable.

mod api;
mod endings;
mod errors;
mod harness;
mod hostile;
mod pipes;
mod promises;
mod push;
mod queue;
mod reading;
mod rejects;
mod resume;
mod service;
mod widths;
