//! Damaged journals: pushes that were interrupted in many ways, of which the journal is changed in a byte or cut off,
//! and that are then started again. Whatever was done to the journal, no lead may be in the queue twice, and nothing
//! that the report says may be false. What is asserted about a run is in `judge`, the pushes are in `cases`.

mod cases;
mod verify;

use std::fmt;
use std::path::Path;

use cases::Case;
use verify::End;

/// What is done to a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// One byte is another one.
    Byte,
    /// The end is missing, from any byte on.
    Cut,
    /// The end is missing, from a record on, so that nobody sees it.
    CutBetweenRecords,
}

/// Whether the server still knows the keys when the push is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It does.
    WithinTheHour,
    /// It does not.
    AfterTheHour,
}

/// How often what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Journals that were damaged.
    pub cases: u64,
    /// Every lead is in the queue, once and in order.
    pub complete: u64,
    /// The queue took all that fits; the rest is said not to be sent.
    pub full: u64,
    /// Some leads are said to be unknown.
    pub unknown: u64,
    /// The journal is refused, and nothing was sent.
    pub refused: u64,
    /// What was wrong with runs that doubled a lead or said what is false: there may be none.
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

    /// Adds what another lane counted.
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

/// Damages so many journals, in turn of each push there is, and starts each push again.
///
/// # Panics
/// When this machine has no free port or no room.
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

/// Cuts each journal off between each two of its records.
///
/// # Panics
/// When this machine has no free port or no room.
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
    /// Starts the push again with this in the place of its journal, and once more with what that run left.
    async fn start_again(&self, journal: &[u8], age: Age) -> Result<End, String> {
        std::fs::write(self.path(), journal).expect("room");
        self.come_back(age);
        let first = verify::verify(self, self.push().await)?;
        // The second run finds a journal that is whole again, or the same one.
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
