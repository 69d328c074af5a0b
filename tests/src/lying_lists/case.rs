//! A list, and the lies of a server about it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// The maximum number of pages that a list reports.
pub(super) const MOST_PAGES_SAID: usize = 200;

/// A list and the lies about it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The number of entries: positions from 0.
    pub(super) length: i64,
    /// The page size.
    pub(super) size: u64,
    pub(super) prefetch: usize,
    /// The totals that the server reports.
    told: Told,
    /// The lies, each from a page on.
    lies: Vec<(i64, Lie)>,
}

/// The totals that the server reports at all.
#[derive(Clone, Copy, Debug)]
struct Told {
    page: bool,
    size: bool,
    total_count: bool,
    total_pages: bool,
    has_more: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// Pages have the entries of this page.
    SamePage(i64),
    /// Pages are repeated with this period.
    Cycle(i64),
    /// Pages are empty.
    Nothing,
    /// New entries never end.
    Endless,
    /// All entries are equal.
    Alike,
    /// Entries are inserted before those that were read.
    Growth,
    /// Pages have this size.
    Size(i64),
    /// Pages have this number.
    Page(i64),
    /// Page numbers are off by this much.
    Shift(i64),
    MoreAlways,
    MoreNever,
    TotalPages(i64),
    TotalCount(i64),
    /// The totals grow with every page.
    GrowingTotals,
}

impl Lie {
    /// Whether the lie changes the entries themselves.
    const fn is_about_entries(self) -> bool {
        matches!(
            self,
            Self::SamePage(_)
                | Self::Cycle(_)
                | Self::Nothing
                | Self::Endless
                | Self::Alike
                | Self::Growth
        )
    }
}

/// Pseudo-random numbers, reproducible by their seed.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn number(&mut self, below: u64) -> i64 {
        i64::try_from(self.roll(below)).unwrap_or_default()
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap_or_default()]
    }

    fn lie(&mut self) -> Lie {
        match self.roll(14) {
            0 => Lie::SamePage(1 + self.number(3)),
            1 => Lie::Cycle(2 + self.number(3)),
            2 => Lie::Nothing,
            3 => Lie::Endless,
            4 => Lie::Alike,
            5 => Lie::Growth,
            6 => Lie::Size(self.pick(&[1, 3, 7, 20, 60])),
            7 => Lie::Page(self.pick(&[0, 1, 2, -1, 99, i64::MAX])),
            8 => Lie::Shift(self.pick(&[-1, 1, 5])),
            9 => Lie::MoreAlways,
            10 => Lie::MoreNever,
            11 => Lie::TotalPages(self.pick(&[0, 1, 3, -7, 200])),
            12 => Lie::TotalCount(self.pick(&[0, 1, 17, -7, i64::MAX])),
            _ => Lie::GrowingTotals,
        }
    }
}

impl Case {
    pub(super) fn of_seed(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let lies = dice.roll(4);
        let mut case = Self {
            length: dice.number(90),
            size: dice.pick(&[1, 2, 5, 10, 30, 50]),
            prefetch: dice.pick(&[0, 0, 1, 4]),
            told: Told {
                page: dice.roll(3) > 0,
                size: dice.roll(3) > 0,
                total_count: dice.roll(3) > 0,
                total_pages: dice.roll(3) > 0,
                has_more: dice.roll(3) > 0,
            },
            lies: (0..lies)
                .map(|_| (1 + dice.number(4), dice.lie()))
                .collect(),
        };
        // A list without totals is read for 10,000 pages, which a unit test of the reader covers.
        case.told.total_pages |= case.has(|lie| matches!(lie, Lie::Endless | Lie::Growth));
        case
    }

    fn has(&self, which: impl Fn(Lie) -> bool) -> bool {
        self.lies.iter().any(|(_, lie)| which(*lie))
    }

    pub(super) fn is_honest(&self) -> bool {
        self.lies.is_empty()
    }

