//! Journals whose queue has changed since: leads that were added and are gone, and finished pushes.

use std::path::Path;
use std::time::Duration;

use allo_client::Error;
use allo_client::power_dialer::{
    Clear, Duplicates, FinishedJournal, Push, PushEvent, ReplacedQueue, TeammateDialer,
};
use allo_sandbox::DialOutcome;
use tests::harness::{Harness, MARIE};
use tests::journal::Records;

use crate::crash::{died, directory};
use crate::setup::{APPEND, as_queued, leads, marie, number, of, queued, statuses};

fn push(dialer: &TeammateDialer, journal: &Path) -> Push {
    dialer.push(leads(5)).batch_size(2).journal(journal)
}

/// Whether an error names the journal and the option that resolves it.
fn assert_names_the_next_step(error: &Error, journal: &Path, option: &str) {
    assert!(error.is_invalid_request());
    assert_eq!(error.param(), Some("journal"));
    let shown = error.to_string();
    let names_it = shown.contains(&journal.display().to_string()) && shown.contains(option);
    assert!(names_it && !shown.contains("new journal"), "{shown}");
}

/// A finished push, and a new, empty queue.
async fn reset() -> (
    Harness,
    TeammateDialer,
    tempfile::TempDir,
    std::path::PathBuf,
) {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    let directory = directory();
    let journal = directory.path().join("j");
    assert!(push(&dialer, &journal).await.unwrap().is_complete());
    dialer.reset().send().await.unwrap();
    harness.control.clear_log();
    (harness, dialer, directory, journal)
}

#[tokio::test]
async fn a_finished_journal_does_not_suppress_the_next_push() {
    let (harness, dialer, _directory, journal) = reset().await;
    for error in [
        push(&dialer, &journal).send().await.unwrap_err(),
        push(&dialer, &journal).plan().await.unwrap_err(),
    ] {
        assert_names_the_next_step(&error, &journal, "FinishedJournal::PushAgain");
        assert!(
            error
                .to_string()
                .contains("5 leads are no longer in the queue"),
            "{error}"
        );
    }
    assert!(of(&harness.take_requests(), APPEND).is_empty());
    let report = push(&dialer, &journal).when_journal_finished(FinishedJournal::Report);
    let report = report.await.unwrap();
    assert_eq!(
        statuses(&report),
        ["gone 0", "gone 1", "gone 2", "gone 3", "gone 4"]
    );
    let resumed = report.resumed.unwrap();
    assert!(resumed.finished && resumed.queue_replaced);
    assert_eq!(
        (resumed.settled, resumed.still_in_queue, resumed.gone),
        (5, 0, 5)
    );
    assert!(queued(&harness).is_empty());
    let again = || push(&dialer, &journal).when_journal_finished(FinishedJournal::PushAgain);
    assert_eq!(again().plan().await.unwrap().to_send, 5);
    for _ in 0..2 {
        let report = again().await.unwrap();
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(queued(&harness), as_queued(&leads(5)));
    }
    // The journal now belongs to the new queue.
    assert!(push(&dialer, &journal).await.unwrap().is_complete());
}

#[tokio::test]
async fn push_again_pushes_only_the_leads_that_are_gone() {
    for duplicates in [Duplicates::Keep, Duplicates::DropInListAndQueue] {
        let harness = Harness::start().await;
        let dialer = marie(&harness.client);
        let directory = directory();
        let journal = directory.path().join("j");
        let push = || push(&dialer, &journal).duplicates(duplicates);
        assert!(push().await.unwrap().is_complete());
        dialer.clear(Clear::position(1)).await.unwrap();
        dialer.clear(Clear::number(number(3))).await.unwrap();
        let error = push().await.unwrap_err();
        assert_names_the_next_step(&error, &journal, "when_journal_finished");
        let again = push().when_journal_finished(FinishedJournal::PushAgain);
        let report = again.await.unwrap();
        assert_eq!(
            statuses(&report),
            ["added 0", "added 5", "added 2", "added 6", "added 4"]
        );
        let numbers: Vec<_> = queued(&harness)
            .into_iter()
            .map(|(number, _)| number)
            .collect();
        assert_eq!(numbers, [0, 2, 4, 1, 3].map(number));
        let report = push().await.unwrap();
        assert!(report.is_complete());
        let resumed = report.resumed.unwrap();
        assert_eq!(
            (resumed.settled, resumed.still_in_queue, resumed.gone),
            (5, 5, 0)
        );
    }
}

