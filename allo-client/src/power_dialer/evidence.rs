//! Determines from the queue whether leads with an unknown status were sent. Without I/O.
//!
//! The server appends a batch as a whole: its numbers, in order, at consecutive positions, after all earlier entries.
//! So if the queue contains the batch like that, the batch was sent; if it contains none of the numbers, the batch
//! was not sent or has been removed. Anything else is unclear, because another client may have added the same
//! numbers.

use std::collections::HashSet;

use super::queue::Entry;

/// The entries that may belong to leads with an unknown status.
#[derive(Debug)]
pub(super) struct Evidence {
    entries: Vec<Entry>,
}

/// What the queue shows about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// None of the numbers of the batch is in the queue.
    Absent,
    /// The batch is in the queue, starting at this position.
    Present(u64),
    /// Some numbers of the batch are in the queue.
    Unclear {
        /// Whether they are the first ones of the batch, as if it had been sent in parts.
        is_beginning: bool,
    },
}

impl Evidence {
    /// Selects the entries at or after `floor`; `entries` are sorted by position.
    pub(super) fn since(floor: u64, entries: &[Entry]) -> Self {
        let first = entries.partition_point(|entry| entry.position < floor);
        Self {
            entries: entries.get(first..).unwrap_or_default().to_vec(),
        }
    }

    /// Looks for a batch. Entries that match are removed, so that they do not count for another batch.
    pub(super) fn find(&mut self, batch: &[&str]) -> Presence {
        let numbers: HashSet<&str> = batch.iter().copied().collect();
        if batch.is_empty()
            || !self
                .entries
                .iter()
                .any(|one| numbers.contains(&*one.number))
        {
            return Presence::Absent;
        }
        let is_batch = |window: &[Entry]| {
            let equal = window
                .iter()
                .zip(batch)
                .all(|(one, number)| *one.number == **number);
            equal && are_consecutive(window)
        };
        let found = self.entries.windows(batch.len()).position(is_batch);
        if let Some(at) = found {
            let window: Vec<_> = self.entries.drain(at..at + batch.len()).collect();
            return window
                .first()
                .map_or(Presence::Absent, |first| Presence::Present(first.position));
        }
        let mut entries = self.entries.iter();
        let first = entries.find(|one| numbers.contains(&*one.number));
        let is_beginning = first.is_some_and(|one| batch.first() == Some(&&*one.number));
        Presence::Unclear { is_beginning }
    }

    /// The numbers of the entries that have not matched a batch.
    pub(super) fn numbers(&self) -> HashSet<&str> {
        self.entries.iter().map(|entry| &*entry.number).collect()
    }
}

/// Whether the entries have consecutive positions.
fn are_consecutive(entries: &[Entry]) -> bool {
    let first = entries.first().map_or(0, |entry| entry.position);
    entries
        .iter()
        .zip(first..)
        .all(|(entry, position)| entry.position == position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(entries: &[(u64, &str)]) -> Evidence {
        let entry = |&(position, number): &(u64, &str)| Entry {
            position,
            number: number.into(),
        };
        let entries: Vec<_> = entries.iter().map(entry).collect();
        Evidence::since(5, &entries)
    }

    const BEGINNING: Presence = Presence::Unclear { is_beginning: true };
    const OTHER: Presence = Presence::Unclear {
        is_beginning: false,
    };

    #[test]
    fn a_batch_is_present_only_as_a_whole() {
        let cases: [(&[(u64, &str)], Presence); 9] = [
            (&[], Presence::Absent),
            (&[(3, "a"), (4, "b")], Presence::Absent),
            (&[(5, "x"), (6, "y")], Presence::Absent),
            (
                &[(5, "x"), (6, "a"), (7, "b"), (8, "c")],
                Presence::Present(6),
            ),
            (&[(5, "a"), (6, "b")], BEGINNING),
            (&[(5, "a"), (6, "b"), (8, "c")], BEGINNING),
            (&[(5, "b"), (6, "c")], OTHER),
            (&[(5, "c"), (6, "b"), (7, "a")], OTHER),
            (&[(5, "a"), (6, "x"), (7, "b"), (8, "c")], BEGINNING),
        ];
        for (entries, expected) in cases {
            let presence = evidence(entries).find(&["a", "b", "c"]);
            assert_eq!(presence, expected, "{entries:?}");
        }
    }

    #[test]
    fn an_entry_counts_for_one_batch_only() {
        let mut evidence = evidence(&[(5, "a"), (6, "b"), (7, "a"), (8, "b"), (9, "c")]);
        assert_eq!(evidence.find(&["a", "b"]), Presence::Present(5));
        assert_eq!(evidence.find(&["a", "b"]), Presence::Present(7));
        assert_eq!(evidence.find(&["a", "b"]), Presence::Absent);
        assert_eq!(evidence.numbers(), ["c"].into());
    }
}
