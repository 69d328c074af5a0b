//! Runs many random programs against a sandbox with faults, and prints the results: `cargo run
//! --release -p tests --bin fault_programs -- 10000`. Exit code 1 if a program violated the rule.

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use tests::model;

fn main() -> ExitCode {
    let number = |text: String| text.parse::<u64>().expect("a number");
    let mut arguments = env::args().skip(1);
    let count = arguments.next().map_or(10_000, number);
    let first = arguments.next().map_or(0, number);
    let start = Instant::now();
    match model::run_campaign(first..first.saturating_add(count)) {
        Ok(tally) => {
            println!("{tally}time {:>17.1?}", start.elapsed());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
