//! A push that resumes from its journal: in the same queue, with the same key, with the totals of all its runs.

use allo_client::Teammate;
use allo_client::power_dialer::{Duplicates, WhenFull};
use allo_sandbox::KeySpec;
use tests::harness::{Harness, JONAS};

use crate::crash::{self, died_in_second_batch, directory};
use crate::setup::{APPEND, leads, marie, of};

#[tokio::test]
async fn a_push_does_not_resume_in_a_queue_that_was_reset() {
    for is_there in [false, true] {
        let harness = Harness::start().await;
        let dialer = marie(&harness.client);
        if is_there {
            dialer.reset().send().await.unwrap();
        }
        let directory = directory();
        let journal = directory.path().join("j");
        let first = crash::push(&dialer, &journal).await.unwrap();
        assert_eq!(first.resumed, None);
        died_in_second_batch(&journal, 0);
        dialer.reset().send().await.unwrap();
        harness.control.clear_log();
        let refused = crash::push(&dialer, &journal).await.unwrap_err();
        let planned = crash::push(&dialer, &journal).plan().await.unwrap_err();
        for error in [refused, planned] {
            assert!(error.is_invalid_request());
            assert_eq!(error.param(), Some("journal"));
            let shown = error.to_string();
            assert!(
                shown.contains("reset") && shown.contains("when_queue_replaced"),
                "{shown}"
            );
            assert!(shown.contains(&journal.display().to_string()), "{shown}");
        }
        assert!(of(&harness.take_requests(), APPEND).is_empty());
    }
}

#[tokio::test]
async fn totals_include_all_runs() {
    let harness = Harness::start().await;
    let dialer = marie(&harness.client);
    let directory = directory();
    let journal = directory.path().join("j");
    let named = || crash::push(&dialer, &journal).push_id("monday");
    named().await.unwrap();
    std::fs::remove_file(&journal).unwrap();
    let second = named().await.unwrap();
    // Another read of the queue shows whether the leads of a replayed response are still in it.
    assert_eq!((second.requests, second.replays), (2 + 1 + 3, 3));
    died_in_second_batch(&journal, 0);
    let report = named().await.unwrap();
    let resumed = report.resumed.unwrap();
    assert!(resumed.under_way && !resumed.finished && resumed.settled == 2);
    // Two reads, a batch and a read, then another read and the other two batches: their leads were in the queue
    // before this journal was started, so only the server can tell that they belong to this push.
    assert_eq!((report.requests, report.replays), (2 + 2 + 1 + 2, 3));
    assert_eq!(resumed.found_in_queue, 0);
}

/// `Me` is another teammate with another key.
#[tokio::test]
async fn a_journal_of_me_belongs_to_the_api_key() {
    let harness = Harness::start().await;
    let directory = directory();
    let journal = directory.path().join("j");
    let mine = harness.client.power_dialer().for_teammate(Teammate::Me);
    crash::push(&mine, &journal).await.unwrap();
    let key = harness.control.add_key(KeySpec::new(harness.id_of(JONAS)));
    let other = harness.client_of(&key);
    let other = other.power_dialer().for_teammate(Teammate::Me);
    harness.control.clear_log();
    let error = crash::push(&other, &journal).await.unwrap_err();
    assert_eq!(error.param(), Some("journal"));
    assert!(error.to_string().contains("API key"), "{error}");
    assert!(harness.take_requests().is_empty());
}

/// The plan of the repetition would differ.
#[tokio::test]
async fn a_push_id_without_a_journal_is_refused_if_the_plan_depends_on_the_queue() {
    let harness = Harness::start().await;
    let directory = directory();
    let named = || marie(&harness.client).push(leads(3)).push_id("monday");
    let refused = [
        named().duplicates(Duplicates::DropInListAndQueue),
        named().when_full(WhenFull::SendWhatFits),
    ];
    for push in refused {
        let error = push.await.unwrap_err();
        assert_eq!(error.param(), Some("push_id"));
        assert!(error.to_string().contains("journal"), "{error}");
    }
    assert!(harness.take_requests().is_empty());
    let push = named().duplicates(Duplicates::DropInListAndQueue);
    let push = push.when_full(WhenFull::SendWhatFits);
    let report = push.journal(directory.path().join("j")).await.unwrap();
    assert!(report.is_complete());
}
