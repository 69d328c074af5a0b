//! Attacks the client with random scripts of failures by an independent server, and prints the results: `cargo run
//! --release -p tests --bin fault_scripts -- 1000`. Exit code 1 if the client reported a false outcome.

use std::process::ExitCode;

use tests::attacks::fault_scripts;
use tests::bin_arguments;

fn main() -> ExitCode {
    let count = bin_arguments::number(1).unwrap_or(1_000);
    let first = bin_arguments::number(2).unwrap_or(0);
    bin_arguments::report(fault_scripts::run(first..first + count))
}
