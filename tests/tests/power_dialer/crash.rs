//! A push that is interrupted at any moment and resumed from its journal: every lead is in the queue once, in order.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::Duration;

use allo_client::Error;
use allo_client::power_dialer::{Duplicates, Push, PushEvent, PushReport, TeammateDialer};
use allo_sandbox::{Fault, FaultPlan};
use tests::harness::Harness;
use tests::journal::Records;

use crate::setup::{APPEND, as_queued, leads, marie, number, of, queued, statuses, with_faults};

const LEADS: usize = 5;

/// A temporary directory for journals.
pub(crate) fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

pub(crate) fn push(dialer: &TeammateDialer, journal: &Path) -> Push {
    dialer.push(leads(LEADS)).batch_size(2).journal(journal)
}

/// Polls a push `polls` times, then drops it. Returns its result if it ended before.
async fn drop_after(polls: usize, push: Push) -> Option<Result<PushReport, Error>> {
    let mut push = Box::pin(push.send());
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match push.as_mut().poll(context) {
            Poll::Ready(end) => Poll::Ready(Some(end)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Drops the push after each possible number of polls, each time with a new queue.
async fn at_every_await(plan: FaultPlan, go_wrong: impl Fn(&Harness)) -> usize {
    let (harness, client) = with_faults(FaultPlan::new(1)).await;
    let dialer = marie(&client);
    let directory = directory();
    for polls in 0.. {
        dialer.reset().send().await.expect("no push is running");
        harness
            .control
            .set_faults(plan.clone())
            .expect("a valid plan");
        go_wrong(&harness);
        let journal = directory.path().join(polls.to_string());
        let ended = drop_after(polls, push(&dialer, &journal)).await;
        let report = push(&dialer, &journal).await.unwrap();
        assert!(report.is_complete(), "after {polls} polls: {report:?}");
        assert_eq!(
            queued(&harness),
            as_queued(&leads(LEADS)),
            "after {polls} polls"
        );
        harness.control.clear_faults();
        if ended.is_some() {
            return polls;
        }
    }
    unreachable!("a push ends")
}

#[tokio::test(start_paused = true)]
async fn dropped_at_every_await() {
    let points = at_every_await(FaultPlan::new(1), |_| ()).await;
    assert!(points > 10, "only {points} points");
    println!("a push of {LEADS} leads was dropped at {points} points");
}

#[tokio::test(start_paused = true)]
async fn dropped_at_every_await_of_a_push_that_meets_faults() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .attempt(1)
        .inject(Fault::ResetAfterExecution);
    let points = at_every_await(plan, |_| ()).await;
    assert!(points > 15, "only {points} points");
    println!("a push of {LEADS} leads that meets faults was dropped at {points} points");
}

#[tokio::test(start_paused = true)]
async fn dropped_at_every_await_of_a_push_that_is_too_large() {
    let too_large = |harness: &Harness| {
        let answer = harness.control.respond_once(APPEND, 413, &[], "too large");
        answer.expect("an operation");
    };
    let points = at_every_await(FaultPlan::new(1), too_large).await;
    assert!(points > 15, "only {points} points");
    println!("a push of {LEADS} leads that is too large was dropped at {points} points");
}

/// The leads that a run has sent are found in the queue, so it does not matter how many records are left. A file
/// without head and plan, which are created atomically with the file, is damaged; an empty file contains no
/// information.
#[tokio::test]
async fn a_journal_truncated_at_every_byte() {
    let directory = directory();
    // Several lanes run concurrently, because most of the time is spent in fsync.
    let lanes = (0..LANES).map(|lane| {
        tokio::spawn(cut_off_at_every_nth(
            lane,
            directory.path().join(lane.to_string()),
        ))
    });
    let mut cuts = 0;
    for lane in lanes.collect::<Vec<_>>() {
        cuts += lane.await.expect("no panic");
    }
    assert!(cuts > 900, "{cuts}");
    println!("a journal was cut off at each of {cuts} places");
}

const LANES: usize = 16;

async fn cut_off_at_every_nth(lane: usize, journal: PathBuf) -> usize {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    let named = || push(&dialer, &journal).push_id("monday");
    let first = named().await.unwrap();
    let bytes = std::fs::read(&journal).unwrap();
    let lengths: Vec<_> = (lane..=bytes.len()).step_by(LANES).collect();
    for length in &lengths {
        std::fs::write(&journal, &bytes[..*length]).unwrap();
        let lines = bytes[..*length]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let again = named().await;
        assert_eq!(harness.control.executed().len(), 3, "cut off at {length}");
        if lines < 2 {
            let error = again.unwrap_err();
            assert_eq!(error.param(), Some("journal"));
            assert_eq!(std::fs::read(&journal).unwrap(), &bytes[..*length]);
            continue;
        }
        assert_eq!(again.unwrap().leads, first.leads, "cut off at {length}");
        let lines = std::fs::read_to_string(&journal).unwrap();
        assert!(
            lines.ends_with("}\n") && lines.contains("\"finished\""),
            "{length}"
        );
    }
    assert_eq!(queued(&harness), as_queued(&leads(LEADS)));
    lengths.len()
}

/// The server forgets keys after an hour; the queue then shows whether the batch in flight was executed.
#[tokio::test]
async fn a_push_resumed_after_the_key_expired_reads_the_queue() {
    for (was_executed, old) in [(true, false), (true, true), (false, true), (false, false)] {
        let (harness, dialer, _directory, journal) =
            died(was_executed, if old { 3_590 } else { 0 }).await;
        if old {
            harness.control.forget_idempotency_keys();
        }
        let report = push(&dialer, &journal).await.unwrap();
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(queued(&harness), as_queued(&leads(LEADS)));
        let resumed = report.resumed.unwrap();
        assert!(resumed.under_way && resumed.settled == 2);
        assert_eq!(resumed.found_in_queue, if was_executed { 2 } else { 0 });
        let batches = if was_executed { 1 } else { 2 };
        assert_eq!(of(&harness.take_requests(), APPEND).len(), batches);
    }
}

/// The queue contains a part of the batch in flight, which the push alone cannot have caused.
#[tokio::test]
async fn leads_that_the_queue_does_not_show_are_unknown_and_nothing_overtakes_them() {
    let (harness, dialer, _directory, journal) = died(false, 3_590).await;
    harness.control.forget_idempotency_keys();
    dialer.push([number(3), number(4)]).await.unwrap();
    let before = queued(&harness);
    harness.control.clear_log();
    for _ in 0..2 {
        let report = push(&dialer, &journal).await.unwrap();
        // The last lead is in the queue, whoever added it.
        assert_eq!(
            statuses(&report),
            ["added 0", "added 1", "unknown", "unknown", "unknown"]
        );
        let why = report.stopped().unwrap();
        assert!(why.contains(&journal.display().to_string()), "{why}");
        assert!(
            why.contains("DropInListAndQueue") && !why.contains("key in"),
            "{why}"
        );
    }
    assert_eq!(queued(&harness), before);
    // The next step that the error suggests.
    let rest = dialer
        .push(leads(LEADS))
        .duplicates(Duplicates::DropInListAndQueue);
    let rest = rest.journal(journal.with_extension("other")).await.unwrap();
    assert_eq!(rest.counts().added, 1);
    assert_eq!(queued(&harness).len(), LEADS);
}

/// A push that was interrupted in its second batch `seconds` ago, after or before the batch was executed.
pub(crate) async fn died(
    was_executed: bool,
    seconds: i64,
) -> (Harness, TeammateDialer, tempfile::TempDir, PathBuf) {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    let directory = directory();
    let journal = directory.path().join("j");
    let (control, batches) = (harness.control.clone(), if was_executed { 2 } else { 1 });
    let mut checkpoints = Vec::new();
    let (told, seen) = std::sync::mpsc::channel();
    let first = push(&dialer, &journal).on_progress(move |event| {
        if let PushEvent::Batch { .. } = event {
            told.send(control.checkpoint()).unwrap();
        }
    });
    assert!(first.await.unwrap().is_complete());
    checkpoints.extend(seen.try_iter());
    harness.control.restore(&checkpoints[batches - 1]);
    died_in_second_batch(&journal, seconds);
    harness.control.clear_log();
    (harness, dialer, directory, journal)
}

/// Rewrites a journal to the state in which the second batch is in flight and was sent `seconds` ago.
pub(crate) fn died_in_second_batch(journal: &Path, seconds: i64) {
    let records = Records::read(journal);
    let second = records.position("sending", 1);
    assert_eq!(records.0[second]["start"], 2);
    let records = records.first(second + 1);
    let age = Duration::from_secs(seconds.unsigned_abs());
    let records = if seconds < 0 {
        records.newer(age)
    } else {
        records.older(age)
    };
    records.write(journal);
}
