//! Finds out from the queue whether leads with an unknown status were sent. Without I/O.
//!
//! A batch is appended as a whole: its numbers, in order, at neighbouring positions,
//! behind everything that was there. So a batch that is in the queue like that was
//! sent; one of which no number is there was not, or is there no more; and anything
//! between cannot be told, as somebody else may have added the same numbers.

use std::collections::HashSet;

use super::queue::Entry;

/// The entries that may be of leads in doubt.
#[derive(Debug)]
pub(super) struct Evidence {
    entries: Vec<Entry>,
}

/// What the queue says about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// None of its numbers is there.
    NotThere,
    /// It is there, from this position on.
    There(u64),
    /// Some of its numbers are there.
    Unclear {
        /// Whether those are its first ones, as if it had been sent in parts.
        is_beginning: bool,
    },
}

impl Evidence {
    /// Of entries by ascending position, those that stand here or behind.
    pub(super) fn since(floor: u64, entries: &[Entry]) -> Self {
        let first = entries.partition_point(|entry| entry.position < floor);
        Self {
            entries: entries.get(first..).unwrap_or_default().to_vec(),
        }
    }

    /// Looks for a batch. What is there is not evidence for another batch any more.
    pub(super) fn find(&mut self, batch: &[&str]) -> Presence {
        let numbers: HashSet<&str> = batch.iter().copied().collect();
        if batch.is_empty()
            || !self
                .entries
                .iter()
                .any(|one| numbers.contains(&*one.number))
        {
            return Presence::NotThere;
        }
        let is_batch = |window: &[Entry]| {
            let equal = window
                .iter()
                .zip(batch)
                .all(|(one, number)| *one.number == **number);
            equal && is_row(window)
        };
        let found = self.entries.windows(batch.len()).position(is_batch);
        if let Some(at) = found {
            let window: Vec<_> = self.entries.drain(at..at + batch.len()).collect();
            return window
                .first()
                .map_or(Presence::NotThere, |first| Presence::There(first.position));
        }
        let mut there = self.entries.iter();
        let first = there.find(|one| numbers.contains(&*one.number));
        let is_beginning = first.is_some_and(|one| batch.first() == Some(&&*one.number));
        Presence::Unclear { is_beginning }
    }

    /// The numbers of the entries that are not evidence for a batch yet.
    pub(super) fn numbers(&self) -> HashSet<&str> {
        self.entries.iter().map(|entry| &*entry.number).collect()
    }
}

/// Whether entries stand one behind the other.
fn is_row(entries: &[Entry]) -> bool {
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
    fn a_batch_is_there_whole_or_not_at_all() {
        let cases: [(&[(u64, &str)], Presence); 9] = [
            (&[], Presence::NotThere),
            (&[(3, "a"), (4, "b")], Presence::NotThere),
            (&[(5, "x"), (6, "y")], Presence::NotThere),
            (
                &[(5, "x"), (6, "a"), (7, "b"), (8, "c")],
                Presence::There(6),
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
    fn what_is_there_counts_for_one_batch_only() {
        let mut evidence = evidence(&[(5, "a"), (6, "b"), (7, "a"), (8, "b"), (9, "c")]);
        assert_eq!(evidence.find(&["a", "b"]), Presence::There(5));
        assert_eq!(evidence.find(&["a", "b"]), Presence::There(7));
        assert_eq!(evidence.find(&["a", "b"]), Presence::NotThere);
        assert_eq!(evidence.numbers(), ["c"].into());
    }
}
