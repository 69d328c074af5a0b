//! The decision after each page, without I/O.

use super::*;

/// A page of entries that no other page contains.
fn seen(page: u64, first: u64, items: usize, info: PageInfo) -> Seen {
    let number = |item: usize| page.wrapping_mul(1_000).wrapping_add(item as u64);
    Seen {
        page,
        first,
        items,
        entries: (0..items).map(number).collect(),
        info,
    }
}

fn goes_on(seen: &Seen) -> bool {
    Progress::default().advance(seen).unwrap()
}

const NONE: PageInfo = PageInfo {
    page: None,
    size: None,
    total_count: None,
    total_pages: None,
    has_more: None,
};
const MORE: PageInfo = PageInfo {
    has_more: Some(true),
    ..NONE
};

/// The first page that fails, of an endless list.
fn fails_at(mut page: impl FnMut(u64) -> Seen) -> Option<u64> {
    let mut progress = Progress::default();
    (1..=MOST_PAGES + 1).find(|number| progress.advance(&page(*number)).is_err())
}

#[test]
fn what_the_server_says_decides() {
    let more = |has_more| PageInfo {
        has_more: Some(has_more),
        ..NONE
    };
    let pages = |total| PageInfo {
        total_pages: Some(total),
        ..NONE
    };
    let sized = |size| PageInfo {
        size: Some(size),
        ..NONE
    };
    let both = |total, has_more| PageInfo {
        has_more: Some(has_more),
        ..pages(total)
    };
    let zeros = PageInfo {
        page: Some(0),
        size: Some(0),
        total_count: Some(0),
        total_pages: Some(0),
        has_more: Some(false),
    };
    let silent = PageInfo {
        has_more: None,
        ..zeros
    };
    let table = [
        (seen(1, 1, 20, more(true)), true),
        (seen(1, 1, 0, more(true)), true),
        (seen(1, 1, 20, more(false)), false),
        (seen(1, 1, 0, zeros), false),
        (seen(1, 1, 0, silent), false),
        (seen(0, 0, 10, pages(2)), true),
        (seen(1, 0, 10, pages(2)), false),
        (seen(1, 1, 10, pages(2)), true),
        (seen(2, 1, 10, pages(2)), false),
        (seen(9, 1, 0, pages(2)), false),
        (seen(2, 1, 10, both(2, true)), true),
        (seen(1, 1, 0, both(2, true)), true),
        (seen(2, 1, 0, both(2, true)), false),
        (seen(1, 1, 20, sized(20)), true),
        (seen(1, 1, 19, sized(20)), false),
        (seen(1, 1, 0, sized(0)), false),
        (seen(1, 1, 3, NONE), true),
        (seen(1, 1, 0, NONE), false),
        (seen(u64::MAX, 0, 0, pages(2)), false),
    ];
    for (seen, expected) in table {
        assert_eq!(goes_on(&seen), expected, "{seen:?}");
    }
}

#[test]
fn every_list_comes_to_an_end() {
    let told = |pages| PageInfo {
        total_pages: Some(pages),
        ..MORE
    };
    let growing = |page| PageInfo {
        total_count: Some(page * 20 + 1),
        total_pages: Some(page + 1),
        ..MORE
    };
    let same = |info| {
        move |page| Seen {
            page,
            ..seen(1, 1, 20, info)
        }
    };
    let alike = |page| Seen {
        entries: vec![7, 7],
        ..seen(page, 1, 2, MORE)
    };
    let idle = u64::from(MOST_IDLE);
    assert_eq!(fails_at(|page| seen(page, 1, 0, MORE)), Some(idle));
    // The first of them has a new entry.
    assert_eq!(fails_at(alike), Some(idle + 1));
    assert_eq!(fails_at(same(MORE)), Some(2));
    assert_eq!(fails_at(same(NONE)), Some(2));
    assert_eq!(fails_at(same(told(3))), Some(2));
    assert_eq!(fails_at(|page| same(growing(page))(page)), Some(5));
    assert_eq!(fails_at(|page| seen(page, 1, 20, MORE)), Some(MOST_UNTOLD));
    let spare = |pages: u64| Some(2 * pages + SPARE_PAGES);
    assert_eq!(fails_at(|page| seen(page, 1, 20, told(3))), spare(3));
    assert_eq!(fails_at(|page| seen(page, 1, 20, growing(page))), spare(2));
    assert_eq!(
        fails_at(|page| seen(page, 1, 20, told(u64::MAX))),
        Some(MOST_PAGES)
    );
    // Two alternating pages.
    let turns = |page| Seen {
        page,
        ..seen(page % 2, 1, 20, MORE)
    };
    assert_eq!(fails_at(turns), Some(3));
}

