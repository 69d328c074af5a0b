//! Damages the journals of interrupted pushes and resumes each push, within the hour in which the server knows its
//! idempotency keys and after it, and prints the results: `cargo run --release -p tests --bin damaged_journals -- 40000
//! 3000`. The arguments are the number of journals with a changed byte and of truncated ones, each within and after the
//! hour. Exit code 1 if a lead was duplicated or a report was false.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use tests::journal_damage::{Age, Damage, Tally, cut_everywhere, run};

fn main() -> ExitCode {
    let number = |text: String| text.parse::<u64>().expect("a number");
    let mut arguments = env::args().skip(1);
    let bytes = arguments.next().map_or(40_000, number);
    let cuts = arguments.next().map_or(3_000, number);
    let seed = arguments.next().map_or(0, number);
    let start = Instant::now();
    let mut broken = Vec::new();
    for age in [Age::WithinTheHour, Age::AfterTheHour] {
        let works = [
            (Damage::Byte, bytes),
            (Damage::Cut, cuts),
            (Damage::CutBetweenRecords, cuts),
        ];
        for (damage, count) in works {
            let tally = side_by_side(damage, age, count, seed);
            println!("{:<36} {tally}", format!("{damage:?}, {age:?}"));
            broken.extend(tally.broken);
        }
        let tally = block_on(cut_everywhere(age, place().path()));
        println!("{:<36} {tally}", format!("every record, {age:?}"));
        broken.extend(tally.broken);
    }
    println!("time {:.1?}", start.elapsed());
    for why in broken.iter().take(10) {
        eprintln!("{why}");
    }
    ExitCode::from(u8::from(!broken.is_empty()))
}

/// Distributes the work over the processors.
fn side_by_side(damage: Damage, age: Age, count: u64, seed: u64) -> Tally {
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    let lanes = u64::try_from(lanes).unwrap_or(1);
    let lane = |lane: u64| {
        let directory = place();
        let share = count.div_ceil(lanes);
        let seed = seed + 1_000 * lane;
        block_on(run(damage, age, share, seed, directory.path()))
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|n| scope.spawn(move || lane(n))).collect();
        lanes
            .into_iter()
            .map(|lane| lane.join().expect("no panic"))
            .collect()
    });
    let mut sum = Tally::default();
    for result in results {
        sum.add(result);
    }
    sum
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(work)
}

/// A directory in memory, if there is one: most of the time is spent on syncing to disk.
fn place() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    let parent = if memory.is_dir() {
        memory
    } else {
        env::temp_dir()
    };
    tempfile::tempdir_in(parent).expect("a directory")
}
