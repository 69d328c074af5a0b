//! The notation for a call: `502 <250ms; timeout <500ms; 429 7s; 200` are four attempts, the result of each, and the
//! waits between them. A wait is either an upper bound for random jitter, or the delay that the server asked for.

use std::ops::RangeInclusive;
use std::time::Duration;

use allo_client::AttemptEvent;

/// A timer elapses up to a millisecond late; a small step takes as long.
const LATE: Duration = Duration::from_millis(2);
/// At most a tenth of jitter is added to a delay of the server.
const MOST_EXTRA: Duration = Duration::from_millis(500);

#[track_caller]
pub(crate) fn assert_fits(events: &[AttemptEvent], elapsed: Duration, expected: &str) {
    let attempts: Vec<_> = expected.split(';').map(str::trim).collect();
    let fits = attempts.len() == events.len()
        && attempts
            .iter()
            .zip(events)
            .all(|(words, event)| fits(event, words));
    let numbered = events
        .iter()
        .zip(1..)
        .all(|(event, number)| event.attempt == number);
    assert!(fits && numbered, "expected {expected:?}: {events:#?}");
    let told: Duration = events
        .iter()
        .map(|event| event.elapsed + event.wait.unwrap_or_default())
        .sum();
    let most = told + LATE * u32::try_from(events.len()).expect("few");
    assert!(
        (told..=most).contains(&elapsed),
        "{told:?} were told, {elapsed:?} passed"
    );
}

fn fits(event: &AttemptEvent, words: &str) -> bool {
    let (result, expected) = words.split_once(' ').unwrap_or((words, ""));
    let waits = match (event.wait, expected) {
        (None, "") => true,
        (Some(wait), text) if !text.is_empty() => range(text).contains(&wait),
        _ => false,
    };
    waits && result_of(event) == result && event.will_retry == event.wait.is_some()
}

/// A complete response is written as its status; everything else has a name.
fn result_of(event: &AttemptEvent) -> String {
    let status = event.status.map(|status| status.to_string());
    match (event.error, status) {
        (None | Some("status"), Some(status)) => status,
        (Some(error), Some(status)) => format!("{status}-{error}"),
        (error, _) => error.unwrap_or("nothing").to_owned(),
    }
}

fn range(text: &str) -> RangeInclusive<Duration> {
    if let Some(most) = text.strip_prefix('<') {
        let most = most.strip_suffix("ms").expect("milliseconds");
        return Duration::ZERO..=Duration::from_millis(most.parse().expect("a number"));
    }
    let least = text.strip_suffix('s').expect("seconds");
    let least = Duration::from_secs(least.parse().expect("a number"));
    least..=least + (least / 10).min(MOST_EXTRA)
}
