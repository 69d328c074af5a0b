//! Attacks on the client by the independent fault server: scripts of failures, damaged responses, dropped calls. Each
//! compares what the client reports about a call with the server's own record. The binaries of the same names run them
//! in full; tests run a part.

mod calls;
pub mod damaged_answers;
pub mod drop_soak;
pub mod fault_scripts;

use std::collections::BTreeMap;
use std::fmt;

/// Counts by name, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<String, usize>);

impl Counts {
    /// Adds one.
    pub fn one(&mut self, name: &str) {
        self.more(name, 1);
    }

    /// Adds this many.
    pub fn more(&mut self, name: &str, count: usize) {
        *self.0.entry(name.to_owned()).or_default() += count;
    }

    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            self.more(name, *count);
        }
    }

    /// The count of a name.
    #[must_use]
    pub fn of(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(0)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in &self.0 {
            writeln!(f, "{name:<40} {count:>9}")?;
        }
        Ok(())
    }
}
