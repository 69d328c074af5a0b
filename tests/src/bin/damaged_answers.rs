//! Sends damaged responses to the client, and prints the outcomes: `cargo run --release -p tests --bin damaged_answers
//! -- 200000`. Exit code 1 if the client reported a false outcome.

use std::process::ExitCode;

use tests::attacks::damaged_answers;
use tests::bin_arguments;

fn main() -> ExitCode {
    let count = bin_arguments::number(1).unwrap_or(200_000);
    let first = bin_arguments::number(2).unwrap_or(0);
    bin_arguments::report(damaged_answers::run(first, count))
}
