//! Kills the program at 200 seeded points during pushes of 1,000 leads to a service with
//! faults, and restarts it until each push is finished. `point` defines where it is
//! killed, `trial` runs one push. `ALLO_KILLS` sets
//! another number of points, `ALLO_SEED` repeats one
//! push.

mod point;
mod trial;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use trial::Tally;

/// The total number of kills by default, and the maximum during one push.
const KILLS: u64 = 200;
const KILLS_OF_A_PUSH: u64 = 4;
/// Pushes mostly wait for the rate limit, so many run concurrently.
const AT_ONCE: usize = 8;

#[test]
fn every_lead_is_in_the_queue_once_and_in_order_however_often_the_program_is_killed() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let started = Instant::now();
    if let Ok(seed) = std::env::var("ALLO_SEED") {
        let seed = seed.parse().expect("a number");
        println!("{}", trial::run(runtime.handle(), seed, KILLS_OF_A_PUSH));
        return;
    }
    let kills = std::env::var("ALLO_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number"));
    // A push may finish before its last point; others make up for it.
    let most_pushes = 2 * kills / KILLS_OF_A_PUSH;
    let next = AtomicU64::new(0);
    let sum = Mutex::new(Tally::default());
    let work = || {
        while sum.lock().expect("no panic elsewhere").kills() < kills {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            assert!(seed < most_pushes, "pushes end before they are killed");
            let tally = trial::run(runtime.handle(), seed, KILLS_OF_A_PUSH);
            sum.lock().expect("no panic elsewhere").add(tally);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let sum = sum.into_inner().expect("no panic");
    println!("{sum}time {:>14.1?}", started.elapsed());
    sum.check();
}
