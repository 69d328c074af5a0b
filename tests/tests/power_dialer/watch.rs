//! Watching a queue: each change once, queues that are replaced or change while they are read, and the requests of polls.

use std::time::Duration;

use allo_client::Client;
use allo_client::power_dialer::{Clear, QueueChange, QueueWatch};
use allo_sandbox::{Control, DialOutcome, Fault, FaultPlan, PositionsAfterDelete, RateLimitForm};
use tests::harness::{Harness, MARIE};
use tokio::time::Instant;

use crate::setup::{READ, leads, marie, number, of, retrying_client};

const INTERVAL: Duration = Duration::from_secs(10);

/// A sandbox with leads in Marie's queue, and a client for which time passes only between attempts.
async fn filled(count: usize) -> (Harness, Client) {
    let harness = Harness::start().await;
    let client = retrying_client(&harness);
    if count > 0 {
        let report = marie(&client).push(leads(count)).await.unwrap();
        assert!(report.is_complete());
    }
    harness.control.clear_log();
    (harness, client)
}

/// A change in words: what happened, and the position of the entry.
fn word(change: &QueueChange) -> String {
    let kind = match change {
        QueueChange::Added(_) => "added",
        QueueChange::Called(_) => "called",
        QueueChange::Finished(_) => "finished",
        QueueChange::Removed(_) => "removed",
        QueueChange::Replaced { .. } => return "replaced".to_owned(),
        other => panic!("a change without a word: {other:?}"),
    };
    format!("{kind} {}", change.entry().unwrap().position)
}

/// Reads as many changes as are expected, and compares them.
async fn expect(changes: &mut QueueWatch, expected: &[&str]) {
    let mut words = Vec::new();
    for _ in expected {
        let change = changes.try_next().await.unwrap();
        words.push(word(&change.unwrap()));
    }
    assert_eq!(words, expected);
}

/// Asserts that the next polls find no change, and returns how many requests they sent.
async fn nothing_changes(harness: &Harness, changes: &mut QueueWatch, polls: u32) -> usize {
    harness.control.clear_log();
    let time = INTERVAL * polls + INTERVAL / 2;
    let next = tokio::time::timeout(time, changes.next()).await;
    assert!(next.is_err(), "{next:?}");
    of(&harness.take_requests(), READ).len()
}

