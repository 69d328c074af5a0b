//! When the program is killed: a point is generated from a seed and detected from outside
//! the process.

use std::path::Path;
use std::process::Child;
use std::time::Duration;

use allo_sandbox::Control;

/// The polling interval.
const LOOK: Duration = Duration::from_micros(500);
/// The maximum number of requests, so that several kills fit into a push of ten batches.
const REQUESTS: u64 = 4;
/// The maximum number of bytes; two batches take about as much of the journal.
const BYTES: u64 = 3_000;
const MICROS: u64 = 1_200_000;

/// A point in the life of a process.
#[derive(Debug)]
pub(crate) enum Point {
    /// The service has received this many requests since the process was started, and a delay
    /// has passed.
    Requests(u64, Duration),
    /// The journal has grown by this many bytes.
    Bytes(u64),
    /// This much time has passed.
    Time(Duration),
}

impl Point {
    pub(crate) fn draw(dice: &mut fastrand::Rng) -> Self {
        let micros = |dice: &mut fastrand::Rng, most| Duration::from_micros(dice.u64(0..most));
        match dice.u32(0..8) {
            0..=3 => {
                let requests = dice.u64(0..REQUESTS);
                Self::Requests(requests, micros(dice, 30_000))
            }
            4..=6 => Self::Bytes(dice.u64(1..BYTES)),
            _ => Self::Time(micros(dice, MICROS)),
        }
    }

    /// The name of the kind.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Requests(..) => "requests",
            Self::Bytes(_) => "bytes",
            Self::Time(_) => "time",
        }
    }

    /// Kills the process at this point, unless it ends before.
    pub(crate) fn kill(&self, child: &mut Child, control: &Control, journal: &Path) {
        let before = seen(control);
        let written = size(journal);
        let started = std::time::Instant::now();
        let is_reached = || match self {
            Self::Requests(count, _) => seen(control) >= before + count,
            Self::Bytes(count) => size(journal) >= written + count,
            Self::Time(time) => started.elapsed() >= *time,
        };
        while !is_reached() {
            if child.try_wait().expect("a child").is_some() {
                return;
            }
            std::thread::sleep(LOOK);
        }
        if let Self::Requests(_, more) = self {
            std::thread::sleep(*more);
        }
        child.kill().expect("a child");
        child.wait().expect("an end");
    }
}

fn seen(control: &Control) -> u64 {
    u64::try_from(control.requests().len()).expect("a count")
}

fn size(journal: &Path) -> u64 {
    journal.metadata().map_or(0, |data| data.len())
}
