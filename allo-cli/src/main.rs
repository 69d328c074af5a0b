//! The program `allo`. Everything is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    allo_cli::run(std::env::args_os())
}
