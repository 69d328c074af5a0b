//! What the binaries of this package share: numeric arguments, and printing the result.

use std::env;
use std::fmt::Display;
use std::process::ExitCode;
use std::time::Instant;

/// The n-th argument, from 1.
///
/// # Panics
/// If it is not a number.
#[must_use]
pub fn number(n: usize) -> Option<u64> {
    env::args()
        .nth(n)
        .map(|text| text.parse().expect("a number"))
}

/// Runs a future to its end and prints the result and the duration.
///
/// # Panics
/// If no runtime can be started.
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
