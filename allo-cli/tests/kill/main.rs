//! The program is killed, with no chance to clear up, at 200 seeded points of pushes
//! of 1,000 leads to a service that breaks, and started again until each push is
//! done. Where it is killed is in `point`, one push from its begin to its end in
//! `trial`. Set `ALLO_SEED` to repeat one push alone.

mod point;
mod trial;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use trial::Tally;

/// How many pushes there are, and how often each is killed.
const PUSHES: u64 = 50;
const KILLS: u32 = 4;
/// Most of the time a push waits for the rate limit, so many fit side by side.
const AT_ONCE: usize = 8;

#[test]
fn every_lead_is_in_the_queue_once_and_in_order_however_often_the_program_is_killed() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let seeds = match std::env::var("ALLO_SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("a number");
            seed..seed + 1
        }
        Err(_) => 0..PUSHES,
    };
    let pushes = seeds.end - seeds.start;
    let started = Instant::now();
    let next = AtomicU64::new(seeds.start);
    let sum = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let tally = trial::run(runtime.handle(), seed, KILLS);
                    sum.lock().expect("no panic elsewhere").add(&tally);
                }
            });
        }
    });
    let sum = sum.into_inner().expect("no panic");
    println!(
        "pushes {pushes:>12}\n{sum}time {:>14.1?}",
        started.elapsed()
    );
    assert_eq!(sum.kills, pushes * u64::from(KILLS), "points of killing");
    assert!(sum.faults > 0 && sum.replays > 0, "nothing was in doubt");
}