/// 700 leads, interrupted at 200; some of those were called and the rest was cleared.
#[tokio::test]
async fn a_resumed_push_counts_the_leads_that_are_gone() {
    for was_there in [false, true] {
        let harness = Harness::start().await;
        let dialer = marie(&harness.client);
        if was_there {
            dialer.reset().send().await.unwrap();
        }
        let directory = directory();
        let journal = directory.path().join("j");
        let push = || dialer.push(leads(700)).journal(&journal);
        let mut events = push().events();
        while let Some(event) = events.try_next().await.unwrap() {
            if matches!(event, PushEvent::Sending { batch: 2, .. }) {
                break;
            }
        }
        drop(events);
        let marie_id = harness.id_of(MARIE);
        for position in [0, 3] {
            harness
                .control
                .dial(&marie_id, position, DialOutcome::answered())
                .unwrap();
        }
        dialer.clear(Clear::unassigned()).await.unwrap();
        Records::read(&journal)
            .older(Duration::from_secs(21 * 24 * 3_600))
            .write(&journal);
        let plan = push().plan().await.unwrap();
        let told = plan.resumed.unwrap();
        assert_eq!(
            (told.settled, told.still_in_queue, told.gone),
            (200, 2, 198)
        );
        let report = push().await.unwrap();
        let counts = report.counts();
        assert_eq!((counts.added, counts.gone, counts.not_sent), (502, 198, 0));
        assert_eq!(queued(&harness).len(), 502);
        assert!(!report.is_complete());
        assert_eq!(report.not_added().count(), 198);
        let resumed = report.resumed.unwrap();
        assert_eq!(
            (resumed.settled, resumed.still_in_queue, resumed.gone),
            (200, 2, 198)
        );
        assert!(!resumed.queue_replaced && !resumed.finished);
        let now = allo_client::Timestamp::now().instant();
        for time in [resumed.began, resumed.last_settled.unwrap()] {
            assert!(
                now.duration_since(time.instant()).as_hours() >= 21 * 24,
                "{time}"
            );
        }
    }
}

#[tokio::test]
async fn an_interrupted_push_resumes_in_a_new_queue_as_the_caller_chose() {
    let cases = [
        (
            ReplacedQueue::PushRest,
            vec![2, 3, 4],
            ["gone 0", "gone 1", "added 0", "added 1", "added 2"],
        ),
        (
            ReplacedQueue::PushAll,
            vec![0, 1, 2, 3, 4],
            ["added 0", "added 1", "added 2", "added 3", "added 4"],
        ),
    ];
    for (choice, numbers, expected) in cases {
        let (harness, dialer, _directory, journal) = died(false, 0).await;
        dialer.reset().send().await.unwrap();
        let error = push(&dialer, &journal).await.unwrap_err();
        assert_names_the_next_step(&error, &journal, "ReplacedQueue::PushRest");
        for _ in 0..2 {
            let report = push(&dialer, &journal)
                .when_queue_replaced(choice)
                .await
                .unwrap();
            assert_eq!(statuses(&report), expected);
            let there: Vec<_> = queued(&harness)
                .into_iter()
                .map(|(number, _)| number)
                .collect();
            let numbers: Vec<_> = numbers.iter().copied().map(number).collect();
            assert_eq!(there, numbers);
        }
    }
}

/// The batch in flight was executed after the reset: it is in the new queue.
#[tokio::test]
async fn leads_in_the_new_queue_are_not_pushed_to_it_again() {
    for choice in [ReplacedQueue::PushRest, ReplacedQueue::PushAll] {
        let (harness, dialer, _directory, journal) = died(false, 0).await;
        dialer.reset().send().await.unwrap();
        dialer.push([number(2), number(3)]).await.unwrap();
        let again = push(&dialer, &journal).when_queue_replaced(choice);
        let error = again.await.unwrap_err();
        assert_names_the_next_step(&error, &journal, "DropInListAndQueue");
        assert_eq!(queued(&harness).len(), 2);
    }
}

/// The program of the README, run twice, and once more after the queue was reset.
#[tokio::test]
async fn a_program_that_runs_twice_reports_the_status_of_each_lead() {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    let directory = directory();
    let run = || {
        let leads = ["+1 212 555 0101", "(212) 555-0103", "+12125550104"];
        dialer
            .push(leads)
            .journal(directory.path().join("monday.jsonl"))
    };
    for _ in 0..2 {
        let report = run().await.unwrap();
        assert_eq!((report.counts().added, queued(&harness).len()), (2, 2));
        let told: Vec<_> = report
            .not_added()
            .map(|lead| lead.status.to_string())
            .collect();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("rejected: ") && told[0].contains("country code"),
            "{told:?}"
        );
    }
    dialer.reset().send().await.unwrap();
    let error = run().await.unwrap_err();
    assert!(error.to_string().contains("monday.jsonl"), "{error}");
}
