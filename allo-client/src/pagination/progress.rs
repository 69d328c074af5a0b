//! Decides after each page whether a next page exists, and detects contradictions in the server's responses. Without
//! I/O; `repeats` remembers the entries of earlier pages.

use super::PageInfo;
use super::repeats::Repeats;

/// A reader stops after this many consecutive pages without a new entry.
const MOST_IDLE: u32 = 100;
/// A list may grow while it is read, but to no more than twice its initial number of pages plus
/// this.
const SPARE_PAGES: u64 = 100;
/// The maximum number of pages of a list without a total.
const MOST_UNTOLD: u64 = 10_000;
/// The maximum number of pages of any list; after that, resume from a cursor.
const MOST_PAGES: u64 = 100_000;

/// The state of a reader from page to page.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// The number of pages and entries of this reader.
    pages: u64,
    entries: u64,
    idle_in_a_row: u32,
    /// Whether the reader began with the first page, so that it sees the whole list.
    is_whole: bool,
    first_total: Option<u64>,
    first_pages: Option<u64>,
    moved: bool,
    /// The number of the last page, according to the latest page.
    last_page: Option<u64>,
    /// The page size, according to the pages.
    size: Option<u64>,
    /// The maximum number of entries of a page so far.
    largest: usize,
    /// The offset between the page number of a response and the one requested.
    shift: Option<u64>,
    repeats: Repeats,
}

/// The properties of a page that matter here.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The number that was requested.
    pub(super) page: u64,
    /// The number of the first page of the list.
    pub(super) first: u64,
    /// The number of items, malformed or not.
    pub(super) items: usize,
    /// The fingerprints of the items.
    pub(super) entries: Vec<u64>,
    pub(super) info: PageInfo,
}

impl Progress {
    /// Starts at the position of an earlier reader, with its `total` and page `size`.
    pub(super) fn resumed(total: Option<u64>, size: Option<u64>) -> Self {
        Self {
            first_total: total,
            size,
            ..Self::default()
        }
    }

    /// Records a page. Returns whether another page follows, or the contradiction found.
    pub(super) fn advance(&mut self, seen: &Seen) -> Result<bool, String> {
        let goes_on = follows(seen);
        self.check_number(seen, goes_on)?;
        self.check_size(seen, goes_on)?;
        let is_new = self.check_repetition(seen)?;
        self.is_whole |= self.pages == 0 && seen.page == seen.first;
        self.pages += 1;
        self.entries += seen.items as u64;
        self.idle_in_a_row = if is_new { 0 } else { self.idle_in_a_row + 1 };
        self.watch_totals(seen);
        if goes_on {
            self.check_end()?;
        } else {
            self.check_count(seen);
        }
        Ok(goes_on)
    }

    /// Whether the list visibly changed while it was read.
    pub(super) const fn moved(&self) -> bool {
        self.moved
    }

    /// The number of the last page, if the list has a total.
    pub(super) const fn last_page(&self) -> Option<u64> {
        self.last_page
    }

    pub(super) const fn total(&self) -> Option<u64> {
        self.first_total
    }

    /// The page size, according to the pages.
    pub(super) const fn size(&self) -> Option<u64> {
        self.size
    }

    /// Checks that the page is the one requested. A server may number pages from another start, but
    /// consistently.
    fn check_number(&mut self, seen: &Seen, goes_on: bool) -> Result<(), String> {
        let Some(answered) = seen.info.page else {
            return Ok(());
        };
        let asked = seen.page;
        let is_empty = seen.items == 0;
        let Some(shift) = answered.checked_sub(asked) else {
            // An empty list may have zero for every number.
            let repeats = goes_on || (asked > seen.first && !is_empty);
            return match repeats {
                true => Err(other_page(asked, answered)),
                false => Ok(()),
            };
        };
        if !is_empty && *self.shift.get_or_insert(shift) != shift {
            return Err(other_page(asked, answered));
        }
        Ok(())
    }

