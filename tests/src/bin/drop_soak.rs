//! Drops a tenth of the calls of many tasks for a number of seconds, and prints the results: `cargo run --release -p
//! tests --bin drop_soak -- 60`. Exit code 1 if anything was leaked, duplicated or reported falsely.

use std::process::ExitCode;
use std::time::Duration;

use tests::attacks::drop_soak;
use tests::bin_arguments;

fn main() -> ExitCode {
    let seconds = bin_arguments::number(1).unwrap_or(60);
    let seed = bin_arguments::number(2).unwrap_or(0);
    bin_arguments::report(drop_soak::run(Duration::from_secs(seconds), seed))
}
