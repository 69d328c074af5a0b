//! What the binaries of this package share: numbers as arguments, and a printed end.

use std::env;
use std::fmt::Display;
use std::process::ExitCode;
use std::time::Instant;

/// The n-th argument, from 1.
///
/// # Panics
/// When it is not a number.
#[must_use]
pub fn number(n: usize) -> Option<u64> {
    env::args()
        .nth(n)
        .map(|text| text.parse().expect("a number"))
}

/// Runs it to the end and prints what came of it, with the time it took.
///
/// # Panics
/// When there are no threads to run on.
pub fn report<T: Display>(work: impl Future<Output = Result<T, String>>) -> ExitCode {
    let start = Instant::now();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    match runtime.block_on(work) {
        Ok(counts) => {
            println!("{counts}time {:>44.1?}", start.elapsed());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