    /// Checks the page size, as a change would skip or repeat entries. A last page may report its
    /// own length as the size.
    fn check_size(&mut self, seen: &Seen, goes_on: bool) -> Result<(), String> {
        let held = seen.items;
        let Some(now) = seen.info.size.filter(|size| *size > 0 && held > 0) else {
            // It is unknown whether this page is too long or the earlier ones were too short.
            self.moved |= self.largest > 0 && seen.info.size.is_none() && held > self.largest;
            self.largest = self.largest.max(held);
            return Ok(());
        };
        let then = *self.size.get_or_insert(now);
        let is_rest = !goes_on && now < then && held as u64 == now;
        if then == now || is_rest {
            return Ok(());
        }
        Err(format!(
            "page {} is one of {now} items, those before it were of {then}, \
             so items would be missing or come twice",
            seen.page
        ))
    }

    /// Checks that the page is new. A repeated page is a contradiction unless the total changed and
    /// the entries shifted by a whole page.
    fn check_repetition(&mut self, seen: &Seen) -> Result<bool, String> {
        let length = (seen.info.total_count, seen.info.total_pages);
        let found = self.repeats.add(&seen.entries, length);
        if found.is_same_page {
            return Err(format!(
                "page {} contains the same items as an earlier page",
                seen.page
            ));
        }
        self.moved |= found.is_overlap;
        Ok(found.is_new)
    }

    fn watch_totals(&mut self, seen: &Seen) {
        if let Some(total) = seen.info.total_count {
            self.moved |= *self.first_total.get_or_insert(total) != total;
        }
        if let Some(pages) = seen.info.total_pages {
            self.moved |= *self.first_pages.get_or_insert(pages) != pages;
        }
        let last = seen.info.total_pages.and_then(|pages| pages.checked_sub(1));
        self.last_page = last.map(|pages| seen.first.saturating_add(pages));
    }

    /// Bounds the number of pages, whatever the server sends.
    fn check_end(&self) -> Result<(), String> {
        if self.idle_in_a_row >= MOST_IDLE {
            return Err(format!(
                "{MOST_IDLE} consecutive pages contained nothing new, and the list has more pages"
            ));
        }
        let told = self.first_pages.map_or(MOST_UNTOLD, |pages| {
            pages.saturating_mul(2).saturating_add(SPARE_PAGES)
        });
        if self.pages >= told.min(MOST_PAGES) {
            let said = match self.first_pages {
                Some(pages) => format!("of {pages}"),
                None => "of an unknown number".to_owned(),
            };
            return Err(format!(
                "{} pages {said} were returned, and the list has more pages",
                self.pages
            ));
        }
        Ok(())
    }

    /// Compares the number of entries with the total at the end of the list.
    fn check_count(&mut self, seen: &Seen) {
        let PageInfo {
            total_count,
            total_pages,
            ..
        } = seen.info;
        let is_short = self.is_whole && total_count.is_some_and(|total| total != self.entries);
        let is_early = total_pages.is_some_and(|pages| read(seen) < pages);
        self.moved |= is_short || is_early;
    }
}

/// The number of pages up to this one.
const fn read(seen: &Seen) -> u64 {
    seen.page.saturating_sub(seen.first).saturating_add(1)
}

/// Whether another page follows, according to the best information in the response.
fn follows(seen: &Seen) -> bool {
    let PageInfo {
        size,
        total_pages,
        has_more,
        ..
    } = seen.info;
    let items = seen.items as u64;
    // No page follows an empty page that is the last or after the last.
    let is_behind = items == 0 && total_pages.is_some_and(|pages| read(seen) >= pages);
    match (has_more, total_pages, size) {
        (Some(has_more), _, _) => has_more && !is_behind,
        (None, Some(pages), _) => read(seen) < pages,
        (None, None, Some(size)) if size > 0 => items >= size,
        (None, None, _) => items > 0,
    }
}

fn other_page(asked: u64, answered: u64) -> String {
    format!("requested page {asked}, got page {answered}")
}

#[cfg(test)]
mod tests;
