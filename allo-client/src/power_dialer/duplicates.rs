//! Finds duplicate numbers in a list and between a list and the queue. Without I/O.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::phone::rejection::Rejection;

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
    /// By the digits of a number. A tree grows evenly, unlike a hash map.
    seen: BTreeMap<u64, Seen>,
}

/// Where a number was seen first.
enum Seen {
    /// At this position of the queue.
    InQueue(i64),
    /// In this input of the list.
    InList(u32),
}

impl DuplicateFilter {
    pub(super) const fn new(mode: Duplicates) -> Self {
        Self {
            mode,
            seen: BTreeMap::new(),
        }
    }

    /// Adds an entry of the queue.
    pub(super) fn queued(&mut self, number: &str, position: i64) {
        if let Some(packed) = packed(number) {
            self.seen.entry(packed).or_insert(Seen::InQueue(position));
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
        let first = match self.seen.entry(packed) {
            Entry::Vacant(place) => {
                place.insert(Seen::InList(u32::try_from(input).unwrap_or(u32::MAX)));
                return Ok(());
            }
            Entry::Occupied(first) => first,
        };
        Err(match *first.get() {
            Seen::InQueue(position) => Rejection::AlreadyQueued { position },
            Seen::InList(first) => Rejection::DuplicateInList {
                first: usize::try_from(first).unwrap_or(usize::MAX),
            },
        })
    }
}

/// The digits of an E.164 number, of which there are at most 15.
fn packed(number: &str) -> Option<u64> {
    number.strip_prefix('+')?.parse().ok()
}
