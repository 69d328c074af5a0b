//! Finds duplicate numbers in a list and between a list and the queue. Without I/O.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Rejection;

/// What to do with duplicate numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Duplicates {
    /// Send every lead; the API keeps equal numbers as separate entries.
    #[default]
    Keep,
    /// Send only the first lead with each number.
    DropInList,
    /// As `DropInList`, and drop every number that is in the queue already, dialled or not.
    DropInListAndQueue,
}

/// The numbers seen so far.
#[derive(Default)]
pub(super) struct DuplicateFilter {
    mode: Duplicates,
    /// The first input with a number. A tree grows evenly, unlike a hash map.
    listed: BTreeMap<u64, u32>,
    /// The position of a number in the queue.
    queued: BTreeMap<u64, i64>,
}

impl DuplicateFilter {
    pub(super) const fn new(mode: Duplicates) -> Self {
        Self {
            mode,
            listed: BTreeMap::new(),
            queued: BTreeMap::new(),
        }
    }

    /// Adds an entry of the queue.
    pub(super) fn queued(&mut self, number: &str, position: i64) {
        if let Some(packed) = packed(number) {
            self.queued.entry(packed).or_insert(position);
        }
    }

    /// Checks the next valid lead, which is the given input of the list.
    pub(super) fn check(&mut self, number: &str, input: usize) -> Result<(), Rejection> {
        if self.mode == Duplicates::Keep {
            return Ok(());
        }
        let Some(packed) = packed(number) else {
            return Ok(());
        };
        if let Some(&position) = self.queued.get(&packed) {
            return Err(Rejection::AlreadyQueued { position });
        }
        match self.listed.entry(packed) {
            Entry::Vacant(place) => {
                place.insert(u32::try_from(input).unwrap_or(u32::MAX));
                Ok(())
            }
            Entry::Occupied(first) => Err(Rejection::DuplicateInList {
                first: usize::try_from(*first.get()).unwrap_or(usize::MAX),
            }),
        }
    }
}

/// The digits of an E.164 number, of which there are at most 15.
fn packed(number: &str) -> Option<u64> {
    number.strip_prefix('+')?.parse().ok()
}
