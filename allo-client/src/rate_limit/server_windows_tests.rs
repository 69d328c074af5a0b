//! The server's windows alone: a request counts in every window in which it may be counted.

use super::*;

const MS: Duration = Duration::from_millis(1);
const LIMIT: u32 = 5;

/// The headers of a response whose request was counted in a second that ends at this time.
fn told(reset: i64, remaining: u32) -> RateLimitInfo {
    RateLimitInfo {
        limit: Some(LIMIT),
        remaining: Some(remaining),
        reset: Some(reset),
        refused: false,
        pause: None,
    }
}

/// Sends at these milliseconds; a server whose seconds begin at 300 ms, 1,300 ms and so on counts
/// each.
fn sent_at(start: Instant, times: &[u32]) -> ServerWindows {
    let mut windows = ServerWindows::default();
    let mut counted = std::collections::BTreeMap::<i64, u32>::new();
    for (id, at) in (0..).zip(times) {
        windows.sent(id, start + MS * *at);
        let second = (i64::from(*at) - 300).div_euclid(1_000);
        let used = counted.entry(second).or_default();
        *used += 1;
        let info = told(1_000_001 + second, LIMIT.saturating_sub(*used));
        windows.answered(id, Duration::ZERO, Duration::ZERO, &info);
    }
    windows
}

fn waits(windows: &mut ServerWindows, start: Instant, at: u32, spread: u32) -> Option<u128> {
    let until = windows.full_until(5, MS * spread, start + MS * at)?;
    Some((until - start).as_millis())
}

#[test]
fn nothing_is_known_before_an_answer_names_a_second() {
    let start = Instant::now();
    let mut windows = ServerWindows::default();
    (0..9).for_each(|id| windows.sent(id, start));
    assert!(!windows.are_known());
    assert_eq!(waits(&mut windows, start, 0, 500), None);
    let silent = RateLimitInfo::default();
    windows.answered(0, Duration::ZERO, Duration::ZERO, &silent);
    assert!(!windows.are_known());
}

#[test]
fn a_full_window_is_waited_out_and_the_next_one_is_free() {
    let start = Instant::now();
    let mut windows = sent_at(start, &[290, 310, 320, 330, 1_290, 1_299]);
    assert!(windows.are_known());
    // Five are counted in the second that begins at 300 ms.
    assert_eq!(waits(&mut windows, start, 1_295, 0), Some(1_314));
    assert_eq!(waits(&mut windows, start, 1_315, 0), None);
}

#[test]
fn what_is_under_way_counts_wherever_it_may_arrive() {
    let start = Instant::now();
    let mut windows = sent_at(start, &[299, 301]);
    (10..14).for_each(|id| windows.sent(id, start + MS * 1_250));
    // With the request of 301 ms they may fill that second.
    assert_eq!(waits(&mut windows, start, 1_260, 0), Some(1_305));
    // The next second has four, and room for one more.
    assert_eq!(waits(&mut windows, start, 1_350, 100), None);
    windows.sent(14, start + MS * 1_350);
    assert_eq!(waits(&mut windows, start, 1_360, 100), Some(2_305));
    // They arrived before, so there is room.
    (10..14).for_each(|id| {
        windows.answered(id, Duration::ZERO, MS * 100, &told(1_000_001, 0));
    });
    assert_eq!(waits(&mut windows, start, 1_360, 100), None);
}

#[test]
fn what_others_use_is_seen_in_what_remains() {
    let start = Instant::now();
    let mut windows = sent_at(start, &[299, 301]);
    windows.sent(10, start + MS * 1_400);
    windows.answered(10, Duration::ZERO, Duration::ZERO, &told(1_000_002, 1));
    assert_eq!(waits(&mut windows, start, 1_450, 0), None);
    windows.sent(11, start + MS * 1_450);
    assert_eq!(waits(&mut windows, start, 1_460, 0), Some(2_305));
}

#[test]
fn a_refusal_says_that_the_window_is_full() {
    let start = Instant::now();
    let mut windows = sent_at(start, &[299, 301]);
    windows.sent(10, start + MS * 1_400);
    let refused = RateLimitInfo {
        refused: true,
        ..told(1_000_002, 0)
    };
    windows.answered(10, Duration::ZERO, Duration::ZERO, &refused);
    assert_eq!(waits(&mut windows, start, 1_450, 0), Some(2_305));
    assert_eq!(waits(&mut windows, start, 2_310, 0), None);
}

#[test]
fn answers_that_contradict_each_other_are_not_believed_for_a_while() {
    let start = Instant::now();
    let mut windows = sent_at(start, &[299, 301]);
    windows.sent(10, start + MS * 1_400);
    windows.answered(10, Duration::ZERO, Duration::ZERO, &told(1_000_009, 0));
    assert!(!windows.are_known());
    assert_eq!(waits(&mut windows, start, 1_450, 0), None);
    for id in 11..=10 + u64::from(DOUBT) {
        windows.sent(id, start + MS * 1_500);
        windows.answered(id, Duration::ZERO, Duration::ZERO, &told(1_000_009, 0));
    }
    assert!(windows.are_known());
}
