//! Random programs of dialer operations against a sandbox with faults: every lead is in its queue exactly once and in
//! order, or the client reports an unknown outcome, with a key that resolves it.
//!
//! A failing program is printed with its seed; `ALLO_SEED=… cargo test -p tests --test model` runs it alone.

use std::env;
use std::ops::Range;
use std::time::Instant;

use allo_sandbox::Fault;
use tests::model::{self, Tally};

/// The number of programs with fixed seeds.
const FIXED: Range<u64> = 0..1_000;
/// The number of programs with fresh seeds.
const FRESH: u64 = 200;

/// The seed to run alone, if there is one.
fn only() -> Option<u64> {
    let seed = env::var("ALLO_SEED").ok()?;
    Some(seed.parse().expect("ALLO_SEED is a number"))
}

#[track_caller]
fn run_campaign(seeds: impl IntoIterator<Item = u64>) -> Tally {
    let start = Instant::now();
    let tally = model::run_campaign(seeds).unwrap_or_else(|failure| panic!("{failure}"));
    println!("{tally}time {:>17.1?}", start.elapsed());
    tally
}

#[test]
fn a_thousand_fixed_programs_lose_and_double_no_lead() {
    if let Some(seed) = only() {
        println!("{:#?}", model::program_of_seed(seed));
        run_campaign([seed]);
        return;
    }
    let tally = run_campaign(FIXED);
    assert_eq!(tally.programs, 1_000);
    assert_eq!(tally.settled, tally.unknowns);
    assert!(tally.unknowns > 100 && tally.replays > 100, "{tally}");
    for kind in Fault::ALL_KINDS {
        assert!(tally.faults.contains_key(kind), "{kind} never struck");
    }
}

#[test]
fn fresh_programs_lose_and_double_no_lead() {
    if only().is_some() {
        return;
    }
    let first = fastrand::u64(FIXED.end..u64::MAX - FRESH);
    println!("fresh seeds: {first} to {}", first + FRESH - 1);
    let tally = run_campaign(first..first + FRESH);
    assert_eq!(tally.settled, tally.unknowns);
}

#[test]
fn a_hundred_programs_of_texts_send_none_twice() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let counts = runtime.block_on(tests::text_programs::run(0..100));
    let counts = counts.unwrap_or_else(|problem| panic!("{problem}"));
    println!("{counts}");
    assert_eq!(counts.of("programs, keys overlooked"), 100);
    assert_eq!(counts.of("programs, keys honoured"), 100);
    assert!(
        counts.of("unknown") > 50 && counts.of("faults") > 200,
        "{counts}"
    );
}

#[test]
fn a_seed_is_always_the_same_program() {
    let shown = |seed| format!("{:?}", model::program_of_seed(seed));
    assert_eq!(shown(7), shown(7));
    assert_ne!(shown(7), shown(8));
}
