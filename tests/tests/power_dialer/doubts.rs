//! Batches that may have been executed: how long they are retried, and what errors say about them in the meantime.

use std::time::Duration;

use allo_client::Outcome;
use allo_client::power_dialer::PushEvent;
use allo_sandbox::{Fault, FaultPlan, RateLimitForm};
use tests::journal::Records;

use crate::crash::{self, directory};
use crate::refusals::{batches, refusal, respond};
use crate::setup::{APPEND, as_queued, leads, marie, of, queued, with_faults};

/// Holds for any deadline of the caller and any delay that the server requests.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_once_its_key_may_be_forgotten() {
    for deadline in [None, Some(Duration::from_secs(7_200))] {
        // Less than a minute before the client stops using the key.
        let (harness, _, _directory, journal) = crash::died(false, 3_500).await;
        let client = crate::setup::retrying_client(&harness);
        let dialer = marie(&client);
        let later = [("retry-after", "60")];
        harness
            .control
            .respond_once(APPEND, 503, &later, "")
            .unwrap();
        let push = crash::push(&dialer, &journal).batch_deadline(Duration::from_secs(7_200));
        let report = push
            .options(|options| options.with_deadline(deadline))
            .await
            .unwrap();
        assert_eq!(of(&harness.take_requests(), APPEND).len(), 1);
        assert_eq!((report.counts().unknown, report.counts().not_sent), (2, 1));
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_extend_the_life_of_a_key() {
    let (harness, dialer, _directory, journal) = crash::died(false, -600).await;
    // One of the two leads in flight; its key cannot be used.
    dialer.push([crate::setup::number(3)]).await.unwrap();
    harness.control.clear_log();
    let report = crash::push(&dialer, &journal).await.unwrap();
    assert!(of(&harness.take_requests(), APPEND).is_empty());
    assert_eq!((report.counts().unknown, report.counts().not_sent), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_may_have_been_executed_is_never_reported_as_not_executed() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .inject(Fault::ResetAfterExecution);
    let (harness, client) = with_faults(plan).await;
    let control = harness.control.clone();
    let (told, why) = std::sync::mpsc::channel();
    let push = marie(&client)
        .push(leads(2))
        .batch_deadline(Duration::from_secs(30));
    let push = push.options(|options| options.with_max_attempts(1));
    let push = push.on_progress(move |event| {
        if let PushEvent::Retrying { why, .. } = event {
            told.send(why.clone()).unwrap();
            let control = control.clone();
            tokio::spawn(async move { control.refuse_connections(true).await });
        }
    });
    let report = push.await.unwrap();
    assert_eq!(report.counts().unknown, 2);
    let outcome = report.error().unwrap().outcome();
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    let said: Vec<String> = why.try_iter().collect();
    assert!(said.len() > 1, "{said:?}");
    for text in said.iter().map(String::as_str).chain(report.stopped()) {
        let is_true = text.contains("may have been executed") && !text.contains("was not executed");
        assert!(is_true, "{text}");
    }
}

/// The batch had the same size when it was first sent.
#[tokio::test]
async fn a_resumed_batch_that_is_too_large_was_not_executed_before() {
    for too_large in [
        (413, "too large".to_owned()),
        refusal(400, "BATCH_TOO_LARGE", None),
    ] {
        let harness = tests::harness::Harness::start().await;
        let dialer = marie(&harness.client);
        let directory = directory();
        let journal = directory.path().join("j");
        respond(&harness, refusal(401, "API_KEY_INVALID", None));
        let first = crash::push(&dialer, &journal).await.unwrap();
        assert_eq!(first.counts().not_sent, 5);
        let records = Records::read(&journal);
        assert_eq!(records.position("sending", 0), 2);
        records.first(3).write(&journal);
        harness.control.clear_log();
        respond(&harness, too_large);
        let report = crash::push(&dialer, &journal).await.unwrap();
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(batches(&harness), [2, 1, 1, 1, 1, 1]);
        assert_eq!(queued(&harness), as_queued(&leads(5)));
    }
}

#[tokio::test(start_paused = true)]
async fn all_calls_for_a_batch_share_the_batch_deadline() {
    let unreadable = FaultPlan::new(1).on(APPEND).inject(Fault::Undecodable201);
    let (harness, client) = with_faults(unreadable).await;
    let control = harness.control.clone();
    let batch_deadline = Duration::from_secs(20);
    let push = marie(&client).push(leads(2)).batch_deadline(batch_deadline);
    let push = push.options(|options| options.with_max_attempts(100));
    let push = push.on_progress(move |event| {
        // Most of the batch deadline has passed; from now on, one call would take all that is left.
        if matches!(event, PushEvent::Retrying { repetition: 4, .. }) {
            let limited = Fault::RateLimited(RateLimitForm::RetryAfterSeconds(3));
            let plan = FaultPlan::new(1).on(APPEND).inject(limited);
            control.set_faults(plan).unwrap();
        }
    });
    let started = tokio::time::Instant::now();
    let report = push.await.unwrap();
    assert!(
        started.elapsed() <= batch_deadline,
        "{:?}",
        started.elapsed()
    );
    assert!(
        started.elapsed() > batch_deadline / 2,
        "{:?}",
        started.elapsed()
    );
    assert_eq!(report.counts().unknown, 2);
}
