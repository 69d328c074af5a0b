//! Runs random programs of text messages, each with idempotency keys honoured and ignored, and prints the results:
//! `cargo run --release -p tests --bin text_programs -- 1000`. Exit code 1 if a text message was sent twice.

use std::process::ExitCode;

use tests::{bin_arguments, text_programs};

fn main() -> ExitCode {
    let count = bin_arguments::number(1).unwrap_or(1_000);
    let first = bin_arguments::number(2).unwrap_or(0);
    bin_arguments::report(text_programs::run(first..first + count))
}
