//! Serves many responses with planted secrets, and prints how many were visible: `cargo run --release -p tests --bin
//! planted_secrets -- 100000`. Exit code 1 if a secret was visible, or a text without a secret was changed.

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use tests::planted;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let number = |text: String| text.parse::<u64>().expect("a number");
    let mut arguments = env::args().skip(1);
    let count = arguments.next().map_or(100_000, number);
    let first = arguments.next().map_or(0, number);
    let start = Instant::now();
    let tally = planted::run(first..first.saturating_add(count)).await;
    println!("{tally}time {:>22.1?}", start.elapsed());
    match (tally.seen, tally.changed) {
        (0, 0) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
