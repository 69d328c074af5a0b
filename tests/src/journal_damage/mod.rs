//! Damaged journals: pushes that were interrupted in many ways, whose journal is changed in a byte or truncated, and
//! that are then resumed. Whatever the damage, no lead may be in the queue twice, and no report may be false. The
//! assertions about a run are in `verify`, the pushes in `cases`.

mod cases;
mod verify;

use std::fmt;
use std::path::Path;

use cases::Case;
use verify::End;

/// The damage of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// One byte is changed.
    Byte,
    /// The end is missing, from any byte on.
    Cut,
    /// The end is missing, from a record on, which cannot be detected.
    CutBetweenRecords,
}

/// Whether the server still knows the idempotency keys when the push is resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// The server knows them.
    WithinTheHour,
    /// The server has forgotten them.
    AfterTheHour,
}

/// The counts of results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Damaged journals.
    pub cases: u64,
    /// Every lead is in the queue, once and in order.
    pub complete: u64,
    /// The queue is full; the other leads are reported as not sent.
    pub full: u64,
    /// Some leads are reported as unknown.
    pub unknown: u64,
    /// The journal is refused, and nothing was sent.
    pub refused: u64,
    /// The problems of runs that duplicated a lead or reported something false: must be empty.
    pub broken: Vec<String>,
}

impl Tally {
    fn count(&mut self, end: Result<End, String>) {
        self.cases += 1;
        match end {
            Ok(End::Complete) => self.complete += 1,
            Ok(End::Full) => self.full += 1,
            Ok(End::Unknown) => self.unknown += 1,
            Ok(End::Refused) => self.refused += 1,
            Err(why) => self.broken.push(why),
        }
    }

    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.complete += other.complete;
        self.full += other.full;
        self.unknown += other.unknown;
        self.refused += other.refused;
        self.broken.extend(other.broken);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cases,
            complete,
            full,
            unknown,
            refused,
            broken,
        } = self;
        write!(
            f,
            "{cases:>6} journals: {complete} complete, {full} full, {unknown} unknown, {refused} refused, \
             {} doubled or false",
            broken.len()
        )
    }
}

/// Damages this many journals, alternating between the pushes, and resumes each push.
///
/// # Panics
/// If this machine has no free port or no disk space.
pub async fn run(damage: Damage, age: Age, count: u64, seed: u64, directory: &Path) -> Tally {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut tally = Tally::default();
    let cases = cases::all(directory).await;
    let mut done = 0;
    while done < count {
        for case in &cases {
            let bytes = case.journal(age);
            let damaged = match damage {
                Damage::Byte => change(&bytes, &mut dice),
                Damage::Cut => bytes[..dice.usize(..bytes.len())].to_vec(),
                Damage::CutBetweenRecords => {
                    let records = bytes.split_inclusive(|byte| *byte == b'\n');
                    let records: Vec<_> = records.collect();
                    records[..dice.usize(..records.len())].concat()
                }
            };
            let end = case.start_again(&damaged, age).await;
            let end = end.map_err(|why| {
                let name = case.name();
                format!("{damage:?} {age:?} of {name}, case {done} by seed {seed}: {why}")
            });
            tally.count(end);
            done += 1;
        }
    }
    tally
}

/// Truncates each journal between each two of its records.
///
/// # Panics
/// If this machine has no free port or no disk space.
pub async fn cut_everywhere(age: Age, directory: &Path) -> Tally {
    let mut tally = Tally::default();
    for case in cases::all(directory).await {
        let bytes = case.journal(age);
        let mut length = 0;
        for record in bytes.split_inclusive(|byte| *byte == b'\n') {
            let end = case.start_again(&bytes[..length], age).await;
            let end = end.map_err(|why| format!("{age:?}, {} cut at {length}: {why}", case.name()));
            tally.count(end);
            length += record.len();
        }
    }
    tally
}

fn change(bytes: &[u8], dice: &mut fastrand::Rng) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let at = dice.usize(..bytes.len());
    changed[at] ^= dice.u8(1..);
    changed
}

impl Case {
    /// Resumes the push with this journal, and once more with the journal that the run left.
    async fn start_again(&self, journal: &[u8], age: Age) -> Result<End, String> {
        std::fs::write(self.path(), journal).expect("room");
        self.come_back(age);
        let first = verify::verify(self, self.push().await)?;
        // The second run finds a complete journal, or the same one.
        let second = verify::verify(self, self.push().await)?;
        let went_on = matches!(
            (first, second),
            (End::Refused | End::Unknown, End::Complete)
        );
        if went_on {
            return Err(format!("{first:?} became {second:?} by itself"));
        }
        Ok(first)
    }
}
