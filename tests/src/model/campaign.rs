//! Many concurrent programs. The first failure ends the campaign, with its seed and the smallest program that fails
//! alike.

use std::fmt;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::generate;
use super::program::Program;
use super::run::{Tally, run};

/// The number of concurrent programs: more than cores, because many of them wait.
const AT_ONCE: usize = 16;
/// The maximum duration of a program, even with every slow fault.
const LONGEST: Duration = Duration::from_secs(120);
/// The number of programs tried for shrinking.
const SHRINKS: usize = 200;

/// A program that violated the rule.
#[derive(Debug)]
pub struct Failure {
    /// The seed that reproduces it.
    pub seed: u64,
    /// What contradicts the model.
    pub violation: String,
    /// The smallest program found that fails, too.
    pub smallest: Program,
}

/// Runs the programs of these seeds, and adds up their counts.
///
/// # Errors
/// The first program that violates the rule.
///
/// # Panics
/// If no runtime can be started.
pub fn run_campaign(seeds: impl IntoIterator<Item = u64>) -> Result<Tally, Box<Failure>> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("threads");
    let sailed = runtime.block_on(all(seeds.into_iter()));
    sailed.map_err(|(seed, violation)| {
        eprintln!("seed {seed}: {violation}\nlooking for a smaller program …");
        let fails = |program: &Program| runtime.block_on(one(program.clone())).is_err();
        Box::new(Failure {
            seed,
            violation,
            smallest: generate::shrink(seed, SHRINKS, fails),
        })
    })
}

async fn all(mut seeds: impl Iterator<Item = u64>) -> Result<Tally, (u64, String)> {
    let mut total = Tally::default();
    let mut under_way = JoinSet::new();
    let launch = |seed| async move { (seed, one(generate::program(seed)).await) };
    for seed in seeds.by_ref().take(AT_ONCE) {
        under_way.spawn(launch(seed));
    }
    while let Some(ended) = under_way.join_next().await {
        let (seed, result) = ended.expect("panics are caught in the program's own task");
        total.add(&result.map_err(|violation| (seed, violation))?);
        if let Some(seed) = seeds.next() {
            under_way.spawn(launch(seed));
        }
    }
    Ok(total)
}

/// Runs one program in its own task, so that a panic in it counts as a violation.
async fn one(program: Program) -> Result<Tally, String> {
    let task = tokio::spawn(async move { timeout(LONGEST, run(&program)).await });
    match task.await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(format!("it did not end within {LONGEST:?}")),
        Err(panic) => Err(format!("it panicked: {panic}")),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            violation,
            smallest,
        } = self;
        write!(
            f,
            "the program of seed {seed} broke the rule: {violation}\n\nthe smallest that fails, too: \
             {smallest:#?}\n\nrun it alone: ALLO_SEED={seed} cargo test -p tests --test model"
        )
    }
}

impl std::error::Error for Failure {}