    /// Whether a reader of a complete list cannot detect the lie: other entries were served, or entries are missing and
    /// no total is reported. Repeated entries are always detected.
    pub(super) fn may_hide(&self, positions: &[i64]) -> bool {
        let is_other = self.has(Lie::is_about_entries);
        let says_total = self.told.total_count
            && !self.has(|lie| matches!(lie, Lie::TotalCount(_) | Lie::GrowingTotals));
        let distinct: HashSet<_> = positions.iter().collect();
        let is_single = distinct.len() == positions.len();
        is_single && (is_other || !says_total) || self.has(|lie| lie == Lie::Alike)
    }

    /// The number of requests without lies.
    pub(super) fn fewest_requests(&self) -> usize {
        let length = usize::try_from(self.length).unwrap_or_default();
        let size = usize::try_from(self.size).unwrap_or(1);
        let pages = length.div_ceil(size);
        let is_full = length.is_multiple_of(size);
        let Told {
            size: says_size,
            total_pages,
            has_more,
            ..
        } = self.told;
        match (has_more || total_pages, says_size) {
            (true, _) => pages.max(1),
            // Only a page that is not full shows that it is the last.
            (false, true) => pages + usize::from(is_full),
            (false, false) => pages + 1,
        }
    }

    /// The response to a request for a page of a size.
    pub(super) fn answer(&self, page: i64, asked_size: i64) -> String {
        let lies = self.lies.iter().filter(|(from, _)| *from <= page);
        let lies: Vec<Lie> = lies.map(|(_, lie)| *lie).collect();
        let mut size = asked_size.min(i64::try_from(self.size).unwrap_or(1));
        for lie in &lies {
            if let Lie::Size(other) = lie {
                size = *other;
            }
        }
        let positions = self.positions(page, size, &lies);
        let number = |position| json!({"number_to": "+12125550170", "position": position});
        let data: Vec<Value> = positions.into_iter().map(number).collect();
        let mut body = json!({ "data": data });
        let totals = self.totals(page, size, &lies);
        if !totals.is_empty() {
            body["pagination"] = Value::Object(totals);
        }
        body.to_string()
    }

    fn positions(&self, page: i64, size: i64, lies: &[Lie]) -> Vec<i64> {
        let mut page = page;
        for lie in lies {
            match lie {
                Lie::SamePage(other) => page = *other,
                Lie::Cycle(pages) => page = (page - 1) % pages + 1,
                Lie::Nothing => return Vec::new(),
                Lie::Alike => return vec![7; usize::try_from(size).unwrap_or_default()],
                Lie::Endless => return ((page - 1) * size..page * size).collect(),
                // One more entry before the others with every page.
                Lie::Growth => {
                    let start = (page - 1) * size - page;
                    return (start..self.length.min(start + size)).collect();
                }
                _ => {}
            }
        }
        ((page - 1) * size..self.length.min(page * size)).collect()
    }

    fn totals(&self, page: i64, size: i64, lies: &[Lie]) -> Map<String, Value> {
        let pages = (self.length + size - 1) / size;
        let mut facts = (page, self.length, pages, page < pages);
        for lie in lies {
            match lie {
                Lie::Page(other) => facts.0 = *other,
                Lie::Shift(by) => facts.0 = page + by,
                Lie::TotalCount(other) => facts.1 = *other,
                Lie::TotalPages(other) => facts.2 = *other,
                Lie::GrowingTotals => {
                    facts.1 = self.length + page;
                    facts.2 = page + 1;
                }
                Lie::Growth => facts.1 = self.length + page,
                Lie::MoreAlways => facts.3 = true,
                Lie::MoreNever => facts.3 = false,
                _ => {}
            }
        }
        let told = self.told;
        let all = [
            ("page", told.page, json!(facts.0)),
            ("size", told.size, json!(size)),
            ("total_count", told.total_count, json!(facts.1)),
            ("total_pages", told.total_pages, json!(facts.2)),
            ("has_more", told.has_more, json!(facts.3)),
        ];
        let told = all.into_iter().filter(|(_, is_told, _)| *is_told);
        told.map(|(name, _, value)| (name.to_owned(), value))
            .collect()
    }
}
