//! The program `allo`. All it does is in the library beside it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    allo_cli::run(std::env::args_os())
}
