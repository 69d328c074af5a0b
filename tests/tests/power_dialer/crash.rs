//! A push that ends at any moment and is started again with its journal: every lead is in the queue once, in order.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::Duration;

use allo_client::Error;
use allo_client::power_dialer::{Push, PushReport, TeammateDialer};
use allo_sandbox::{Fault, FaultPlan};
use tests::stage::Stage;

use crate::scene::{APPEND, as_queued, leads, marie, of, patient, queued};

const LEADS: usize = 5;

/// A place for journals.
pub(crate) fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

pub(crate) fn push(dialer: &TeammateDialer, journal: &Path) -> Push {
    dialer.push(leads(LEADS)).batch_size(2).journal(journal)
}

/// Polls a push so many times, then drops it. Gives its result if it ended before.
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

/// Drops the push after every number of polls there is, each time before a queue of its own.
async fn at_every_await(plan: FaultPlan, go_wrong: impl Fn(&Stage)) -> usize {
    let (stage, client) = patient(FaultPlan::new(1)).await;
    let dialer = marie(&client);
    let directory = directory();
    for polls in 0.. {
        dialer.reset().send().await.expect("it is in nobody's way");
        stage.control.set_faults(plan.clone()).expect("a good plan");
        go_wrong(&stage);
        let journal = directory.path().join(polls.to_string());
        let ended = drop_after(polls, push(&dialer, &journal)).await;
        let report = push(&dialer, &journal).await.unwrap();
        assert!(report.is_complete(), "after {polls} polls: {report:?}");
        assert_eq!(
            queued(&stage),
            as_queued(&leads(LEADS)),
            "after {polls} polls"
        );
        stage.control.clear_faults();
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
    let too_large = |stage: &Stage| {
        let answer = stage.control.respond_once(APPEND, 413, &[], "too large");
        answer.expect("an operation");
    };
    let points = at_every_await(FaultPlan::new(1), too_large).await;
    assert!(points > 15, "only {points} points");
    println!("a push of {LEADS} leads that is too large was dropped at {points} points");
}

/// What a run has sent is sent again by the same keys, so it does not matter how much of the journal is left.
#[tokio::test]
async fn cut_off_at_every_byte() {
    let directory = directory();
    // Several at a time, as most of the time goes into writing through to the disk.
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
    let stage = Stage::start().await;
    let dialer = marie(&stage.client);
    let named = || push(&dialer, &journal).push_id("monday");
    let first = named().await.unwrap();
    let bytes = std::fs::read(&journal).unwrap();
    let lengths: Vec<_> = (lane..=bytes.len()).step_by(LANES).collect();
    for length in &lengths {
        std::fs::write(&journal, &bytes[..*length]).unwrap();
        let report = named().await.unwrap();
        assert_eq!(report.leads, first.leads, "cut off at {length}");
        assert_eq!(stage.control.executed().len(), 3, "cut off at {length}");
        let lines = std::fs::read_to_string(&journal).unwrap();
        assert!(
            lines.ends_with("}\n") && lines.contains("\"finished\""),
            "{length}"
        );
    }
    assert_eq!(queued(&stage), as_queued(&leads(LEADS)));
    lengths.len()
}

/// The server forgets after an hour; what was under way is then neither sent again nor said to be done.
#[tokio::test]
async fn started_again_after_the_hour_it_says_what_is_unknown() {
    for (name, old) in [("young", false), ("old", true)] {
        let stage = Stage::start().await;
        let dialer = marie(&stage.client);
        let directory = directory();
        let journal = directory.path().join(name);
        push(&dialer, &journal).await.unwrap();
        died_in_second_batch(&journal, if old { 3_590 } else { 0 });
        stage.control.clear_log();
        let report = push(&dialer, &journal).await.unwrap();
        if old {
            let counts = report.counts();
            assert_eq!((counts.added, counts.unknown, counts.not_sent), (2, 2, 1));
            assert!(
                report.stopped().unwrap().contains("forgotten"),
                "{report:?}"
            );
            assert!(of(&stage.take_requests(), APPEND).is_empty());
            // It stays so.
            assert_eq!(push(&dialer, &journal).await.unwrap().leads, report.leads);
        } else {
            assert!(report.is_complete());
            assert_eq!(report.replays, 2);
        }
    }
}

/// Makes a journal what it was when the second batch was under way, which was sent so many seconds ago.
pub(crate) fn died_in_second_batch(journal: &Path, seconds: i64) {
    let text = std::fs::read_to_string(journal).unwrap();
    let mut lines: Vec<_> = text.lines().take(5).map(str::to_owned).collect();
    assert!(
        lines[4].contains("\"sending\"") && lines[4].contains("\"start\":2"),
        "{text}"
    );
    let mut record: serde_json::Value = serde_json::from_str(&lines[4]).unwrap();
    let age = Duration::from_secs(seconds.unsigned_abs());
    let now = allo_client::Timestamp::now().instant();
    let at = if seconds < 0 { now + age } else { now - age };
    record["at"] = at.to_string().into();
    lines[4] = record.to_string();
    std::fs::write(journal, lines.join("\n") + "\n").unwrap();
}
