//! Decides after each page whether a next page exists, and detects contradictions in what the server says. Without I/O;
//! entries of earlier pages are remembered in `repeats`.

use super::PageInfo;
use super::repeats::Repeats;

/// A reader stops after so many pages in a row that bring nothing new.
const MOST_IDLE: u32 = 100;
/// A list may grow while it is read, but to no more than twice the pages it said
/// it has, and these.
const SPARE_PAGES: u64 = 100;
/// The most pages of a list that does not say how many it has.
const MOST_UNTOLD: u64 = 10_000;
/// The most pages of any list; a reader goes on from a cursor after that.
const MOST_PAGES: u64 = 100_000;

/// What is remembered from page to page.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// How many pages and entries this reader has taken in.
    pages: u64,
    entries: u64,
    idle_in_a_row: u32,
    /// Whether it began with the first page, so that it sees all of the list.
    is_whole: bool,
    first_total: Option<u64>,
    first_pages: Option<u64>,
    moved: bool,
    /// The last page, by what the latest one said.
    last_page: Option<u64>,
    /// How big the pages are, as they say.
    size: Option<u64>,
    /// The most entries that one of them held.
    largest: usize,
    /// By how much the number in a response is higher than the one asked for.
    shift: Option<u64>,
    repeats: Repeats,
}

/// One page, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The number that was asked for.
    pub(super) page: u64,
    /// The number of the first page of all.
    pub(super) first: u64,
    /// How many items it holds, readable or not.
    pub(super) items: usize,
    /// Fingerprints of them.
    pub(super) entries: Vec<u64>,
    pub(super) info: PageInfo,
}

impl Progress {
    /// Starts where an earlier reader saw `total` items, in pages of a `size`.
    pub(super) fn resumed(total: Option<u64>, size: Option<u64>) -> Self {
        Self {
            first_total: total,
            size,
            ..Self::default()
        }
    }

    /// Takes a page in; whether another one follows, or why that cannot be told.
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

    /// Whether the list changed while it was read, by all that can be seen.
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

    /// How big the pages are, as they say.
    pub(super) const fn size(&self) -> Option<u64> {
        self.size
    }

    /// The page that came is the one that was asked for. A server may count from
    /// another number, as long as it keeps to it.
    fn check_number(&mut self, seen: &Seen, goes_on: bool) -> Result<(), String> {
        let Some(answered) = seen.info.page else {
            return Ok(());
        };
        let asked = seen.page;
        let is_empty = seen.items == 0;
        let Some(shift) = answered.checked_sub(asked) else {
            // An empty list may say zero everywhere.
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

    /// Pages of another size skip entries or repeat them. A last page may give its
    /// own length as the size.
    fn check_size(&mut self, seen: &Seen, goes_on: bool) -> Result<(), String> {
        let held = seen.items;
        let Some(now) = seen.info.size.filter(|size| *size > 0 && held > 0) else {
            // Nobody says whether this page is too long or the ones before were short.
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

    /// Whether the page brings anything new. One that came before is a lie, unless
    /// the list has another length now and its entries moved on by a whole page.
    fn check_repetition(&mut self, seen: &Seen) -> Result<bool, String> {
        let length = (seen.info.total_count, seen.info.total_pages);
        let found = self.repeats.add(&seen.entries, length);
        if found.is_same_page {
            return Err(format!(
                "page {} holds the same items as an earlier page",
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

    /// Whatever it says, it comes to an end.
    fn check_end(&self) -> Result<(), String> {
        if self.idle_in_a_row >= MOST_IDLE {
            return Err(format!(
                "{MOST_IDLE} pages in a row brought nothing new, with more to follow"
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
                "{} pages {said} have come, with more to follow",
                self.pages
            ));
        }
        Ok(())
    }

    /// At the end, as many entries have come as there should be.
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

/// How many pages there are up to this one.
const fn read(seen: &Seen) -> u64 {
    seen.page.saturating_sub(seen.first).saturating_add(1)
}

/// Whether another page follows, by the best that the server says.
fn follows(seen: &Seen) -> bool {
    let PageInfo {
        size,
        total_pages,
        has_more,
        ..
    } = seen.info;
    let items = seen.items as u64;
    // Nothing follows an empty page that is the last or behind it.
    let is_behind = items == 0 && total_pages.is_some_and(|pages| read(seen) >= pages);
    match (has_more, total_pages, size) {
        (Some(has_more), _, _) => has_more && !is_behind,
        (None, Some(pages), _) => read(seen) < pages,
        (None, None, Some(size)) if size > 0 => items >= size,
        (None, None, _) => items > 0,
    }
}

fn other_page(asked: u64, answered: u64) -> String {
    format!("page {asked} was asked for, page {answered} came")
}

#[cfg(test)]
mod tests;
