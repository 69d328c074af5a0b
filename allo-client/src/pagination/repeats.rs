//! Detects repeated pages and entries by their fingerprints of eight bytes.
//!
//! Entries of this API contain an id or a position, so two pages of one list are never equal. Where
//! this does not hold, because entries of one page are equal to each other, equal pages prove
//! nothing.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use serde::Serialize;

use crate::codec::list::List;

/// A list that grows by exactly one page between two requests repeats a page. More repetitions than
/// this are not a coincidence.
const MOST_SHIFTS: u32 = 3;

/// The maximum number of entries that are remembered, so that a list of any length takes less than
/// two mebibytes. After that, an entry is compared with those of the previous page only.
const MOST_ENTRIES: usize = 100_000;

/// The totals of a list: entries and pages.
pub(super) type Length = (Option<u64>, Option<u64>);

/// The pages and entries so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    /// The fingerprints of the pages, each with the totals at that time.
    pages: HashMap<u64, u64>,
    entries: HashSet<u64>,
    /// The entries of the last page that was not empty.
    last: HashSet<u64>,
    shifts: u32,
}

/// What earlier pages say about a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The page equals an earlier page of the same list.
    pub(super) is_same_page: bool,
    /// An entry of the page was in an earlier page.
    pub(super) is_overlap: bool,
    /// The page has an entry that was in no earlier page.
    pub(super) is_new: bool,
}

impl Repeats {
    /// Looks up the entries of a page and remembers them.
    pub(super) fn add(&mut self, entries: &[u64], length: Length) -> Found {
        if entries.is_empty() {
            return Found::default();
        }
        let page: HashSet<u64> = entries.iter().copied().collect();
        let is_known = |entry| self.last.contains(entry) || self.entries.contains(entry);
        let is_new = page.iter().any(|entry| !is_known(entry));
        let is_telling = page.len() == entries.len();
        let mut found = Found {
            is_new,
            ..Found::default()
        };
        if is_telling {
            found.is_overlap = page.iter().any(is_known);
            let length = hash(&length);
            let earlier = self.pages.insert(hash(entries), length);
            if let Some(earlier) = earlier {
                self.shifts += 1;
                found.is_overlap = true;
                found.is_same_page = earlier == length || self.shifts > MOST_SHIFTS;
            }
        }
        if self.entries.len() < MOST_ENTRIES {
            self.entries.extend(&page);
        }
        self.last = page;
        found
    }
}

/// A fingerprint of each entry of a page, malformed or not.
pub(crate) fn fingerprints<T: Serialize>(list: &List<T>) -> Vec<u64> {
    let items = list.iter().map(fingerprint);
    let malformed = list.malformed().iter().map(|bad| fingerprint(bad.raw()));
    items.chain(malformed).collect()
}

/// The fingerprint of a single entry.
pub(crate) fn fingerprint(entry: &impl Serialize) -> u64 {
    let mut hasher = Digest(DefaultHasher::new());
    // Neither writing JSON nor hashing can fail; a partial hash would still be valid.
    let _ = serde_json::to_writer(&mut hasher, entry);
    hasher.0.finish()
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Hashes what is written to it.
struct Digest(DefaultHasher);

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Length = (Some(9), None);

    #[test]
    fn a_page_that_came_before_is_known_however_long_ago() {
        let mut repeats = Repeats::default();
        for page in [[1, 2], [3, 4], [5, 6]] {
            let found = repeats.add(&page, LENGTH);
            assert!(found.is_new && !found.is_overlap && !found.is_same_page);
        }
        assert!(repeats.add(&[1, 2], LENGTH).is_same_page);
    }

    #[test]
    fn a_list_that_has_another_length_may_move_on_by_a_page_but_not_for_ever() {
        let mut repeats = Repeats::default();
        repeats.add(&[1, 2], (Some(0), None));
        for length in 1..=u64::from(MOST_SHIFTS) {
            let found = repeats.add(&[1, 2], (Some(length), None));
            assert!(found.is_overlap && !found.is_new && !found.is_same_page);
        }
        assert!(repeats.add(&[1, 2], (Some(99), None)).is_same_page);
    }

    #[test]
    fn an_entry_that_came_before_is_known_and_little_is_remembered_of_a_long_list() {
        let mut repeats = Repeats::default();
        let page = |number: u64| -> Vec<u64> { (number * 100..number * 100 + 100).collect() };
        for number in 0..3_000 {
            let found = repeats.add(&page(number), LENGTH);
            assert!(found.is_new && !found.is_overlap, "page {number}");
        }
        assert_eq!(repeats.entries.len(), MOST_ENTRIES);
        assert!(repeats.add(&[7, u64::MAX], LENGTH).is_overlap);
        assert!(!repeats.add(&[299_998], LENGTH).is_overlap, "forgotten");
        assert!(repeats.add(&[299_998, 1 << 40], LENGTH).is_overlap);
    }

    #[test]
    fn equal_entries_tell_nothing() {
        let mut repeats = Repeats::default();
        repeats.add(&[7, 7], LENGTH);
        let found = repeats.add(&[7, 7], LENGTH);
        assert_eq!(found, Found::default());
    }

    #[test]
    fn entries_that_differ_have_other_fingerprints() {
        let list = |text: &str| serde_json::from_str::<List<Vec<u8>>>(text).unwrap();
        let all = fingerprints(&list("[[1],[2],null,\"a\",[1]]"));
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (5, 4));
        assert_eq!(all, fingerprints(&list("[[1], [2], null, \"a\", [1]]")));
    }
}
