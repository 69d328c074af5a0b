//! Whether there is a next page. Decided from one page at a time, without I/O.

use super::PageInfo;
use crate::Error;
use crate::error::Kind;

/// After this many empty pages in a row the server is taken to be wrong.
const MOST_EMPTY: u32 = 100;

/// What is remembered from page to page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    empty_in_a_row: u32,
    first_total: Option<u64>,
    moved: bool,
    /// The last page, by what the latest one said.
    last_page: Option<u64>,
}

/// One page, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The number that was asked for.
    pub(super) page: u64,
    /// The number of the first page of all.
    pub(super) first: u64,
    /// How many items it holds, readable or not.
    pub(super) items: usize,
    pub(super) info: PageInfo,
}

impl Progress {
    /// Starts where an earlier reader saw `total` items.
    pub(super) const fn resumed(total: Option<u64>) -> Self {
        Self {
            empty_in_a_row: 0,
            first_total: total,
            moved: false,
            last_page: None,
        }
    }

    /// Takes a page in; whether another one follows.
    pub(super) fn advance(&mut self, seen: Seen) -> Result<bool, Error> {
        self.watch_total(seen.info.total_count);
        let pages = seen.info.total_pages.and_then(|pages| pages.checked_sub(1));
        self.last_page = pages.map(|pages| seen.first.saturating_add(pages));
        self.empty_in_a_row = if seen.items == 0 {
            self.empty_in_a_row + 1
        } else {
            0
        };
        let goes_on = follows(&seen);
        let answered = seen.info.page.filter(|page| *page < seen.page);
        match (goes_on, answered) {
            (false, _) => Ok(false),
            // Going on would read the same page for ever.
            (true, Some(page)) => Err(nonsense(format!(
                "page {} was asked for, page {page} came with more to follow",
                seen.page,
            ))),
            (true, None) if self.empty_in_a_row >= MOST_EMPTY => Err(nonsense(format!(
                "{MOST_EMPTY} empty pages came in a row, with more to follow"
            ))),
            (true, None) => Ok(true),
        }
    }

    /// Whether the number of items changed while they were read.
    pub(super) const fn moved(&self) -> bool {
        self.moved
    }

    /// The number of the last page, if the list says how many there are.
    pub(super) const fn last_page(&self) -> Option<u64> {
        self.last_page
    }

    pub(super) const fn total(&self) -> Option<u64> {
        self.first_total
    }

    fn watch_total(&mut self, total: Option<u64>) {
        let Some(total) = total else { return };
        let first = *self.first_total.get_or_insert(total);
        self.moved |= first != total;
    }
}

/// Whether another page follows, by the best that the server says.
fn follows(seen: &Seen) -> bool {
    let PageInfo {
        size,
        total_pages,
        has_more,
        ..
    } = seen.info;
    let read = seen.page.saturating_sub(seen.first).saturating_add(1);
    match (has_more, total_pages, size) {
        (Some(has_more), _, _) => has_more,
        (None, Some(pages), _) => read < pages,
        (None, None, Some(size)) if size > 0 => seen.items as u64 >= size,
        (None, None, _) => seen.items > 0,
    }
}

fn nonsense(message: String) -> Error {
    Error::new(Kind::Decode, message).with_suggestion("report it with the operation and page")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(page: u64, first: u64, items: usize, info: PageInfo) -> Seen {
        Seen {
            page,
            first,
            items,
            info,
        }
    }

    fn goes_on(seen: Seen) -> bool {
        Progress::default().advance(seen).unwrap()
    }

    #[test]
    fn what_the_server_says_decides() {
        let none = PageInfo::default();
        let more = |has_more| PageInfo {
            has_more: Some(has_more),
            ..none
        };
        let pages = |total| PageInfo {
            total_pages: Some(total),
            ..none
        };
        let sized = |size| PageInfo {
            size: Some(size),
            ..none
        };
        let zeros = PageInfo {
            page: Some(0),
            size: Some(0),
            total_count: Some(0),
            total_pages: Some(0),
            has_more: Some(false),
        };
        let table = [
            (seen(1, 1, 20, more(true)), true),
            (seen(1, 1, 0, more(true)), true),
            (seen(1, 1, 20, more(false)), false),
            (seen(1, 1, 0, zeros), false),
            (
                seen(
                    1,
                    1,
                    0,
                    PageInfo {
                        has_more: None,
                        ..zeros
                    },
                ),
                false,
            ),
            (seen(0, 0, 10, pages(2)), true),
            (seen(1, 0, 10, pages(2)), false),
            (seen(1, 1, 10, pages(2)), true),
            (seen(2, 1, 10, pages(2)), false),
            (seen(9, 1, 0, pages(2)), false),
            (seen(1, 1, 20, sized(20)), true),
            (seen(1, 1, 19, sized(20)), false),
            (seen(1, 1, 0, sized(0)), false),
            (seen(1, 1, 3, none), true),
            (seen(1, 1, 0, none), false),
            (seen(u64::MAX, 0, 0, pages(2)), false),
        ];
        for (seen, expected) in table {
            assert_eq!(goes_on(seen), expected, "{seen:?}");
        }
    }

    #[test]
    fn a_server_that_would_never_end_is_stopped() {
        let info = PageInfo {
            has_more: Some(true),
            ..PageInfo::default()
        };
        let mut progress = Progress::default();
        let last = (1..).find(|page| progress.advance(seen(*page, 1, 0, info)).is_err());
        assert_eq!(last, Some(u64::from(MOST_EMPTY)));
        let stuck = PageInfo {
            page: Some(1),
            ..info
        };
        assert!(Progress::default().advance(seen(2, 1, 20, stuck)).is_err());
    }

    #[test]
    fn a_change_of_the_total_is_noticed() {
        let total = |count| PageInfo {
            total_count: Some(count),
            has_more: Some(true),
            ..PageInfo::default()
        };
        let mut progress = Progress::default();
        for (page, count, moved) in [(1, 63, false), (2, 63, false), (3, 62, true), (4, 63, true)] {
            progress.advance(seen(page, 1, 20, total(count))).unwrap();
            assert_eq!(progress.moved(), moved);
        }
        let mut progress = Progress::resumed(Some(64));
        progress.advance(seen(3, 1, 20, total(63))).unwrap();
        assert!(progress.moved());
    }
}