fn finish(control: &Control, harness: &Harness, position: u64) {
    let id = harness.id_of(MARIE);
    control
        .dial(&id, position, DialOutcome::answered())
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn each_change_of_each_entry_is_told_once() {
    let (harness, client) = filled(2).await;
    let (control, user) = (&harness.control, harness.id_of(MARIE));
    let mut changes = marie(&client).watch(INTERVAL);
    expect(&mut changes, &["added 0", "added 1"]).await;
    control.start_call(&user, 0).unwrap();
    expect(&mut changes, &["called 0"]).await;
    nothing_changes(&harness, &mut changes, 2).await;
    let outcome = DialOutcome::not_reached("BUSY");
    control.finish_call(&user, 0, outcome).unwrap();
    // The other one is called and finished between two polls, and one is appended.
    finish(control, &harness, 1);
    marie(&client).push(leads(1)).await.unwrap();
    let expected = ["finished 0", "called 1", "finished 1", "added 2"];
    expect(&mut changes, &expected).await;
    nothing_changes(&harness, &mut changes, 3).await;
}

#[tokio::test(start_paused = true)]
async fn polls_keep_their_interval_and_take_one_request_per_page_of_open_entries() {
    let (harness, client) = filled(250).await;
    let mut changes = marie(&client).watch(INTERVAL).only_new();
    let started = Instant::now();
    assert_eq!(nothing_changes(&harness, &mut changes, 3).await, 4 * 3);
    assert_eq!(started.elapsed(), INTERVAL * 7 / 2);
    for position in 0..100 {
        finish(&harness.control, &harness, position);
    }
    for _ in 0..200 {
        changes.try_next().await.unwrap();
    }
    assert_eq!(nothing_changes(&harness, &mut changes, 2).await, 2 * 2);
    for position in 100..250 {
        finish(&harness.control, &harness, position);
    }
    for _ in 0..300 {
        changes.try_next().await.unwrap();
    }
    assert_eq!(nothing_changes(&harness, &mut changes, 2).await, 2);
    marie(&client).push(leads(1)).await.unwrap();
    expect(&mut changes, &["added 250"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_was_replaced_between_polls_is_told() {
    let (harness, client) = filled(2).await;
    let dialer = marie(&client);
    let mut changes = dialer.watch(INTERVAL).only_new();
    nothing_changes(&harness, &mut changes, 1).await;
    // The same numbers in a new queue are new entries.
    finish(&harness.control, &harness, 0);
    let reset = dialer.reset().send().await.unwrap().into_inner();
    dialer.push(leads(1)).await.unwrap();
    let change = changes.try_next().await.unwrap().unwrap();
    let expected = QueueChange::Replaced {
        queue_id: Some(reset.id.to_string()),
    };
    assert_eq!(change, expected);
    expect(&mut changes, &["added 0"]).await;
    // Twice between two polls is told once, and an empty queue, too.
    dialer.reset().send().await.unwrap();
    dialer.reset().send().await.unwrap();
    expect(&mut changes, &["replaced"]).await;
    nothing_changes(&harness, &mut changes, 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_teammate_gets_a_first_queue() {
    let (harness, client) = filled(0).await;
    let mut changes = marie(&client).watch(INTERVAL);
    assert_eq!(nothing_changes(&harness, &mut changes, 2).await, 3);
    marie(&client).push(leads(2)).await.unwrap();
    expect(&mut changes, &["added 0", "added 1"]).await;
}

#[tokio::test(start_paused = true)]
async fn entries_that_are_removed_are_told_and_the_others_are_not() {
    for then in [PositionsAfterDelete::Keep, PositionsAfterDelete::Compact] {
        let (harness, client) = filled(4).await;
        harness.control.positions_after_delete(then);
        let dialer = marie(&client);
        let mut changes = dialer.watch(INTERVAL).only_new();
        nothing_changes(&harness, &mut changes, 1).await;
        finish(&harness.control, &harness, 2);
        dialer.clear(Clear::number(number(1))).await.unwrap();
        let place = match then {
            PositionsAfterDelete::Keep => 2,
            PositionsAfterDelete::Compact => 1,
        };
        let (called, finished) = (format!("called {place}"), format!("finished {place}"));
        expect(&mut changes, &["removed 1", &called, &finished]).await;
        nothing_changes(&harness, &mut changes, 2).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_finished_entry_that_is_removed_before_the_pages_that_are_read_is_noticed() {
    let (harness, client) = filled(150).await;
    let dialer = marie(&client);
    let mut changes = dialer.watch(INTERVAL).only_new();
    nothing_changes(&harness, &mut changes, 1).await;
    for position in 0..120 {
        finish(&harness.control, &harness, position);
    }
    for _ in 0..240 {
        changes.try_next().await.unwrap();
    }
    assert_eq!(nothing_changes(&harness, &mut changes, 1).await, 1);
    dialer.clear(Clear::position(7)).await.unwrap();
    expect(&mut changes, &["removed 7"]).await;
    nothing_changes(&harness, &mut changes, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_changes_while_its_pages_are_read_is_read_again() {
    let (harness, client) = filled(150).await;
    let dialer = marie(&client);
    let control = &harness.control;
    let mut changes = dialer.watch(INTERVAL).only_new();
    nothing_changes(&harness, &mut changes, 1).await;
    // An entry of the first page is removed before the second is read: entry 100 moves to the first page.
    let (first, second) = (control.hold_next(READ), control.hold_next(READ));
    let (first, second) = (first.unwrap(), second.unwrap());
    let reading = tokio::spawn(async move {
        expect(&mut changes, &["removed 3"]).await;
        changes
    });
    first.arrived().await;
    first.release();
    second.arrived().await;
    dialer.clear(Clear::position(3)).await.unwrap();
    second.release();
    let mut changes = reading.await.unwrap();
    nothing_changes(&harness, &mut changes, 2).await;
    // The queue is replaced between two pages.
    let (first, second) = (control.hold_next(READ), control.hold_next(READ));
    let (first, second) = (first.unwrap(), second.unwrap());
    let reading = tokio::spawn(async move {
        expect(&mut changes, &["replaced"]).await;
        changes
    });
    first.arrived().await;
    first.release();
    second.arrived().await;
    dialer.reset().send().await.unwrap();
    second.release();
    let mut changes = reading.await.unwrap();
    nothing_changes(&harness, &mut changes, 2).await;
}

#[tokio::test(start_paused = true)]
async fn polls_that_fail_for_a_while_are_made_up_for() {
    let (harness, client) = filled(2).await;
    let mut changes = marie(&client).watch(INTERVAL).only_new();
    nothing_changes(&harness, &mut changes, 1).await;
    for fault in [
        Fault::Internal { retryable: true },
        Fault::RateLimited(RateLimitForm::Bare),
        Fault::Html(503),
    ] {
        // Three polls, each of three attempts.
        let plan = FaultPlan::new(1).on(READ).times(9).inject(fault.clone());
        harness.control.set_faults(plan).unwrap();
        finish(&harness.control, &harness, 0);
        let (called, finished) = ("called 0", "finished 0");
        expect(&mut changes, &[called, finished]).await;
        assert_eq!(harness.control.faults().len() % 9, 0, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lasting_failure_is_an_error_and_the_watch_goes_on_after_it() {
    let (harness, client) = filled(1).await;
    let fault = Fault::Internal { retryable: true };
    let plan = FaultPlan::new(1).on(READ).times(9).inject(fault);
    harness.control.set_faults(plan).unwrap();
    let watch = marie(&client).watch(INTERVAL);
    let mut changes = watch.max_failed_polls(2);
    let error = changes.try_next().await.unwrap_err();
    assert!(error.is_server_error(), "{error}");
    expect(&mut changes, &["added 0"]).await;
    // A failure that no later poll can mend is told at once.
    harness
        .control
        .respond_error(READ, 401, "API_KEY_REVOKED")
        .unwrap();
    let error = changes.try_next().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    finish(&harness.control, &harness, 0);
    expect(&mut changes, &["called 0", "finished 0"]).await;
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_zero_is_refused_and_take_ends_the_watch() {
    let (harness, client) = filled(3).await;
    let mut changes = marie(&client).watch(Duration::ZERO);
    let error = changes.try_next().await.unwrap_err();
    assert_eq!(error.param(), Some("interval"));
    assert!(changes.try_next().await.unwrap().is_none());
    assert!(harness.take_requests().is_empty());
    let watch = marie(&client).watch(INTERVAL).take(2);
    let two: Vec<_> = watch.try_collect().await.unwrap();
    let words: Vec<_> = two.iter().map(word).collect();
    assert_eq!(words, ["added 0", "added 1"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_a_read_is_dropped() {
    let (harness, client) = filled(1).await;
    let mut changes = marie(&client).watch(INTERVAL);
    for _ in 0..50 {
        // Shorter than a poll.
        let short = Duration::from_millis(300);
        if let Ok(change) = tokio::time::timeout(short, changes.next()).await {
            assert_eq!(word(&change.unwrap().unwrap()), "added 0");
            finish(&harness.control, &harness, 0);
            break;
        }
    }
    expect(&mut changes, &["called 0", "finished 0"]).await;
}