#[test]
fn another_page_than_the_one_asked_for_is_refused() {
    let answered = |page, has_more| PageInfo {
        page: Some(page),
        has_more: Some(has_more),
        ..NONE
    };
    let second = |info| Progress::default().advance(&seen(2, 1, 20, info));
    assert!(second(answered(1, true)).is_err());
    assert!(second(answered(1, false)).is_err());
    assert!(second(answered(2, true)).is_ok());
    // A server that counts from another number does so consistently.
    let mut progress = Progress::default();
    for page in 0..3 {
        let seen = seen(page, 0, 20, answered(page + 1, true));
        assert!(progress.advance(&seen).unwrap());
    }
    let problem = progress.advance(&seen(3, 0, 20, answered(7, true)));
    assert_eq!(problem.unwrap_err(), "requested page 3, got page 7");
}

#[test]
fn pages_of_another_size_are_refused() {
    let sized = |size, has_more| PageInfo {
        size: Some(size),
        has_more: Some(has_more),
        ..NONE
    };
    let after_30 = |page| {
        let mut progress = Progress::default();
        progress.advance(&seen(1, 1, 30, sized(30, true))).unwrap();
        progress.advance(&page)
    };
    assert!(after_30(seen(2, 1, 15, sized(15, true))).is_err());
    assert!(after_30(seen(2, 1, 50, sized(50, false))).is_err());
    assert!(after_30(seen(2, 1, 14, sized(15, false))).is_err());
    assert!(after_30(seen(2, 1, 30, sized(30, true))).is_ok());
    // A short page with the right size, an empty one, and a last page that reports its own length.
    assert!(after_30(seen(2, 1, 12, sized(30, true))).is_ok());
    assert!(after_30(seen(2, 1, 0, sized(0, false))).is_ok());
    assert!(after_30(seen(2, 1, 15, sized(15, false))).is_ok());
}

#[test]
fn whatever_shows_that_a_list_changed_is_noticed() {
    let entries = |page, numbers: std::ops::Range<u64>, info| Seen {
        page,
        first: 1,
        items: numbers.clone().count(),
        entries: numbers.collect(),
        info,
    };
    let total = |count, has_more| PageInfo {
        total_count: Some(count),
        has_more: Some(has_more),
        ..NONE
    };
    let last = |has_more| PageInfo {
        has_more: Some(has_more),
        ..NONE
    };
    let moved = |pages: &[Seen]| {
        let mut progress = Progress::default();
        for page in pages {
            progress.advance(page).unwrap();
        }
        progress.moved()
    };
    let first = || entries(1, 0..30, total(45, true));
    assert!(!moved(&[first(), entries(2, 30..45, total(45, false))]));
    // A changed length, a repeated entry, and missing entries.
    assert!(moved(&[first(), entries(2, 30..44, total(44, false))]));
    assert!(moved(&[first(), entries(2, 15..30, total(45, false))]));
    assert!(moved(&[first(), entries(2, 40..45, total(45, false))]));
    // Without a reported length and page size.
    let short = || entries(1, 0..15, last(true));
    assert!(!moved(&[short(), entries(2, 15..30, last(false))]));
    assert!(moved(&[short(), entries(2, 30..60, last(false))]));
    assert!(moved(&[short(), entries(2, 14..29, last(false))]));
    let early = PageInfo {
        total_pages: Some(3),
        ..last(false)
    };
    assert!(moved(&[entries(1, 0..15, early)]));
    // The total that an earlier reader saw counts, too.
    let mut progress = Progress::resumed(Some(64), None);
    progress.advance(&seen(3, 1, 20, total(63, true))).unwrap();
    assert!(progress.moved());
    let mut progress = Progress::resumed(Some(64), None);
    progress.advance(&seen(3, 1, 24, total(64, false))).unwrap();
    assert!(!progress.moved(), "it has not read what came before");
}
