//! Reads many lists of servers that lie, and prints the results: `cargo run --release -p tests --bin lying_lists --
//! 2000`. Exit code 1 if a reader violated the rule.

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use tests::lying_lists;

fn main() -> ExitCode {
    let number = |text: String| text.parse::<u64>().expect("a number");
    let mut arguments = env::args().skip(1);
    let count = arguments.next().map_or(2_000, number);
    let first = arguments.next().map_or(0, number);
    let start = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match runtime.block_on(lying_lists::run(first..first.saturating_add(count))) {
        Ok(tally) => {
            println!("{tally}time     {:>9.1?}", start.elapsed());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
