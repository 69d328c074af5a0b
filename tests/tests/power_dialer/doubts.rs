//! Batches that may have been carried out: how long they are asked about, and what is said of them meanwhile.

use std::time::Duration;

use allo_client::Outcome;
use allo_client::power_dialer::PushEvent;
use allo_sandbox::{Fault, FaultPlan, RateLimitForm};
use tests::journal::Records;

use crate::crash::{self, directory};
use crate::refusals::{batches, refusal, respond};
use crate::scene::{APPEND, as_queued, leads, marie, of, patient, queued};

/// Whatever deadline the caller wants, and whatever delay the server asks for.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_once_its_key_may_be_forgotten() {
    for deadline in [None, Some(Duration::from_secs(7_200))] {
        // Less than a minute before the client gives it up.
        let (harness, _, _directory, journal) = crash::died(false, 3_500).await;
        let client = crate::scene::patient_client(&harness);
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
async fn a_clock_that_was_set_back_gives_no_key_a_longer_life() {
    let (harness, dialer, _directory, journal) = crash::died(false, -600).await;
    // One of the two that were under way; its key is of no use.
    dialer.push([crate::scene::number(3)]).await.unwrap();
    harness.control.clear_log();
    let report = crash::push(&dialer, &journal).await.unwrap();
    assert!(of(&harness.take_requests(), APPEND).is_empty());
    assert_eq!((report.counts().unknown, report.counts().not_sent), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_never_said_to_be_not_done() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .inject(Fault::ResetAfterExecution);
    let (harness, client) = patient(plan).await;
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

/// It was no smaller when it was sent before.
#[tokio::test]
async fn a_batch_that_is_too_large_when_it_is_sent_again_was_not_taken_before() {
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
async fn all_calls_for_a_batch_share_its_patience() {
    let unreadable = FaultPlan::new(1).on(APPEND).inject(Fault::Undecodable201);
    let (harness, client) = patient(unreadable).await;
    let control = harness.control.clone();
    let patience = Duration::from_secs(20);
    let push = marie(&client).push(leads(2)).batch_deadline(patience);
    let push = push.options(|options| options.with_max_attempts(100));
    let push = push.on_progress(move |event| {
        // Much of it is gone; from now on, one call would take all there is.
        if matches!(event, PushEvent::Retrying { repetition: 4, .. }) {
            let limited = Fault::RateLimited(RateLimitForm::RetryAfterSeconds(3));
            let plan = FaultPlan::new(1).on(APPEND).inject(limited);
            control.set_faults(plan).unwrap();
        }
    });
    let started = tokio::time::Instant::now();
    let report = push.await.unwrap();
    assert!(started.elapsed() <= patience, "{:?}", started.elapsed());
    assert!(started.elapsed() > patience / 2, "{:?}", started.elapsed());
    assert_eq!(report.counts().unknown, 2);
}
